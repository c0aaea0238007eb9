import { existsSync } from 'node:fs'

/** Debian's Chromium, or a Chrome where the system keeps it: Playwright's own download is not needed. */
const places = [
  process.env.CHROMIUM ?? '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Where the browser is. Without one, `whatIsLeftOut` is said and left out; continuous integration must have one. */
export function findChromium(whatIsLeftOut: string): string | undefined {
  const found = places.find((path) => existsSync(path))
  if (found) return found
  const message = 'No Chromium was found. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.'
  if (process.env.CI) throw new Error(message)
  console.warn(`${message} ${whatIsLeftOut} are left out.`)
  return undefined
}

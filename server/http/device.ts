import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'
import type { Device } from '../session/open-session.ts'

const kinds: Record<string, Device['kind']> = { desktop: 'desktop', mobile: 'mobile', tablet: 'tablet' }

/** Long enough for any browser; the rest of a longer one says nothing about the device. */
const longestUserAgent = 512

/** Reading one costs more than the rest of a request, and the same few come again and again. */
const known = new LRUCache<string, Device>({ max: 1_000 })

/** What a User-Agent says of a device. Names only: versions in frozen user agents lie. */
export function readDevice(userAgent: string | undefined): Device {
  if (!userAgent) return { kind: 'unknown', browser: null, os: null }
  const text = userAgent.slice(0, longestUserAgent)
  const remembered = known.get(text)
  if (remembered) return remembered
  const device = parse(text)
  known.set(text, device)
  return device
}

function parse(userAgent: string): Device {
  const { browser, os, platform } = Bowser.parse(userAgent)
  const kind = kinds[platform.type ?? '']
  // A program names itself first, as RFC 9110 (10.1.5) asks: "curl/8.5.0".
  if (!kind) return { kind: 'app', browser: /^[\w.-]{1,30}/.exec(userAgent)?.[0] ?? null, os: os.name || null }
  return { kind, browser: browser.name || null, os: os.name || null }
}

/** "Chrome on Windows", or as much of it as is known. */
export function deviceLabel({ browser, os }: Device): string | null {
  return [browser, os].filter(Boolean).join(' on ') || null
}

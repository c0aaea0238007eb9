import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/harness/postgres-server.ts'
import { type Measured, startProcess } from './process.ts'

/** A program of bench/subjects that runs, and the way to somebody signed in with it. */
export type Subject = Measured & {
  /** Signs somebody new in, and answers the Cookie header of their browser. */
  signIn(): Promise<string>
}

/** What a browser would send back of a reply's cookies. */
export function cookieHeader(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0] ?? '')
    .join('; ')
}

/** tsx translates the program while it starts, and is not in the way of a request. */
const tsx = import.meta.resolve('tsx')

/** Starts `bench/subjects/<program>.ts` in production mode. */
export async function startSubject(program: string, environment: Record<string, string> = {}): Promise<Subject> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const path = fileURLToPath(new URL(`../subjects/${program}.ts`, import.meta.url))
  const measured = await startProcess(['--import', tsx, path], {
    url,
    readyPath: '/ready',
    environment: { PORT: String(port), ...environment },
  })
  return {
    ...measured,
    async signIn() {
      const response = await fetch(`${url}/sign-in`, { method: 'POST' })
      if (!response.ok) throw new Error(`${program} signs nobody in: ${await response.text()}\n${measured.output()}`)
      return cookieHeader(response)
    },
  }
}

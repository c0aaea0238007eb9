import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client'
import type { Router } from '../../server/rpc/router.ts'

/** A reply as it came over the wire. */
export type Reply = {
  status: number
  headers: Headers
  body: unknown
  /** `Set-Cookie` lines, whole. */
  setCookies: string[]
}

export type BrowserOptions = { userAgent?: string; origin?: string | null; headers?: Record<string, string> }

/** Enough of a browser for the tests: a cookie jar, an Origin, and the typed client on top. */
export class TestBrowser {
  readonly baseUrl: string
  /** The cookies of a session: empty when nobody is signed in. */
  readonly cookies = new Map<string, string>()
  /** Cookies that outlive a session, such as the one by which an account's owner is known again. */
  readonly lasting = new Map<string, string>()
  readonly options: BrowserOptions
  /** The typed client that any TypeScript program would use. */
  readonly api

  constructor(baseUrl: string, options: BrowserOptions = {}) {
    this.baseUrl = baseUrl
    this.options = options
    this.api = createTRPCClient<Router>({
      links: [httpLink({ url: `${baseUrl}/trpc`, fetch: (url, init) => this.fetch(String(url), init as RequestInit) })],
    })
  }

  /** The same jar, talking to another instance. */
  at(baseUrl: string): TestBrowser {
    const twin = new TestBrowser(baseUrl, this.options)
    for (const [name, value] of this.cookies) twin.cookies.set(name, value)
    for (const [name, value] of this.lasting) twin.lasting.set(name, value)
    return twin
  }

  /** A second browser that has stolen every cookie of this one. */
  clone(): TestBrowser {
    return this.at(this.baseUrl)
  }

  cookie(kind: 'access' | 'refresh'): string | undefined {
    return this.cookies.get(kind) ?? this.cookies.get(`__Host-${kind}`)
  }

  drop(kind: 'access' | 'refresh'): void {
    this.cookies.delete(kind)
    this.cookies.delete(`__Host-${kind}`)
  }

  cookieHeader(): string {
    return [...this.cookies, ...this.lasting].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.cookies.size + this.lasting.size > 0) headers.set('cookie', this.cookieHeader())
    if (this.options.origin !== null && init.method === 'POST')
      headers.set('origin', this.options.origin ?? 'http://localhost:3000')
    if (this.options.userAgent) headers.set('user-agent', this.options.userAgent)
    for (const [name, value] of Object.entries(this.options.headers ?? {})) headers.set(name, value)
    const response = await fetch(new URL(url, this.baseUrl), { ...init, headers })
    this.keep(response.headers.getSetCookie())
    return response
  }

  /** Takes over cookies as a browser would, the last one of a name winning. */
  keep(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = '', ...attributes] = line.split(/; */)
      const name = pair.slice(0, pair.indexOf('='))
      const jar = /^(__Host-)?(known|challenge)$/.test(name) ? this.lasting : this.cookies
      if (attributes.includes('Max-Age=0')) jar.delete(name)
      else jar.set(name, pair.slice(pair.indexOf('=') + 1))
    }
  }

  /** A raw call, for what the typed client would not send or would hide. */
  async send(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await this.fetch(path, init)
    const text = await response.text()
    let body: unknown = text
    try {
      body = JSON.parse(text)
    } catch {}
    return { status: response.status, headers: response.headers, body, setCookies: response.headers.getSetCookie() }
  }

  query(procedure: string, input?: unknown): Promise<Reply> {
    const suffix = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
    return this.send(`/trpc/${procedure}${suffix}`)
  }

  mutate(procedure: string, input?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send(`/trpc/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: input === undefined ? '' : JSON.stringify(input),
    })
  }
}

/** The stable reason of a failed raw call. */
export function reasonOf(reply: Reply): string | undefined {
  return (reply.body as { error?: { data?: { reason?: string } } }).error?.data?.reason
}

/** The stable reason with which a typed call fails; an error if it succeeds. */
export async function refusalReason(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof TRPCClientError) return (error as TRPCClientError<Router>).data?.reason ?? 'none'
    throw error
  }
  throw new Error('The call was expected to be refused')
}

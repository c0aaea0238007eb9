import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

/** The token pair as a browser holds it. Times: seconds since the epoch, seconds from now. */
export type TokenPair = {
  accessToken: { text: string; expiresAt: number }
  refreshToken: string
  refreshMaxAgeSeconds: number
  accessMaxAgeSeconds: number
}

/** The tokens that came with a request, and the only way to set or clear them on its reply. */
export type TokenCookies = {
  access: string | null
  refresh: string | null
  set(pair: TokenPair): void
  /** Only for a definitive end of the session; never for a race, a throttle or a fault. */
  clear(): void
}

/** `__Host-` (RFC 6265bis) wherever the page is served over https; plain names on http://localhost. */
export function cookieNames(config: Config): { access: string; refresh: string; secure: boolean } {
  const secure = config.publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  return { access: `${prefix}access`, refresh: `${prefix}refresh`, secure }
}

/** Whether a Cookie header names a cookie more than once: a sign of cookie tossing, and which one wins would be chance. */
function appearsTwice(header: string, names: readonly string[]): boolean {
  const given = header.split(';').map((part) => part.slice(0, part.indexOf('=')).trim())
  return names.some((name) => given.indexOf(name) !== given.lastIndexOf(name))
}

export function tokenCookies(request: FastifyRequest, reply: FastifyReply, config: Config): TokenCookies {
  const { access, refresh, secure } = cookieNames(config)
  const attributes = { httpOnly: true, secure, sameSite: config.cookieSameSite, path: '/' } as const
  const ambiguous = appearsTwice(request.headers.cookie ?? '', [access, refresh])
  const valueFor = (name: string) => (ambiguous ? null : request.cookies[name] || null)
  return {
    access: valueFor(access),
    refresh: valueFor(refresh),
    set(pair) {
      reply.setCookie(access, pair.accessToken.text, { ...attributes, maxAge: pair.accessMaxAgeSeconds })
      reply.setCookie(refresh, pair.refreshToken, { ...attributes, maxAge: pair.refreshMaxAgeSeconds })
    },
    clear() {
      reply.setCookie(access, '', { ...attributes, maxAge: 0 })
      reply.setCookie(refresh, '', { ...attributes, maxAge: 0 })
    },
  }
}

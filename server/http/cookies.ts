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
  /** Half an authentication, for a few minutes. */
  challenge: string | null
  /** Says that an account's owner has signed in from this browser before. */
  known: string | null
  set(pair: TokenPair): void
  /** Only for a definitive end of the session; never for a race, a throttle or a fault. */
  clear(): void
  /** `null` takes it away. */
  setChallenge(text: string | null): void
  setKnown(text: string): void
}

/** A session may live for half a year without the person being a stranger in their own browser. */
const knownMaxAgeSeconds = 180 * 86_400
const challengeMaxAgeSeconds = 300

/**
 * At the end of a session browsers drop what they keep of this origin's replies, pages in the back-forward cache among them (ASVS 14.3.1). Not
 * `cookies`: it takes those of every subdomain along, and those of a sign-in that another tab has just completed. Not `storage`: the theme is there.
 */
const clearedAtTheEnd = '"cache"'

/** `__Host-` (RFC 6265bis) wherever the page is served over https; plain names on http://localhost. */
export function cookieNames(config: Config) {
  const secure = config.publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  const named = (name: string) => `${prefix}${name}`
  return {
    access: named('access'),
    refresh: named('refresh'),
    challenge: named('challenge'),
    known: named('known'),
    secure,
  }
}

/** Whether a Cookie header names a cookie more than once: a sign of cookie tossing, and which one wins would be chance. */
function appearsTwice(header: string, names: readonly string[]): boolean {
  // Nearly always it does not, and then the header need not be taken apart.
  if (!names.some((name) => header.includes(name, header.indexOf(name) + 1))) return false
  const given = header.split(';').map((part) => part.slice(0, part.indexOf('=')).trim())
  return names.some((name) => given.indexOf(name) !== given.lastIndexOf(name))
}

export function tokenCookies(request: FastifyRequest, reply: FastifyReply, config: Config): TokenCookies {
  const { access, refresh, challenge, known, secure } = cookieNames(config)
  const attributes = { httpOnly: true, secure, sameSite: config.cookieSameSite, path: '/' } as const
  const header = request.headers.cookie ?? ''
  const valueFor = (name: string, ambiguous: boolean) => (ambiguous ? null : request.cookies[name] || null)
  const ambiguous = appearsTwice(header, [access, refresh])
  return {
    access: valueFor(access, ambiguous),
    refresh: valueFor(refresh, ambiguous),
    challenge: valueFor(challenge, appearsTwice(header, [challenge])),
    known: valueFor(known, appearsTwice(header, [known])),
    set(pair) {
      reply.setCookie(access, pair.accessToken.text, { ...attributes, maxAge: pair.accessMaxAgeSeconds })
      reply.setCookie(refresh, pair.refreshToken, { ...attributes, maxAge: pair.refreshMaxAgeSeconds })
    },
    clear() {
      reply.header('clear-site-data', clearedAtTheEnd)
      reply.setCookie(access, '', { ...attributes, maxAge: 0 })
      reply.setCookie(refresh, '', { ...attributes, maxAge: 0 })
    },
    setChallenge(text) {
      reply.setCookie(challenge, text ?? '', { ...attributes, maxAge: text === null ? 0 : challengeMaxAgeSeconds })
    },
    setKnown(text) {
      reply.setCookie(known, text, { ...attributes, maxAge: knownMaxAgeSeconds })
    },
  }
}

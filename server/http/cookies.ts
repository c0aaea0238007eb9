import { type Cookies, parse, type SerializeOptions, serialize } from 'cookie'
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
function cookieNames(config: Config) {
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

const nothing: ReadonlySet<string> = new Set()

function partsOf(header: string): number {
  let parts = 1
  for (let at = header.indexOf(';'); at >= 0; at = header.indexOf(';', at + 1)) parts++
  return parts
}

/** The cookies that a Cookie header names more than once: a sign of cookie tossing, and which one wins would be chance. */
function repeatedIn(header: string, given: Cookies): ReadonlySet<string> {
  // Nearly always there is none, or each part has a name of its own, and then the header need not be taken apart.
  if (header === '' || partsOf(header) === Object.keys(given).length) return nothing
  const seen = new Set<string>()
  const names = header
    .split(';')
    .filter((part) => part.includes('='))
    .map((part) => part.slice(0, part.indexOf('=')).trim())
  return new Set(names.filter((name) => seen.size === seen.add(name).size))
}

/** Whether a request carries an access or a refresh cookie, whatever is in it. */
export function carriesTokens({ headers }: FastifyRequest, config: Config): boolean {
  const { access, refresh } = cookieNames(config)
  const given = parse(headers.cookie ?? '')
  return given[access] !== undefined || given[refresh] !== undefined
}

/** The `Set-Cookie` headers of a reply, one for each name: what is set last counts. */
function cookieSetter(reply: FastifyReply): (name: string, value: string, attributes: SerializeOptions) => void {
  let lines: Map<string, string> | undefined
  return (name, value, attributes) => {
    lines ??= new Map()
    lines.set(name, serialize(name, value, attributes))
    reply.removeHeader('set-cookie').header('set-cookie', [...lines.values()])
  }
}

/** Tokens are written in characters that a cookie may have (RFC 6265, 4.1.1). */
const asItIs = (value: string) => value

/** The way to the token cookies of a request and its reply. */
export function createTokenCookies(config: Config): (request: FastifyRequest, reply: FastifyReply) => TokenCookies {
  const { access, refresh, challenge, known, secure } = cookieNames(config)
  const attributes = { httpOnly: true, secure, sameSite: config.cookieSameSite, path: '/', encode: asItIs } as const
  return ({ headers }, reply) => {
    const header = headers.cookie ?? ''
    const given = parse(header)
    const repeated = repeatedIn(header, given)
    const valueFor = (name: string, isClear = !repeated.has(name)) => (isClear && given[name]) || null
    const isPairClear = !repeated.has(access) && !repeated.has(refresh)
    const setCookie = cookieSetter(reply)
    return {
      access: valueFor(access, isPairClear),
      refresh: valueFor(refresh, isPairClear),
      challenge: valueFor(challenge),
      known: valueFor(known),
      set(pair) {
        setCookie(access, pair.accessToken.text, { ...attributes, maxAge: pair.accessMaxAgeSeconds })
        setCookie(refresh, pair.refreshToken, { ...attributes, maxAge: pair.refreshMaxAgeSeconds })
      },
      clear() {
        reply.header('clear-site-data', clearedAtTheEnd)
        setCookie(access, '', { ...attributes, maxAge: 0 })
        setCookie(refresh, '', { ...attributes, maxAge: 0 })
      },
      setChallenge(text) {
        setCookie(challenge, text ?? '', { ...attributes, maxAge: text === null ? 0 : challengeMaxAgeSeconds })
      },
      setKnown(text) {
        setCookie(known, text, { ...attributes, maxAge: knownMaxAgeSeconds })
      },
    }
  }
}

import { TestBrowser, type Reply as WireReply } from '../harness/test-browser.ts'
import type { Presented } from './family.ts'
import type { Ask, Reply } from './requests.ts'

/** What a token's text says, read here by hand and not by the server's own code. */
export function readRefreshToken(text: string): { sessionId: string; generation: number } {
  const bytes = Buffer.from(text, 'base64url')
  const hex = bytes.toString('hex', 5, 21)
  const sessionId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return { sessionId, generation: bytes.readUInt32BE(21) }
}

/** Times in seconds since the epoch. */
export type AccessClaims = {
  sid: string
  sub: string
  iat: number
  exp: number
  auth_time: number
  ver: number
  keyId: string
}

export function readAccessToken(text: string): AccessClaims {
  const [header, payload] = text
    .split('.')
    .slice(0, 2)
    .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  return { ...(payload as Omit<AccessClaims, 'keyId'>), keyId: (header as { kid: string }).kid }
}

const nameOf = ({ sessionId, generation }: { sessionId: string; generation: number }) => `${sessionId}:${generation}`

/** Every refresh token that the server has ever handed out. */
export class Mint {
  readonly #texts = new Map<string, string>()

  /** Takes note of a token from a reply. There is at most one text for each generation of a session, ever. */
  note(text: string): string {
    const name = nameOf(readRefreshToken(text))
    const known = this.#texts.get(name)
    if (known !== undefined && known !== text) throw new Error(`Two tokens for ${name}:\n${known}\n${text}`)
    this.#texts.set(name, text)
    return name
  }

  presented(text: string): Presented & { text: string } {
    const token = readRefreshToken(text)
    return { ...token, text, genuine: this.#texts.get(nameOf(token)) === text }
  }

  /** What was handed out for a session, the latest generation first. */
  of(sessionId: string): string[] {
    return [...this.#texts.values()]
      .filter((text) => readRefreshToken(text).sessionId === sessionId)
      .sort((one, other) => readRefreshToken(other).generation - readRefreshToken(one).generation)
  }
}

export type Carried = { access?: string | undefined; refresh?: string | undefined }

/** A cookie as a reply sets it; an empty text takes it away. */
export type SetCookie = { name: string; text: string; maxAgeSeconds: number }

export type Heard = { reply: Reply; setCookies: SetCookie[]; invoked: number; responded: number }

function readSetCookie(line: string): SetCookie {
  const [, name = '', text = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  return { name, text, maxAgeSeconds: Number(/Max-Age=(\d+)/.exec(line)?.[1]) }
}

const isQuery = (procedure: string) => ['auth.whoami', 'auth.current', 'session.list'].includes(procedure)

function inputOf(ask: Ask, carried: Carried, emailOf: (userId: string) => string): unknown {
  switch (ask.procedure) {
    case 'session.revoke':
      return { sessionId: ask.sessionId }
    case 'account.changePassword':
      return { currentPassword: ask.from, newPassword: ask.to, revokeOtherSessions: ask.andSignOutOthers }
    case 'auth.signIn':
      return { email: emailOf(ask.userId), password: ask.password }
    case 'token.refresh':
    case 'token.revoke':
      return { refreshToken: carried.refresh ?? 'none' }
    case 'auth.whoami':
    case 'auth.current':
    case 'auth.refresh':
    case 'auth.signOut':
    case 'session.list':
    case 'session.revokeOthers':
    case 'session.revokeAll':
      return undefined
  }
}

type Data = {
  sessionId?: string
  session?: { id: string }
  signedOut?: boolean
  revokedCount?: number
  refreshToken?: string
}

/** What a good answer comes to, in the words of the model. */
function factsOf(ask: Ask, data: unknown, mint: Mint): unknown {
  const { sessionId, session, signedOut, revokedCount, refreshToken } = (data ?? {}) as Data
  switch (ask.procedure) {
    case 'auth.whoami':
      return sessionId
    case 'auth.current':
      return session?.id ?? null
    case 'auth.refresh':
    case 'auth.signIn':
      return session?.id
    case 'session.list':
      return (data as { id: string }[]).map(({ id }) => id).sort()
    case 'auth.signOut':
      return signedOut
    case 'token.refresh':
      return mint.note(refreshToken ?? '')
    case 'token.revoke':
      return {}
    case 'session.revoke':
    case 'session.revokeOthers':
    case 'session.revokeAll':
    case 'account.changePassword':
      return revokedCount
  }
}

function readReply(ask: Ask, wire: WireReply, mint: Mint): Pick<Heard, 'reply' | 'setCookies'> {
  const setCookies = wire.setCookies.map(readSetCookie)
  const refresh = setCookies.find(({ name }) => name === 'refresh')
  const cookies = !refresh ? 'untouched' : refresh.text === '' ? 'cleared' : { set: mint.note(refresh.text) }
  const body = wire.body as { result?: { data: unknown }; error?: { data: { reason: string } } }
  const reason = body.error?.data.reason ?? null
  const data = body.error ? null : factsOf(ask, body.result?.data, mint)
  return { reply: { status: wire.status, reason, data, cookies }, setCookies }
}

type Sending = {
  url: string
  ask: Ask
  carried: Carried
  address: string
  mint: Mint
  emailOf?: (userId: string) => string
  bearer?: string
}

/** Asks a server over its socket and tells the reply in the words of the model, with the times between which it happened. */
export async function send({ url, ask, carried, address, mint, emailOf, bearer }: Sending): Promise<Heard> {
  const headers = { 'x-forwarded-for': address, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) }
  const browser = new TestBrowser(url, { headers })
  if (!ask.procedure.startsWith('token.')) {
    if (carried.access) browser.cookies.set('access', carried.access)
    if (carried.refresh) browser.cookies.set('refresh', carried.refresh)
  }
  const input = inputOf(ask, carried, emailOf ?? (() => ''))
  const invoked = performance.now()
  const wire = isQuery(ask.procedure)
    ? await browser.query(ask.procedure, input)
    : await browser.mutate(ask.procedure, input)
  const responded = performance.now()
  return { ...readReply(ask, wire, mint), invoked, responded }
}

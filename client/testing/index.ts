import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createTestFeed } from './feed.ts'

export type TestIssuerOptions = {
  /** By default where it listens. */
  issuer?: string
  audience?: string
  algorithm?: 'EdDSA' | 'ES256' | 'RS256'
  /** Milliseconds since the epoch. */
  now?: () => number
}

/** Claims of a token for a person; what is left out is made up. */
export type SessionClaims = { userId?: string; sessionId?: string; role?: string; amr?: string[] }

/** An issuer in this process that a test starts instead of Latchkey: same tokens, same keys, same feed. */
export type TestIssuer = {
  /** `issuer`, `audience`, `url` and a `serviceKey`, as `createVerifier` takes them. */
  url: string
  issuer: string
  audience: string
  serviceKey: string
  jwksUrl: string
  /** A good access token of a person. */
  token(claims?: SessionClaims): Promise<string>
  /** A good access token of a service account. */
  serviceToken(options: { scopes: string[]; accountId?: string }): Promise<string>
  /** Was good until an hour ago. */
  expiredToken(claims?: SessionClaims): Promise<string>
  /** Its session is in the revocation feed. */
  revokedToken(claims?: SessionClaims): Promise<string>
  /** Says something else than what was signed. */
  tamperedToken(claims?: SessionClaims): Promise<string>
  /** Signed by somebody else. */
  forgedToken(claims?: SessionClaims): Promise<string>
  /** Ends the session or key that a token was issued for, as the dashboard does. */
  revoke(token: string): void
  /** Silences the revocation feed, as an outage does, and lets it speak again. */
  silence(): void
  resume(): void
  close(): Promise<void>
}

const lifetimeSeconds = 600
const hour = 3_600

/** Starts an issuer on a free port of this machine. Close it when the tests are done. */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { algorithm = 'EdDSA', now = Date.now } = options
  const pair = await generateKeyPair(algorithm, { extractable: true })
  const stranger = await generateKeyPair(algorithm)
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  const feed = createTestFeed()
  const accountId = crypto.randomUUID()
  const serviceKey = `lk_${Buffer.concat([
    Buffer.from(accountId.replaceAll('-', ''), 'hex'),
    crypto.getRandomValues(new Uint8Array(32)),
  ]).toString('base64url')}`

  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0]
    if (path === '/.well-known/jwks.json')
      return sendJson({ keys: [{ ...publicJwk, kid, alg: algorithm, use: 'sig' }] })
    if (path === '/trpc/revocation.feed') return feed.open(response)
    if (path === '/oauth/token' && request.method === 'POST')
      return void serviceToken({ scopes: ['revocations:read'], accountId }).then((access_token) =>
        sendJson({ access_token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope: 'revocations:read' }),
      )
    response.writeHead(404).end()

    function sendJson(body: unknown): void {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { issuer = url, audience = issuer } = options

  function sign(claims: Record<string, unknown>, { age = 0, key = pair.privateKey } = {}): Promise<string> {
    const issuedAt = Math.floor(now() / 1000) - age
    return new SignJWT({ jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(key)
  }

  function sessionToken(claims: SessionClaims = {}, how: Parameters<typeof sign>[1] = {}): Promise<string> {
    const { userId = crypto.randomUUID(), sessionId = crypto.randomUUID(), role = 'user', amr = ['pwd'] } = claims
    const auth_time = Math.floor(now() / 1000) - (how.age ?? 0)
    return sign({ sub: userId, sid: sessionId, role, amr, ver: 0, auth_time }, how)
  }

  function serviceToken({ scopes, accountId: id = crypto.randomUUID() }: { scopes: string[]; accountId?: string }) {
    return sign({ sub: id, client_id: id, sid: crypto.randomUUID(), scope: scopes.join(' ') })
  }

  const revoke = (token: string): void => feed.revoke([String(decodeJwt(token).sid)])

  return {
    url,
    issuer,
    audience,
    serviceKey,
    jwksUrl: `${url}/.well-known/jwks.json`,
    token: (claims) => sessionToken(claims),
    serviceToken,
    expiredToken: (claims) => sessionToken(claims, { age: hour + lifetimeSeconds }),
    async revokedToken(claims) {
      const token = await sessionToken(claims)
      revoke(token)
      return token
    },
    async tamperedToken(claims) {
      const [header, payload = '', signature] = (await sessionToken(claims)).split('.')
      const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
      const changed = Buffer.from(JSON.stringify({ ...said, role: 'admin', jti: crypto.randomUUID() }))
      return [header, changed.toString('base64url'), signature].join('.')
    },
    forgedToken: (claims) => sessionToken(claims, { key: stranger.privateKey }),
    revoke,
    silence: feed.silence,
    resume: feed.resume,
    async close() {
      feed.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

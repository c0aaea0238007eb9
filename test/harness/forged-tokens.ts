import { eq, isNull } from 'drizzle-orm'
import { decodeJwt, decodeProtectedHeader, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { signingKeys } from '../../server/database/schema.ts'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import { encodeRefreshToken, parseRefreshToken, type RefreshToken } from '../../server/token/refresh-token.ts'
import { importKey, unwrapPrivateKey } from '../../server/token/signing-key.ts'
import { type TestInstance, testSecret } from './test-server.ts'

const secrets = deriveSecrets([testSecret])

/** What a refresh token of the test server says. */
export function readRefreshToken(text: string | undefined): RefreshToken {
  const token = parseRefreshToken(text ?? '', secrets)
  if (!token) throw new Error('This is no refresh token of the test server')
  return token
}

/** A refresh token with one thing changed and a MAC that is right all the same, as only a holder of the secret can make it. */
export function forgeRefreshToken(text: string | undefined, change: Partial<RefreshToken>): string {
  return encodeRefreshToken({ ...readRefreshToken(text), ...change }, secrets.newest)
}

/** The same base64url text with one bit of its bytes turned over. */
export function flipBit(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'base64url')
  const at = bit >> 3
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at)
  return bytes.toString('base64url')
}

/** The key that signs on the test server, which is what its operator could read from database and secret together. */
export async function signingKeyOf({ database }: Pick<TestInstance, 'database'>) {
  const [row] = await database.orm.select().from(signingKeys).where(isNull(signingKeys.revokedAt))
  const jwk = row && unwrapPrivateKey(row.id, row.encryptedPrivateKey, secrets)
  if (!row || !jwk) throw new Error('The test server has no signing key')
  return {
    id: row.id,
    algorithm: row.algorithm,
    publicJwk: row.publicKey as JWK,
    privateJwk: jwk,
    privateKey: await importKey(jwk, row.algorithm),
  }
}

type Change = { claims?: Record<string, unknown>; without?: string; header?: Partial<JWTHeaderParameters> }

/** An access token with one thing changed, signed with the server's own key. */
export async function forgeAccessToken(
  server: Pick<TestInstance, 'database'>,
  text: string | undefined,
  { claims = {}, without, header = {} }: Change,
): Promise<string> {
  const key = await signingKeyOf(server)
  const payload: JWTPayload = { ...decodeJwt(text ?? ''), ...claims }
  if (without) delete payload[without]
  return new SignJWT(payload)
    .setProtectedHeader({ ...(decodeProtectedHeader(text ?? '') as JWTHeaderParameters), ...header })
    .sign(key.privateKey)
}

/** Takes a signing key out of use, as an operator does in an emergency. */
export async function revokeSigningKey({ database }: Pick<TestInstance, 'database'>, keyId: string, at: Date) {
  await database.orm.update(signingKeys).set({ revokedAt: at }).where(eq(signingKeys.id, keyId))
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Caller, createVerifier, permits, type Verification, type VerifierOptions } from '../../client/index.ts'
import { createTestIssuer, type TestIssuer } from '../../client/testing/index.ts'

/** A verifier's answer in a word. */
const inShort = (verification: Verification) =>
  verification.kind === 'valid' ? 'valid' : `${verification.reason}: ${verification.detail}`

describe.each(['EdDSA', 'ES256', 'RS256'] as const)('createVerifier with %s', (algorithm) => {
  let issuer: TestIssuer
  beforeAll(async () => {
    issuer = await createTestIssuer({ algorithm })
  })
  afterAll(() => issuer.close())

  function verifier(more: Partial<VerifierOptions> = {}) {
    const made = createVerifier({
      issuer: issuer.issuer,
      audience: issuer.audience,
      revocation: { serviceKey: issuer.serviceKey, whenStale: 'refuse' },
      ...more,
    })
    onTestFinished(() => made.close())
    return made
  }

  it('tells whom a token speaks for', async () => {
    const { verify } = verifier()
    expect(await verify(await issuer.token({ userId: 'u', sessionId: 's', role: 'admin' }))).toMatchObject({
      kind: 'valid',
      caller: { kind: 'session', userId: 'u', sessionId: 's', role: 'admin', amr: ['pwd'] },
    })
    expect(await verify(await issuer.serviceToken({ scopes: ['orders:write'], accountId: 'a' }))).toMatchObject({
      kind: 'valid',
      caller: { kind: 'service', accountId: 'a', scopes: ['orders:write'] },
    })
  })

  it('answers a token that it knows without a promise', async () => {
    const { verify } = verifier()
    const token = await issuer.token()
    await verify(token)
    expect(verify(token)).toMatchObject({ kind: 'valid' })
    issuer.revoke(token)
    await expect.poll(() => verify(token)).toMatchObject({ kind: 'refused', reason: 'SESSION_REVOKED' })
  })

  it('refuses what is expired, revoked, tampered with, forged or for somebody else', async () => {
    const { verify, verifyHeader } = verifier()
    const other = await createTestIssuer({ algorithm })
    onTestFinished(() => other.close())
    const good = await issuer.token()
    const answers = await Promise.all([
      verify(await issuer.expiredToken()),
      verify(await issuer.tamperedToken({ role: 'user' })),
      verify(await issuer.forgedToken()),
      verify(await other.token()),
      verify(good.slice(0, -1)),
      verify(`${good}A`),
      verify(`${good}.${good}`),
      verify(`${'a'.repeat(3_000)}.a.a`),
      verify(''),
      verifyHeader(undefined),
      verifyHeader(`Basic ${good}`),
      verifyHeader(`Bearer ${good}`),
    ])
    expect(answers.map(inShort)).toEqual([
      'NOT_SIGNED_IN: expired',
      'NOT_SIGNED_IN: bad_signature',
      'NOT_SIGNED_IN: bad_signature',
      'NOT_SIGNED_IN: unknown_key',
      expect.stringMatching(/malformed|bad_signature/),
      expect.stringMatching(/malformed|bad_signature/),
      'NOT_SIGNED_IN: malformed',
      'NOT_SIGNED_IN: malformed',
      'NOT_SIGNED_IN: malformed',
      'NOT_SIGNED_IN: missing',
      'NOT_SIGNED_IN: missing',
      'valid',
    ])
    const revoked = await issuer.revokedToken()
    await expect.poll(async () => inShort(await verify(revoked))).toBe('SESSION_REVOKED: revoked')
  })

  it('refuses another issuer, audience and time, and forgets a token when it expires', async () => {
    const token = await issuer.token()
    expect(inShort(await verifier({ issuer: 'https://evil.example', url: issuer.url }).verify(token))).toBe(
      'NOT_SIGNED_IN: wrong_issuer',
    )
    expect(inShort(await verifier({ audience: 'https://other.example' }).verify(token))).toBe(
      'NOT_SIGNED_IN: wrong_audience',
    )
    let now = Date.now()
    const { verify } = verifier({ now: () => now })
    expect(inShort(await verify(token))).toBe('valid')
    now += 606_000
    expect(inShort(await verify(token))).toBe('NOT_SIGNED_IN: expired')
    now -= 1_300_000
    expect(inShort(await verify(token))).toBe('NOT_SIGNED_IN: clock_skew')
  })
})

describe('a verifier that does not hear of revocations', () => {
  let issuer: TestIssuer
  beforeAll(async () => {
    issuer = await createTestIssuer()
  })
  afterAll(() => issuer.close())

  function verifier(whenStale: 'refuse' | 'accept') {
    const made = createVerifier({
      ...issuer,
      revocation: { serviceKey: issuer.serviceKey, whenStale, staleAfterSeconds: 1 },
    })
    onTestFinished(() => made.close())
    return made
  }

  it('refuses or accepts past the declared bound, as it was told to, and recovers', async () => {
    const [strict, lenient] = [verifier('refuse'), verifier('accept')]
    const [token, other] = [await issuer.token(), await issuer.token()]
    for (const { verify } of [strict, lenient]) for (const text of [token, other]) await verify(text)

    issuer.silence()
    issuer.revoke(other)
    await expect
      .poll(() => strict.verify(token), { timeout: 3_000 })
      .toMatchObject({ reason: 'TEMPORARILY_UNAVAILABLE', detail: 'revocations_unknown' })
    expect(strict.isFresh()).toBe(false)
    expect([lenient.verify(token), lenient.verify(other)]).toMatchObject([{ kind: 'valid' }, { kind: 'valid' }])

    issuer.resume()
    for (const { verify } of [strict, lenient])
      await expect.poll(() => verify(other)).toMatchObject({ reason: 'SESSION_REVOKED' })
    expect(strict.verify(token)).toMatchObject({ kind: 'valid' })
    expect(strict.isFresh()).toBe(true)
  })

  it('waits for the first news instead of refusing while it starts', async () => {
    expect(inShort(await verifier('refuse').verify(await issuer.token()))).toBe('valid')
  })

  it('says that it does not know, rather than no, when the keys cannot be fetched', async () => {
    const trouble: unknown[] = []
    const made = createVerifier({
      ...issuer,
      url: 'http://127.0.0.1:1',
      revocation: 'none',
      onTrouble: (error) => trouble.push(error),
    })
    expect(inShort(await made.verify(await issuer.token()))).toBe('TEMPORARILY_UNAVAILABLE: keys_unavailable')
    expect(trouble).toHaveLength(1)
  })
})

it('asks for the keys of unknown ids at most once in half a minute, however many tokens name one', async () => {
  const issuer = await createTestIssuer()
  const others = await Promise.all(Array.from({ length: 5 }, () => createTestIssuer()))
  let fetches = 0
  const keys = await (await fetch(issuer.jwksUrl)).text()
  const counting = createServer((_request, response) => {
    fetches += 1
    response.end(keys)
  })
  await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(counting.address() as AddressInfo).port}`
  const { verify } = createVerifier({ ...issuer, url, revocation: 'none' })

  const answers = [inShort(await verify(await issuer.token()))]
  for (const other of others) answers.push(inShort(await verify(await other.token())))

  expect(answers).toEqual(['valid', ...others.map(() => 'NOT_SIGNED_IN: unknown_key')])
  expect(fetches).toBe(1)
  counting.close()
  for (const each of [issuer, ...others]) await each.close()
})

describe('permits', () => {
  const person: Caller = {
    kind: 'session',
    userId: 'u',
    sessionId: 's',
    role: 'support',
    amr: ['pwd'],
    authenticatedAt: 0,
    expiresAt: 600,
  }
  const scopes = ['orders:read', 'orders:write']
  const program: Caller = { kind: 'service', accountId: 'a', keyId: 'k', scopes, expiresAt: 600 }

  it.each([
    [{ roles: ['admin', 'support'] }, true, false],
    [{ roles: ['admin'], scopes: ['orders:write'] }, false, true],
    [{ scopes: ['orders:write', 'orders:delete'] }, false, false],
    [{}, false, false],
  ])('%j lets a person through: %s, a program: %s', (requirement, forPerson, forProgram) => {
    expect(permits(person, requirement)).toBe(forPerson)
    expect(permits(program, requirement)).toBe(forProgram)
  })
})

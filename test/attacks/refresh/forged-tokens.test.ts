import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deriveSecrets } from '../../../server/token/derived-secrets.ts'
import { forgeRefreshToken } from '../../harness/forged-tokens.ts'
import { lastWriteOf, sessionRow, userRow } from '../../harness/rows.ts'
import { reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { signedIn, signedUp, startTestServer, type TestServer, testSecret } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** Where the generation stands in a token: after the version, the key id and the session's id. */
const generationAt = 1 + 4 + 16

/** Somebody who has nothing but this text. */
function holding(text: string): TestBrowser {
  const browser = server.browser()
  browser.cookies.set('refresh', text)
  return browser
}

describe('whoever has one refresh token and not the secret', () => {
  it.each([0, 1, 2, 3, 9])(
    'cannot put generation %i into it, to have the owner signed out as for theft',
    async (generation) => {
      const { browser, session, user } = await signedUp(server)
      for (let rotation = 0; rotation < 4; rotation++) {
        browser.drop('access')
        await browser.query('auth.whoami')
      }
      const written = await lastWriteOf(server, session.id)
      const good = browser.cookie('refresh') ?? ''
      const bytes = Buffer.from(good, 'base64url')
      bytes.writeUInt32BE(generation, generationAt)
      const forged = bytes.toString('base64url')
      const restored = Buffer.from(forged, 'base64url')
      restored.writeUInt32BE(4, generationAt)
      expect(restored.toString('base64url')).toBe(good)

      const replies = [
        await holding(forged).query('auth.whoami'),
        await server.browser().mutate('token.refresh', { refreshToken: forged }),
        await server.browser().mutate('token.revoke', { refreshToken: forged }),
      ]

      expect(replies.map(reasonOf)).toEqual(['NOT_SIGNED_IN', 'NOT_SIGNED_IN', undefined])
      for (const { setCookies } of replies) expect(setCookies).toEqual([])
      // Whoever revokes is told the same of any text.
      expect(replies[2]?.status).toBe(200)
      expect(await lastWriteOf(server, session.id)).toBe(written)
      expect((await userRow(server, user.id)).tokenVersion).toBe(0)
      expect((await browser.query('auth.whoami')).status).toBe(200)
    },
  )
})

describe('whoever knows the secret and one refresh token', () => {
  it('cannot put another session’s id into it', async () => {
    const { browser, email, session } = await signedUp(server)
    const other = await signedIn(server, email)
    const written = await lastWriteOf(server, session.id)
    const forged = forgeRefreshToken(browser.cookie('refresh'), { sessionId: other.session.id })

    const reply = await holding(forged).query('auth.whoami')

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
    expect(server.takeErrors()).toEqual([expect.objectContaining({ event: 'refresh_alarm', why: 'wrong_secret' })])
    expect(await lastWriteOf(server, session.id)).toBe(written)
    expect((await sessionRow(server, other.session.id)).generation).toBe(0)
  })

  it('cannot make one of a version that we do not read', async () => {
    const { browser } = await signedUp(server)
    const bytes = Buffer.from(browser.cookie('refresh') ?? '', 'base64url')
    const { refreshMacKey } = deriveSecrets([testSecret]).newest
    const payload = Buffer.concat([Buffer.of(2), bytes.subarray(1, 57)])
    const mac = createHmac('sha256', refreshMacKey).update(payload).digest().subarray(0, 16)

    const reply = await holding(Buffer.concat([payload, mac]).toString('base64url')).query('auth.whoami')

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
  })
})

it('a retry is refused, and nothing is cleared, where the entry of SECRET that made its successor is gone', async () => {
  const [older, newer] = ['an entry that is about to be removed for good', 'an entry that is there to stay for a while']
  const beginning = await server.addInstance({ SECRET: `${newer},${older}` })
  const rotating = await server.addInstance({ SECRET: `${older},${newer}` })
  const ahead = await server.addInstance({ SECRET: newer })
  const { browser, session } = await signedUp(beginning)
  browser.drop('access')
  const retrying = browser.at(ahead.url)
  expect((await browser.at(rotating.url).query('auth.whoami')).status).toBe(200)

  const reply = await retrying.query('auth.whoami')

  expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
  expect(reply.setCookies).toEqual([])
  expect(server.takeErrors()).toEqual([expect.objectContaining({ event: 'refresh_alarm', why: 'wrong_secret' })])
  expect((await sessionRow(server, session.id)).revokedReason).toBeNull()
})

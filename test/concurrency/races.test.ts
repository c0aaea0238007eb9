import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions, users } from '../../server/database/schema.ts'
import { holdLock } from '../harness/held-lock.ts'
import { type Reply, reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

const newPassword = 'a different battery, horse and staple'
let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ instances: 3, environment: { TRUSTED_PROXIES: '127.0.0.1' } })
})
afterAll(() => server.close())

const databaseUrl = () => server.testDatabase.url ?? ''
const on = (index: number) => server.instances[index] ?? server
/** Every browser comes from a network of its own, so that limits on networks are out of the way. */
let networks = 0
const network = () => ({ headers: { 'x-forwarded-for': `10.${++networks >> 8}.${networks & 255}.1` } })

/** Live sessions that belong to a token version which no longer counts: there must never be one. */
async function survivors(userId: string) {
  const rows = await server.database.orm
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      sql`${users.id} = ${userId} and ${sessions.revokedAt} is null and ${sessions.tokenVersion} <> ${users.tokenVersion}`,
    )
  return rows.length
}

/** What instances say of this browser's tokens once the news has reached them; a forced refresh is told at once. */
async function expectSignedOut(browser: TestBrowser) {
  for (const { url } of server.instances) {
    const twin = browser.at(url)
    if (twin.cookie('access')) {
      const status = () =>
        twin
          .clone()
          .query('auth.whoami')
          .then((reply) => reply.status)
      await expect.poll(status, { interval: 10, timeout: 5_000 }).toBe(401)
    }
    twin.drop('access')
    expect((await twin.query('auth.whoami')).status).toBe(401)
  }
}

type Act = () => Promise<Reply>

/** Runs both so that the first gets the contended row before the second. */
async function inOrder(lock: string, first: Act, second: Act): Promise<[Reply, Reply]> {
  const held = await holdLock(databaseUrl(), lock)
  const winning = first()
  await held.waiting(1)
  const losing = second()
  await held.waiting(2)
  await held.release()
  return Promise.all([winning, losing])
}

const lockSession = (id: string) => `select 1 from sessions where id = '${id}' for update`
const lockUser = (id: string) => `select 1 from users where id = '${id}' for update`

/** A laptop and a phone of one person; the phone's access token has just expired. */
async function twoDevices() {
  const { browser: laptop, email, user, session } = await signedUp(on(0), network())
  const { browser: phone, session: phoneSession } = await signedIn(on(1), email, network())
  phone.drop('access')
  return { laptop, phone, email, user, session, phoneSession }
}

const endings: [string, (laptop: TestBrowser, phoneSessionId: string) => Promise<Reply>][] = [
  ['signing out that device', (laptop, sessionId) => laptop.mutate('session.revoke', { sessionId })],
  ['signing out the others', (laptop) => laptop.mutate('session.revokeOthers')],
  ['signing out everywhere', (laptop) => laptop.mutate('session.revokeAll')],
  ['a new password', (laptop) => laptop.mutate('account.changePassword', { currentPassword: password, newPassword })],
]

describe.each(endings)('a refresh and %s', (_what, end) => {
  it('end signed out when the refresh is first, although it was answered', async () => {
    const { laptop, phone, user, phoneSession } = await twoDevices()

    const [refreshed, ended] = await inOrder(
      lockSession(phoneSession.id),
      () => phone.query('auth.whoami'),
      () => end(laptop, phoneSession.id),
    )

    expect([refreshed.status, ended.status]).toEqual([200, 200])
    expect(await survivors(user.id)).toBe(0)
    await expectSignedOut(phone)
  })

  it('end signed out when the refresh is second, which is told so', async () => {
    const { laptop, phone, user, phoneSession } = await twoDevices()

    const [ended, refreshed] = await inOrder(
      lockSession(phoneSession.id),
      () => end(laptop, phoneSession.id),
      () => phone.query('auth.whoami'),
    )

    expect([refreshed.status, ended.status]).toEqual([401, 200])
    expect(reasonOf(refreshed)).toBe('SESSION_REVOKED')
    expect(phone.cookie('refresh')).toBeUndefined()
    expect(await survivors(user.id)).toBe(0)
    await expectSignedOut(phone)
  })
})

describe('a sign-out and a refresh by another tab of the same browser', () => {
  it.each(['first', 'second'])('end signed out when the refresh is %s', async (place) => {
    const { browser, session } = await signedUp(on(0), network())
    const tab = browser.at(on(1).url)
    tab.drop('access')
    const signOut = () => browser.mutate('auth.signOut')
    const refresh = () => tab.query('auth.whoami')

    await (place === 'first'
      ? inOrder(lockSession(session.id), refresh, signOut)
      : inOrder(lockSession(session.id), signOut, refresh))

    expect(browser.cookies.size).toBe(0)
    await expectSignedOut(tab)
  })
})

describe('a sign-in and signing out everywhere', () => {
  it('leave nobody signed in when the sign-in is first', async () => {
    const { browser, email, user } = await signedUp(on(0), network())
    const phone = on(1).browser(network())

    const [signIn, everywhere] = await inOrder(
      lockUser(user.id),
      () => phone.mutate('auth.signIn', { email, password }),
      () => browser.mutate('session.revokeAll'),
    )

    expect(signIn.status).toBe(200)
    expect(everywhere.body).toMatchObject({ result: { data: { revokedCount: 2 } } })
    await expectSignedOut(phone)
  })

  it('refuse the sign-in when it is second: what it proved no longer counts', async () => {
    const { browser, email, user } = await signedUp(on(0), network())
    const phone = on(1).browser(network())

    const [everywhere, signIn] = await inOrder(
      lockUser(user.id),
      () => browser.mutate('session.revokeAll'),
      () => phone.mutate('auth.signIn', { email, password }),
    )

    expect(everywhere.status).toBe(200)
    expect(reasonOf(signIn)).toBe('INVALID_CREDENTIALS')
    expect(phone.cookies.size).toBe(0)
    expect(await survivors(user.id)).toBe(0)
  })

  it('never leave a live session of the old token version, in whatever order they come', async () => {
    const { email, user, browser: first } = await signedUp(on(0), network())
    let browser = first
    for (let round = 0; round < 8; round++) {
      const phones = [0, 1, 2].map((index) => on(index).browser(network()))
      const signIns = phones.map((phone) => phone.mutate('auth.signIn', { email, password }))
      const everywhere = new Promise((resolve) => setTimeout(resolve, round * 15)).then(() =>
        browser.mutate('session.revokeAll'),
      )

      const replies = await Promise.all(signIns)
      expect((await everywhere).status).toBe(200)

      expect(await survivors(user.id)).toBe(0)
      for (const reply of replies) expect([200, 401]).toContain(reply.status)
      browser = (await signedIn(on(round % 3), email, network())).browser
    }
  })
})

it('a refresh that runs into a token-version bump keeps at most the answer it was given', async () => {
  for (let round = 0; round < 5; round++) {
    const { browser, user } = await signedUp(on(round % 3), network())
    browser.drop('access')
    const refreshes = server.instances.map(({ url }) => browser.at(url))
    const statuses = await Promise.all([
      ...refreshes.map((tab) => tab.query('auth.whoami').then(({ status }) => status)),
      server.database.orm
        .update(users)
        .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
        .where(eq(users.id, user.id))
        .then(() => 200),
    ])

    for (const status of statuses) expect([200, 401]).toContain(status)
    for (const tab of refreshes) {
      tab.drop('access')
      expect((await tab.query('auth.whoami')).status).toBe(401)
    }
  }
})

it('the device that changes the password stays signed in while its other tabs refresh', async () => {
  const { browser } = await signedUp(on(0), network())
  browser.drop('access')
  const tabs = server.instances.map(({ url }) => browser.at(url))

  const [changed, ...others] = await Promise.all([
    browser.mutate('account.changePassword', { currentPassword: password, newPassword }),
    ...tabs.map((tab) => tab.query('auth.whoami')),
  ])

  expect([changed.status, ...others.map(({ status }) => status)]).toEqual([200, 200, 200, 200])
  for (const tab of [browser, ...tabs]) {
    tab.drop('access')
    expect((await tab.query('auth.whoami')).status).toBe(200)
  }
})

it('a password change rotates at most once, so that a tab that still sends the old cookie is no thief', async () => {
  const { browser, session } = await signedUp(on(0), network())
  browser.drop('access')
  const straggler = browser.at(on(1).url)

  expect((await browser.mutate('account.changePassword', { currentPassword: password, newPassword })).status).toBe(200)

  expect((await straggler.query('auth.whoami')).status).toBe(200)
  expect(straggler.cookie('refresh')).toBe(browser.cookie('refresh'))
  expect((await browser.api.session.list.query()).map(({ id }) => id)).toEqual([session.id])
})

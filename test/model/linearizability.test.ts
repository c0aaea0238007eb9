import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completed } from '../harness/completed.ts'
import { TestBrowser } from '../harness/test-browser.ts'
import { seconds } from '../harness/test-clock.ts'
import { newEmail, password, testSecret } from '../harness/test-server.ts'
import { type Families, type Policy, present } from './family.ts'
import { atomically, linearize, type Operation } from './linearize.ts'
import { type Ask, type Reply, replyTo, type World, worldOf } from './requests.ts'
import { readFamilies, sameFamilies } from './rows.ts'
import { inThisProcess, inThreeProcesses, type ThreeInstances } from './three-instances.ts'
import { Mint, send } from './wire.ts'

/** How many histories are recorded of each kind. */
const histories = Number(process.env.MODEL_RUNS ?? 10)
const clients = 5
const requestsEach = 4

describe('the search for an order', () => {
  type Register = { value: number }
  const read = (value: number, invoked: number, responded: number): Operation<Register, number> => ({
    invoked,
    responded,
    fits: (seen) => seen === value,
    *acts() {
      return yield* atomically<Register, number>((register) => [[register, register.value]])
    },
  })
  const write = (value: number, invoked: number, responded: number): Operation<Register, number> => ({
    invoked,
    responded,
    fits: () => true,
    *acts() {
      yield* atomically<Register, null>(() => [[{ value }, null]])
      return value
    },
  })
  const zero = { value: 0 }

  it('finds one for operations that overlap', () => {
    expect(linearize(zero, [write(1, 0, 10), read(0, 1, 4), read(1, 5, 8)])).toEqual({ value: 1 })
    expect(linearize(zero, [read(2, 0, 10), write(1, 1, 9), write(2, 2, 8)])).not.toBeNull()
  })

  it('finds none when a value is read that was gone before, or not there yet', () => {
    expect(linearize(zero, [write(1, 0, 1), read(0, 2, 3)])).toBeNull()
    expect(linearize(zero, [read(1, 0, 1), write(1, 2, 3)])).toBeNull()
    expect(linearize(zero, [write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)])).toBeNull()
  })

  it('lets an operation whose response was lost take effect or not', () => {
    const lost = write(1, 0, Number.POSITIVE_INFINITY)
    expect(linearize(zero, [lost, read(1, 5, 6)])).not.toBeNull()
    expect(linearize(zero, [lost, read(0, 5, 6)])).not.toBeNull()
  })

  it('holds the last state to what was found afterwards', () => {
    const both = [write(1, 0, 10), write(2, 0, 10)]
    expect(linearize(zero, both, ({ value }) => value === 1)).toEqual({ value: 1 })
    expect(linearize(zero, both, ({ value }) => value === 0)).toBeNull()
  })

  it('lets others act between the acts of one operation', () => {
    const increment = (seen: number): Operation<Register, number> => ({
      invoked: 0,
      responded: 10,
      fits: (reply) => reply === seen,
      *acts() {
        const value = yield* atomically<Register, number>((register) => [[register, register.value]])
        yield* atomically<Register, null>(() => [[{ value: value + 1 }, null]])
        return value + 1
      },
    })
    expect(linearize(zero, [increment(1), increment(1)])).toEqual({ value: 1 })
    expect(linearize(zero, [increment(1), increment(2)])).toEqual({ value: 2 })
    expect(linearize(zero, [increment(2), increment(2)])).toBeNull()
  })
})

const policy: Policy = {
  accessTtl: seconds(600),
  retryWindow: seconds(60),
  idleTtl: seconds(7 * 86_400),
  absoluteTtl: seconds(30 * 86_400),
  reuseRevokes: 'user',
}

describe('the model, held to histories that no server may show', () => {
  const family = {
    userId: 'u',
    generation: 1,
    rotatedAt: 0,
    idleExpiresAt: seconds(1_000),
    absoluteExpiresAt: seconds(1_000),
    tokenVersion: 0,
    authenticatedAt: 0,
    revoked: null,
  }
  const start: Families = { users: { u: { tokenVersion: 0, password: '', changes: 0 } }, sessions: { s: family } }

  type Told = [ask: Ask, generation: number, invoked: number, responded: number, reply: Partial<Reply>]
  const explained = (told: Told[]) =>
    linearize(
      worldOf(start),
      told.map(([ask, generation, invoked, responded, seen], index): Operation<World, Reply> => {
        const refresh = { sessionId: 's', generation, genuine: true, text: `s:${generation}` }
        const circumstances = { policy, now: 0 }
        const carried = { access: null, refresh }
        const request = { ask, carried, instance: index, invoked, responded, circumstances }
        return {
          invoked,
          responded,
          acts: () => replyTo(request),
          fits: (reply) => Object.entries(seen).every(([key, value]) => reply[key as keyof Reply] === value),
        }
      }),
    )
  const refresh = { procedure: 'token.refresh' } as const
  const revoke = { procedure: 'token.revoke' } as const

  it('finds no order in which a token works after its session was revoked', () => {
    const history = (invoked: number): Told[] => [
      [revoke, 1, 0, 2, { status: 200 }],
      [refresh, 1, invoked, 5, { status: 200 }],
    ]
    expect(explained(history(1))).not.toBeNull()
    expect(explained(history(3))).toBeNull()
  })

  it('finds no order in which one generation has two successors', () => {
    expect(
      explained([
        [refresh, 1, 0, 5, { data: 's:2' }],
        [refresh, 1, 0, 5, { data: 's:2' }],
      ]),
    ).not.toBeNull()
    expect(
      explained([
        [refresh, 1, 0, 5, { data: 's:2' }],
        [refresh, 1, 0, 5, { data: 's:3' }],
      ]),
    ).toBeNull()
  })

  it('finds no order in which a token two generations old still works', () => {
    const next = present(start, { sessionId: 's', generation: 1, genuine: true }, { policy, now: 0 })[1]
    expect(next).toMatchObject({ kind: 'live', generation: 2 })
    expect(
      explained([
        [refresh, 1, 0, 1, { data: 's:2' }],
        [refresh, 2, 2, 3, { data: 's:3' }],
        [refresh, 1, 4, 5, { data: 's:3' }],
      ]),
    ).toBeNull()
  })
})

type Device = { sessionId: string }

function pick<Item>(items: readonly Item[]): Item {
  const item = items[randomInt(items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

/** What a client may ask. None of it depends on memory that instances share by notification alone. */
function askSomething(devices: readonly Device[]): Ask {
  const roll = randomInt(100)
  if (roll < 55) return { procedure: 'token.refresh' }
  if (roll < 80) return { procedure: 'auth.whoami' }
  if (roll < 86) return { procedure: 'session.list' }
  if (roll < 89) return { procedure: 'token.revoke' }
  if (roll < 92) return { procedure: 'auth.signOut' }
  if (roll < 95) return { procedure: 'session.revoke', sessionId: pick(devices).sessionId }
  return { procedure: roll < 98 ? 'session.revokeOthers' : 'session.revokeAll' }
}

/** The quick part has its instances in this process, the long part in three of their own. */
const start = process.env.MODEL_RUNS ? inThreeProcesses : inThisProcess

describe.each(['session', 'user'] as const)(
  'three instances on one database, where reuse costs the %s',
  (reuseRevokes) => {
    let instances: ThreeInstances
    const rules = { ...policy, reuseRevokes }
    beforeAll(async () => {
      instances = await start({
        SECRET: testSecret,
        REFRESH_RETRY_WINDOW: '60s',
        REUSE_REVOKES: reuseRevokes,
        LOG_LEVEL: 'error',
        TRUSTED_PROXIES: '127.0.0.1/32',
      })
    })
    afterAll(() => instances.close())

    it(
      'answer as one, in some order, whatever is presented and revoked at once',
      async () => {
        for (let count = 0; count < histories; count++) await recordAndExplain(`10.1.${count}.1`)
      },
      seconds(30) + histories * seconds(3),
    )

    async function recordAndExplain(address: string): Promise<void> {
      const { mint, devices, before } = await personWithTwoDevices(address)
      const told: Operation<World, unknown>[] = []
      const log: unknown[] = []

      async function oneClient(): Promise<void> {
        for (let count = 0; count < requestsEach; count++) {
          const { sessionId } = pick(devices)
          // Mostly the newest that anybody has been given, sometimes one that may be spent.
          const handedOut = mint.of(sessionId)
          const text = handedOut[randomInt(4) === 0 ? randomInt(Math.min(3, handedOut.length)) : 0] ?? ''
          const instance = randomInt(instances.urls.length)
          const asked = { url: instances.urls[instance] ?? '', ask: askSomething(devices), carried: { refresh: text } }
          const { reply, invoked, responded } = await send({ ...asked, address, mint })
          const refresh = mint.presented(text)
          const { ask } = asked
          log.push({ ask, token: `${sessionId}:${refresh.generation}`, instance, invoked, responded, reply })
          const circumstances = { policy: rules, now: 0 }
          const request = { ask, carried: { access: null, refresh }, instance, invoked, responded, circumstances }
          told.push({
            invoked,
            responded,
            acts: () => replyTo(request),
            fits: (predicted) => JSON.stringify(predicted) === JSON.stringify(reply),
          })
          if (randomInt(3) === 0) await delay(randomInt(4))
        }
      }
      await Promise.all(Array.from({ length: clients }, oneClient))

      const after = await read(before)
      const found = linearize(worldOf(before), told, ({ families }) => sameFamilies(families, after))
      if (!found) throw new Error(`No order explains this history:\n${JSON.stringify({ before, log, after }, null, 2)}`)
    }

    /** The rows, without their times: a history is over before anything expires. */
    async function read(known: Families): Promise<Families> {
      const { users, sessions } = await readFamilies(instances.database.orm, known)
      const never = { rotatedAt: 0, idleExpiresAt: seconds(1_000), absoluteExpiresAt: seconds(1_000) }
      const timeless = Object.entries(sessions).map(([id, family]) => [id, { ...family, ...never }])
      return { users, sessions: Object.fromEntries(timeless) }
    }

    async function personWithTwoDevices(address: string) {
      const mint = new Mint()
      const browser = () => new TestBrowser(instances.urls[0] ?? '', { headers: { 'x-forwarded-for': address } })
      const [first, second] = [browser(), browser()]
      const email = newEmail()
      const { user, session } = completed(await first.api.auth.signUp.mutate({ email, password }))
      const other = completed(await second.api.auth.signIn.mutate({ email, password }))
      for (const { cookies } of [first, second]) mint.note(cookies.get('refresh') ?? '')
      const before = await read({ users: { [user.id]: { tokenVersion: 0, password, changes: 0 } }, sessions: {} })
      return { mint, devices: [{ sessionId: session.id }, { sessionId: other.session.id }], before }
    }
  },
)

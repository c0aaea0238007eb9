import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { minutes, seconds } from '../harness/test-clock.ts'
import type { Policy } from './family.ts'
import { type Call, type ModelWorld, Story, startWorld } from './story.ts'

/**
 * `MODEL_RUNS` asks for more; `MODEL_SEED` and `MODEL_PATH`, as a failure prints them, tell the same story again;
 * `MODEL_SHRINK=off` is content with the first story that fails, however long.
 */
const runs = Number(process.env.MODEL_RUNS ?? 30)
const budget = process.env.MODEL_RUNS ? minutes(60) : seconds(14)
const again = {
  endOnFailure: process.env.MODEL_SHRINK === 'off',
  ...(process.env.MODEL_SEED ? { seed: Number(process.env.MODEL_SEED) } : {}),
  ...(process.env.MODEL_PATH ? { path: process.env.MODEL_PATH } : {}),
}

/** Short lives, so that everything ends within a story; the two databases are tried with different rules. */
const policies: Record<'postgres' | 'embedded', Policy> = {
  postgres: {
    accessTtl: seconds(60),
    retryWindow: seconds(10),
    idleTtl: minutes(5),
    absoluteTtl: minutes(15),
    reuseRevokes: 'user',
  },
  embedded: {
    accessTtl: seconds(20),
    retryWindow: seconds(30),
    idleTtl: minutes(2),
    absoluteTtl: minutes(3),
    reuseRevokes: 'session',
  },
}
const policy = policies[inject('databaseKind')]

type Step = { told: string; take: (story: Story) => Promise<void> | void }

const procedure = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('auth.whoami', 'session.list', 'auth.current') },
  { weight: 6, arbitrary: fc.constantFrom('auth.refresh', 'token.refresh') },
  { weight: 3, arbitrary: fc.constantFrom('auth.signOut', 'session.revoke', 'session.revokeOthers', 'token.revoke') },
  { weight: 1, arbitrary: fc.constantFrom('session.revokeAll', 'account.changePassword', 'auth.signIn', 'forge') },
) satisfies fc.Arbitrary<Call['procedure']>

const delivery = fc.oneof(
  { weight: 6, arbitrary: fc.constant('arrives') },
  { weight: 1, arbitrary: fc.constantFrom('is lost', 'is late', 'arrives twice') },
) satisfies fc.Arbitrary<Call['delivery']>

const call: fc.Arbitrary<Call> = fc.record({
  actor: fc.nat(11),
  procedure,
  pick: fc.nat(30),
  instance: fc.nat(1),
  delivery,
})

const requests = (told: string, calls: fc.Arbitrary<Call[]>) =>
  calls.map(
    (drawn): Step => ({
      told: `${told} ${drawn.map((one) => `${one.actor}→${one.instance} ${one.procedure}(${one.pick}) ${one.delivery}`).join(' | ')}`,
      take: (story) => story.together(drawn),
    }),
  )

const tabs = fc
  .tuple(call, fc.array(call, { minLength: 1, maxLength: 3 }))
  .map(([first, others]) => [first, ...others.map((other) => ({ ...other, actor: first.actor }))])

const harmlessTabs = fc
  .tuple(call, fc.array(fc.constantFrom('auth.whoami', 'auth.refresh', 'session.list'), { minLength: 2, maxLength: 5 }))
  .map(([first, procedures]) =>
    procedures.map((asked, index): Call => ({ ...first, procedure: asked, instance: first.instance + index })),
  )

/** Moments around which something changes, and a millisecond before and after. */
const moments = fc
  .tuple(
    fc.constantFrom(
      policy.accessTtl,
      policy.accessTtl + seconds(5),
      policy.retryWindow,
      policy.idleTtl,
      policy.absoluteTtl,
      0,
    ),
    fc.constantFrom(-1, 0, 1),
  )
  .map(([length, more]) => Math.max(1, length + more))

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: requests('one', fc.tuple(call)) },
  { weight: 4, arbitrary: requests('tabs', harmlessTabs) },
  { weight: 2, arbitrary: requests('tabs', tabs) },
  { weight: 2, arbitrary: requests('race', fc.array(call, { minLength: 2, maxLength: 4 })) },
  {
    weight: 6,
    arbitrary: fc
      .oneof({ weight: 3, arbitrary: fc.constant(policy.accessTtl + seconds(5)) }, { weight: 3, arbitrary: moments })
      .map((length): Step => ({ told: `${length} ms pass`, take: (story) => story.advance(length) })),
  },
  {
    weight: 2,
    arbitrary: fc.nat(11).map((n): Step => ({ told: `jar ${n} is stolen`, take: (story) => story.steal(n) })),
  },
  {
    weight: 2,
    arbitrary: fc.nat(11).map((n): Step => ({ told: `a late reply reaches ${n}`, take: (story) => story.arrive(n) })),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (emergency): Step => ({
        told: emergency ? 'signing keys are revoked' : 'a new signing key',
        take: (story) => story.changeSigningKey({ emergency }),
      }),
    ),
  },
)

const commands = fc.commands(
  [
    step.map(({ told, take }) => ({
      check: () => true,
      run: async (_model: object, story: Story) => {
        await take(story)
      },
      toString: () => told,
    })),
  ],
  { maxCommands: 40, size: 'max' },
)

describe('families of refresh tokens', () => {
  let world: ModelWorld
  beforeAll(async () => {
    world = await startWorld(policy)
  })
  afterAll(() => world.close())

  it(
    'do what the model does, whoever asks, in whatever order, however replies travel',
    async () => {
      const happened = new Map<string, number>()
      let told = 0
      await fc.assert(
        fc.asyncProperty(commands, async (drawn) => {
          const story = new Story(world, happened)
          await story.begin()
          await fc.asyncModelRun(() => ({ model: {}, real: story }), drawn)
          await story.end()
          told++
        }),
        { numRuns: runs, interruptAfterTimeLimit: budget, ...again },
      )
      if (process.env.MODEL_RUNS) console.log(`${told} stories`, Object.fromEntries([...happened].sort()))
      // Stories in which nothing happens prove nothing; a machine that has time for a few only says nothing of that.
      if (told < 15) return
      for (const event of ['honest request', 'honest retry', 'stolen', 'auth.whoami ok', 'ended: signed_out'])
        expect(happened.get(event) ?? 0, event).toBeGreaterThan(0)
    },
    budget + minutes(2),
  )
})

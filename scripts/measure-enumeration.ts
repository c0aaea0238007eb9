// `npm run measure:enumeration`: asks every public procedure that takes something that names or belongs to an account about one that
// exists and one that does not, in turns, and compares status, body, headers and time. Exits with 1 when a difference shows.
import { parseArgs } from 'node:util'
import { Authenticator } from '../test/harness/authenticator.ts'
import { ownNetwork, startFleet } from '../test/harness/fleet.ts'
import { startMailbox, tokenIn } from '../test/harness/mailbox.ts'
import type { Reply, TestBrowser } from '../test/harness/test-browser.ts'
import { password } from '../test/harness/test-server.ts'
import { ensureBuilt } from './build.js'

const { values } = parseArgs({
  options: { samples: { type: 'string', default: '200' }, only: { type: 'string', default: '' } },
})
const samples = Number(values.samples)

/** The same question about an account that exists and one that does not. A fresh browser in a network of its own asks each. */
type Question = {
  procedure: string
  about: string
  known(browser: TestBrowser): Promise<Reply>
  unknown(browser: TestBrowser): Promise<Reply>
}

const median = (list: readonly number[]) => [...list].sort((one, other) => one - other)[list.length >> 1] ?? Number.NaN

/**
 * The probability that a sample of `one` is longer than one of `other` (Mann–Whitney U over n·m): 0.5 when time says nothing. `z` is its
 * distance from that in standard deviations.
 */
function compareTimes(one: readonly number[], other: readonly number[]) {
  const wins = one.reduce((sum, a) => sum + other.reduce((count, b) => count + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0)
  const [n, m] = [one.length, other.length]
  return { longer: wins / (n * m), z: (wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12) }
}

/** What a reply says, without what differs in any two replies. */
function saidBy({ status, body, headers }: Reply): string {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'set-cookie'].includes(name))
  return JSON.stringify([status, body, kept]).replace(/"requestId":"[^"]+"/g, '"requestId"')
}

const bent = (token: string) => `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`

await ensureBuilt()
const mailbox = await startMailbox()
const fleet = await startFleet({ instances: 1, environment: { SMTP_URL: mailbox.url } })
const server = fleet.member(0)
const fresh = () => server.browser(ownNetwork())
let addresses = 0
const nextAddress = () => `nobody-${++addresses}@example.com`

async function person() {
  const email = `somebody-${++addresses}@example.com`
  await fresh().api.auth.signUp.mutate({ email, password })
  const signUp = tokenIn(await mailbox.mailTo(email, /Confirm/))
  await fresh().api.auth.confirmSignUp.mutate({ token: signUp })
  const browser = fresh()
  await browser.api.auth.signIn.mutate({ email, password })
  return { email, browser, signUp }
}

const people = await Promise.all(Array.from({ length: 50 }, person))
const owner = await person()
const authenticator = new Authenticator()
const creation = await owner.browser.api.account.beginPasskey.mutate()
await owner.browser.api.account.addPasskey.mutate({ response: authenticator.create(creation), name: 'Key' })
const suspended = await Promise.all(Array.from({ length: 50 }, person))
await fleet.sql`update users set suspended_at = now() where email in ${fleet.sql(suspended.map(({ email }) => email))}`
await owner.browser.api.auth.requestPasswordReset.mutate({ email: owner.email })
const reset = tokenIn(await mailbox.mailTo(owner.email, /Choose/))
await fresh().api.auth.resetPassword.mutate({ token: reset, newPassword: 'other words that nobody would guess' })

let turn = 0
const somebody = () => people[++turn % people.length]?.email ?? ''
const suspendedOne = () => suspended[++turn % suspended.length]?.email ?? ''
const wrong = 'not the password of anybody'

async function passkey(browser: TestBrowser, known: boolean) {
  const options = await browser.api.auth.passkeyOptions.mutate()
  // A copied authenticator, whose counter has been seen; and one that nobody has enrolled.
  const response = (known ? authenticator : new Authenticator()).get(options, { counter: 1 })
  return () => browser.mutate('auth.signInWithPasskey', { response })
}

/** Questions whose answer is timed alone, after whatever has to come first. */
const questions: (
  | Question
  | (Omit<Question, 'known' | 'unknown'> & { ask(known: boolean): Promise<() => Promise<Reply>> })
)[] = [
  ...['auth.signIn', 'token.issue'].flatMap((procedure): Question[] => [
    {
      procedure,
      about: 'a wrong password, or nobody',
      known: (browser) => browser.mutate(procedure, { email: somebody(), password: wrong }),
      unknown: (browser) => browser.mutate(procedure, { email: nextAddress(), password: wrong }),
    },
    {
      procedure,
      about: 'the right password of a suspended account, or nobody',
      known: (browser) => browser.mutate(procedure, { email: suspendedOne(), password }),
      unknown: (browser) => browser.mutate(procedure, { email: nextAddress(), password }),
    },
  ]),
  {
    procedure: 'auth.signUp',
    about: 'an address that is taken, or free',
    known: (browser) => browser.mutate('auth.signUp', { email: somebody(), password }),
    unknown: (browser) => browser.mutate('auth.signUp', { email: nextAddress(), password }),
  },
  {
    procedure: 'auth.requestPasswordReset',
    about: 'an address that somebody has, or nobody',
    known: (browser) => browser.mutate('auth.requestPasswordReset', { email: somebody() }),
    unknown: (browser) => browser.mutate('auth.requestPasswordReset', { email: nextAddress() }),
  },
  {
    procedure: 'auth.passwordStrength',
    about: 'with an address that somebody has, or nobody',
    known: (browser) => browser.mutate('auth.passwordStrength', { email: somebody(), password: wrong }),
    unknown: (browser) => browser.mutate('auth.passwordStrength', { email: nextAddress(), password: wrong }),
  },
  {
    procedure: 'auth.confirmSignUp',
    about: 'a link that was used, or made up',
    known: (browser) => browser.mutate('auth.confirmSignUp', { token: owner.signUp }),
    unknown: (browser) => browser.mutate('auth.confirmSignUp', { token: bent(owner.signUp) }),
  },
  {
    procedure: 'auth.confirmEmail',
    about: 'a link that was used, or made up',
    known: (browser) => browser.mutate('auth.confirmEmail', { token: owner.signUp }),
    unknown: (browser) => browser.mutate('auth.confirmEmail', { token: bent(owner.signUp) }),
  },
  {
    procedure: 'auth.resetPassword',
    about: 'a link that was used, or made up',
    known: (browser) => browser.mutate('auth.resetPassword', { token: reset, newPassword: wrong }),
    unknown: (browser) => browser.mutate('auth.resetPassword', { token: bent(reset), newPassword: wrong }),
  },
  {
    procedure: 'auth.signInWithPasskey',
    about: 'a passkey that is refused, or that nobody has',
    ask: (known) => passkey(fresh(), known),
  },
]

process.stdout.write(`${samples} samples of each; median ms; P(known takes longer), 0.5 when time says nothing\n\n`)
let differences = 0
for (const question of questions.filter(({ procedure }) => procedure.includes(values.only))) {
  const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
  const said = { known: new Set<string>(), unknown: new Set<string>() }
  // The first tenth warms up. Which of the two is asked first alternates.
  for (let round = -samples / 10; round < samples; round++) {
    await fleet.sql`delete from attempts`
    for (const which of round % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const browser = fresh()
      const ask = 'ask' in question ? await question.ask(which === 'known') : () => question[which](browser)
      const startedAt = performance.now()
      const reply = await ask()
      if (round >= 0) times[which].push(performance.now() - startedAt)
      said[which].add(saidBy(reply))
    }
  }
  const same = said.known.size === 1 && [...said.known].join() === [...said.unknown].join()
  const { longer, z } = compareTimes(times.known, times.unknown)
  const telling = Math.abs(z) > 3
  if (!same || telling) differences++
  const columns = [
    question.procedure.padEnd(26),
    question.about.padEnd(54),
    same ? 'same answer     ' : 'DIFFERENT ANSWER',
    `${median(times.known).toFixed(1)} / ${median(times.unknown).toFixed(1)} ms`.padEnd(18),
    `P ${longer.toFixed(3)}, z ${z.toFixed(1)}${telling ? '  TIME TELLS' : ''}`,
  ]
  process.stdout.write(`${columns.join('  ')}\n`)
  if (!same)
    process.stdout.write(
      `  known:   ${[...said.known].join('\n           ')}\n  unknown: ${[...said.unknown].join('\n           ')}\n`,
    )
}
await fleet.close()
await mailbox.close()
process.stdout.write(`\n${differences} difference(s)\n`)
process.exit(differences > 0 ? 1 : 0)

import { serverCore } from '../harness/cores.ts'
import type { Experiment } from '../harness/experiment.ts'
import { password, startLatchkey } from '../harness/latchkey.ts'
import { startPostgres } from '../harness/postgres.ts'
import { startProgram } from '../harness/program.ts'
import { interleave, ratio } from '../harness/rounds.ts'
import { median, rounded } from '../harness/statistics.ts'

const subjects = ['sign-in', 'argon2', '@node-rs/argon2'] as const

/** Enough that four sign-ins are always under way. */
const people = 8

/** Each signs up from the network that they go on to sign in from. */
async function signUpPeople(url: string): Promise<string[]> {
  const addresses = Array.from({ length: people }, (_, at) => `person-${at}@example.com`)
  for (const [at, email] of addresses.entries()) {
    const headers = { 'content-type': 'application/json', origin: url, 'x-forwarded-for': `10.0.${at}.1` }
    const reply = await fetch(`${url}/trpc/auth.signUp`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email, password }),
    })
    if (!reply.ok) throw new Error(`A sign-up was answered ${reply.status}`)
  }
  return addresses
}

export const signIn: Experiment = {
  name: 'sign-in',
  about: 'sign-ins a second, beside the bare rate of hashing on the same core',
  async run({ quick }) {
    const seconds = quick ? 1 : 6
    const postgres = await startPostgres()
    const server = await startLatchkey({ databaseUrl: postgres.url })
    try {
      const addresses = await signUpPeople(server.url)
      async function perSecond(subject: (typeof subjects)[number]): Promise<number> {
        const program =
          subject === 'sign-in'
            ? startProgram('sign-in-steadily', [`${server.url}/trpc/auth.signIn`, password, seconds, ...addresses])
            : startProgram('hash', [subject, seconds], { cores: serverCore })
        await program.ready
        program.go()
        return (await program.answer) as number
      }
      await perSecond('sign-in')
      const series = await interleave(subjects, quick ? 1 : 5, perSecond)
      const times = ratio(series, 'sign-in', 'argon2')
      const figures = {
        perSecond: series,
        medians: Object.fromEntries(subjects.map((subject) => [subject, rounded(median(series[subject]))])),
        timesArgon2: rounded(times),
        timesNodeRs: rounded(ratio(series, 'sign-in', '@node-rs/argon2')),
      }
      const target = 'sign-ins ≥ 0.9 × the bare rate of argon2'
      return { figures, verdicts: [{ target, measured: `${rounded(times)} ×`, met: times >= 0.9 }] }
    } finally {
      await server.stop()
      await postgres.destroy()
    }
  },
}

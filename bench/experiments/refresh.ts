import { type Caller, callInTurn } from '../harness/callers.ts'
import { createDatabase } from '../harness/database.ts'
import type { Experiment } from '../harness/experiment.ts'
import { password, startLatchkey } from '../harness/latchkey.ts'
import { startPostgres } from '../harness/postgres.ts'
import type { Measured } from '../harness/process.ts'
import { interleave, ratio } from '../harness/rounds.ts'
import { median, rounded } from '../harness/statistics.ts'
import { startSubject } from '../harness/subject.ts'

const atMost = 1.5
const sessions = 16

type Name = 'refreshing' | 'session-query'
type Running = { process: Measured; url: string; callers: Caller[] }

/** People who have signed up, each from an address of their own, so that no limit is shared. */
async function peopleOf(latchkey: Awaited<ReturnType<typeof startLatchkey>>): Promise<Caller[]> {
  const people: Caller[] = []
  for (let person = 1; person <= sessions; person++) {
    const browser = latchkey.browser({ 'x-forwarded-for': `198.51.100.${person}` })
    const { status } = await browser.mutate('auth.signUp', { email: `person-${person}@example.com`, password })
    if (status !== 200) throw new Error(`Nobody can sign up: ${latchkey.output()}`)
    people.push({ cookies: browser.cookies })
  }
  return people
}

const cookiesOf = (header: string) =>
  new Map(header.split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))

/**
 * Calls without an access token, each of which rotates its session and sets new cookies before `auth.whoami` runs, beside calls that look their session
 * up. What is compared is the processor time of the server for one call, all threads: it does not depend on how long Postgres takes.
 */
export const refresh: Experiment = {
  name: 'refresh',
  about: 'processor time of a call that refreshes, beside one with a session query',
  async run({ quick }) {
    const [rounds, seconds, warmUpSeconds] = quick ? [1, 1, 1] : [7, 4, 10]
    const postgres = await startPostgres()
    const running = new Map<Name, Running>()
    try {
      const latchkey = await startLatchkey({ databaseUrl: await createDatabase(postgres, 'latchkey') })
      const people = await peopleOf(latchkey)
      running.set('refreshing', { process: latchkey, url: `${latchkey.url}/trpc/auth.whoami`, callers: people })
      const peer = await startSubject('session-query', {
        DATABASE_URL: await createDatabase(postgres, 'session-query'),
      })
      const visitors: Caller[] = []
      while (visitors.length < sessions) visitors.push({ cookies: cookiesOf(await peer.signIn()) })
      running.set('session-query', { process: peer, url: `${peer.url}/trpc/whoami`, callers: visitors })

      /** Microseconds of processor time for one call. */
      async function costOf(name: Name, forSeconds: number): Promise<number> {
        const { process, url, callers } = running.get(name) as Running
        const before = process.cpuSeconds()
        const calls = await callInTurn(url, callers, { seconds: forSeconds, forget: 'access' })
        return ((process.cpuSeconds() - before) / calls) * 1e6
      }
      const names: readonly Name[] = ['refreshing', 'session-query']
      for (const name of names) await costOf(name, warmUpSeconds)
      const series = await interleave(names, rounds, (name) => costOf(name, seconds))

      const [own, other] = [rounded(median(series.refreshing)), rounded(median(series['session-query']))]
      const measured = ratio(series, 'refreshing', 'session-query')
      return {
        figures: { sessions, secondsPerRound: seconds, rounds, warmUpSeconds, cpuMicrosecondsPerCall: series },
        verdicts: [
          {
            target: `processor time of a call that refreshes <= ${atMost} x that of a call with one session query`,
            measured: `${rounded(measured)} x (${own} against ${other} µs)`,
            met: measured <= atMost,
          },
        ],
      }
    } finally {
      await Promise.all([...running.values()].map(({ process }) => process.stop()))
      await postgres.destroy()
    }
  },
}

import { setTimeout as delay } from 'node:timers/promises'
import { ask } from '../harness/ask.ts'
import type { Experiment } from '../harness/experiment.ts'
import { password, startLatchkey } from '../harness/latchkey.ts'
import { cookieOf, drawer, type Population, populate, refreshTokenOf } from '../harness/population.ts'
import { startPostgres } from '../harness/postgres.ts'
import { median, rounded } from '../harness/statistics.ts'

type Server = Awaited<ReturnType<typeof startLatchkey>>

/** Megabytes as in "130 MB": of a million bytes. */
const megabytes = (bytes: number) => bytes / 1e6

type Sample = { second: number; megabytes: number }
type Figures = { idle: number; underLoad: Sample[]; callsPerSecond: number }

/** Keeps calling until `over`: mostly ordinary calls of many sessions, a rotation in ten, and now and then somebody who signs in. */
async function people(server: Server, sessionOf: () => Promise<string>, over: () => boolean): Promise<number> {
  let calls = 0
  async function person(which: number): Promise<void> {
    const held: string[] = []
    for (let at = 0; !over(); at++, calls++) {
      if (at % 10 === 0) held.push(await sessionOf())
      if (held.length > 400) held.shift()
      const access = held[(at * 7) % held.length] ?? ''
      const { status } = await ask(`${server.url}/trpc/auth.whoami`, { headers: cookieOf('access', access, which) })
      if (status !== 200) throw new Error(`An ordinary call was answered ${status}`)
    }
  }
  async function visitor(): Promise<void> {
    for (let at = 0; !over(); at++) {
      const browser = server.browser()
      browser.options.headers = { 'x-forwarded-for': `172.16.${at & 255}.1` }
      await browser.api.auth.signIn.mutate({ email: `visitor-${at % 200}@example.com`, password }).catch(() => null)
      calls++
      await delay(500)
    }
  }
  await Promise.all([visitor(), ...Array.from({ length: 8 }, (_, which) => person(which))])
  return calls
}

/** Refreshes of sessions that nobody has used yet. */
function refreshesOf(server: Server, population: Population): () => Promise<string> {
  const draw = drawer(population)
  return async () => {
    const n = draw()
    const headers = cookieOf('refresh', refreshTokenOf(n), n)
    const { status, cookies } = await ask(`${server.url}/trpc/auth.whoami`, { headers })
    if (status !== 200) throw new Error(`A refresh was answered ${status}`)
    return cookies.get('access') ?? ''
  }
}

/** The embedded database is in the server's own hands: its sessions are signed in by asking. */
async function signInsOf(server: Server, count: number): Promise<() => Promise<string>> {
  const browsers: ReturnType<Server['browser']>[] = []
  for (let at = 0; at < count; at++) {
    const browser = server.browser()
    browser.options.headers = { 'x-forwarded-for': `172.17.${at & 255}.1` }
    await browser.api.auth.signUp.mutate({ email: `person-${at}@example.com`, password })
    browsers.push(browser)
  }
  let next = 0
  return async () => {
    const browser = browsers[next++ % browsers.length] as (typeof browsers)[number]
    browser.drop('access')
    await browser.query('auth.whoami')
    return browser.cookie('access') ?? ''
  }
}

async function observe(
  server: Server,
  load: (over: () => boolean) => Promise<number>,
  { seconds, settle, every }: Pace,
): Promise<Figures> {
  await delay(settle * 1_000)
  const idle = megabytes(server.residentBytes())
  const startedAt = performance.now()
  const second = () => (performance.now() - startedAt) / 1_000
  const calling = load(() => second() >= seconds)
  const underLoad: Sample[] = []
  while (second() < seconds) {
    underLoad.push({ second: Math.round(second()), megabytes: rounded(megabytes(server.residentBytes())) })
    await Promise.race([delay(every * 1_000), calling])
  }
  return { idle: rounded(idle), underLoad, callsPerSecond: rounded((await calling) / seconds) }
}

/** The median of what was seen in this part, from 0 to 1, of the time. */
function between(samples: readonly Sample[], from: number, to: number): number {
  return median(
    samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)).map(({ megabytes: seen }) => seen),
  )
}

/** Memory of an instance, idle and over ten minutes of load. */
export const memory: Experiment = {
  name: 'memory',
  about: 'resident memory idle and under load, on Postgres and on the embedded database',
  async run({ quick }) {
    const pace = { settle: quick ? 1 : 10, every: quick ? 1 : 5 }
    const figures: Record<'postgres' | 'embedded', Figures> = {
      postgres: await observeOnPostgres(quick ? 20_000 : 2_400_000, { ...pace, seconds: quick ? 4 : 600 }),
      embedded: await observeEmbedded({ ...pace, seconds: quick ? 2 : 120 }),
    }
    const { idle, underLoad } = figures.postgres
    const most = Math.max(...underLoad.map(({ megabytes: seen }) => seen))
    const [early, late] = [between(underLoad, 0.2, 0.4), between(underLoad, 0.8, 1)]
    return {
      figures,
      verdicts: [
        { target: 'an idle instance on Postgres takes at most 130 MB', measured: `${idle} MB`, met: idle <= 130 },
        {
          target: 'an instance on Postgres takes at most 250 MB under load',
          measured: `${most} MB at the most`,
          met: most <= 250,
        },
        {
          target: 'memory is flat over ten minutes of load (within 10 %)',
          measured: `${early} MB in the third and fourth minute, ${late} MB in the last two`,
          met: late <= early * 1.1,
        },
      ],
    }
  },
}

type Pace = { seconds: number; settle: number; every: number }

async function observeOnPostgres(sessions: number, pace: Pace): Promise<Figures> {
  const postgres = await startPostgres()
  const population = await populate(postgres.url, 'memory', sessions)
  const server = await startLatchkey({ databaseUrl: population.databaseUrl })
  try {
    return await observe(server, (over) => people(server, refreshesOf(server, population), over), pace)
  } finally {
    await server.stop()
    await population.close()
    await postgres.destroy()
  }
}

async function observeEmbedded(pace: Pace): Promise<Figures> {
  const server = await startLatchkey({ databaseUrl: 'embedded' })
  try {
    return await observe(server, async (over) => people(server, await signInsOf(server, 4), over), pace)
  } finally {
    await server.stop()
  }
}

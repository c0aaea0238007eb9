import { setTimeout as delay } from 'node:timers/promises'
import type { Sql } from 'postgres'
import type { Fleet } from '../../test/harness/fleet.ts'
import { reasonOf } from '../../test/harness/test-browser.ts'
import { Device, random, type Servers } from './device.ts'
import type { Ledger } from './ledger.ts'

/** Somebody with a laptop and a phone. At most one thing happens to them at a time. */
export type Person = { laptop: Device; phone: Device; busy: boolean }

/** The bound of the revocation feed, and a second for the way. */
const revokedWithinMilliseconds = 6_000

export async function newPerson(index: number, servers: Servers, ledger: Ledger): Promise<Person> {
  const email = `soak-${process.pid}-${index}@example.com`
  const laptop = new Device(email, servers, ledger)
  await laptop.signUp()
  const phone = new Device(email, servers, ledger)
  await phone.signIn()
  return { laptop, phone, busy: false }
}

/** Takes somebody who is not busy, and gives them back afterwards. */
async function withSomebody(people: readonly Person[], act: (person: Person) => Promise<void>): Promise<void> {
  const free = people.filter(({ busy }) => !busy)
  const person = free[random(free.length)]
  if (!person) return
  person.busy = true
  try {
    await act(person)
  } finally {
    person.phone.wake()
    person.laptop.wake()
    person.busy = false
  }
}

/** Now and then a laptop signs the phone out; from the bound on, no instance may let it in. */
export async function revokeNowAndThen(
  { people, fleet, ledger }: { people: readonly Person[]; fleet: Fleet; ledger: Ledger },
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    await delay(1_000 + random(2_000))
    await withSomebody(people, async ({ laptop, phone }) => {
      await phone.sleep()
      const everywhere = random(3) === 0
      phone.endingExpected = true
      if (everywhere) laptop.endingExpected = true
      const reply = everywhere
        ? await laptop.call('session.revokeAll', undefined)
        : await laptop.call('session.revoke', { sessionId: phone.sessionId })
      // A retry finds the phone gone, or itself.
      if (reply.status !== 200) return
      ledger.revocations++
      await delay(revokedWithinMilliseconds)
      for (const { url } of fleet.members) {
        const signal = AbortSignal.timeout(3_000)
        const late = await phone.browser
          .at(url)
          .send('/trpc/auth.whoami', { signal })
          .catch(() => null)
        if (late?.status === 200) ledger.remark('revokedStillIn', `${phone.email} ${phone.sessionId} at ${url}`)
      }
    })
  }
}

/** How a session ended, asked until the database answers. */
async function endOf(sql: Sql, sessionId: string): Promise<string | null | undefined> {
  for (;;) {
    const rows = await sql<{ reason: string | null }[]>`
      select revoked_reason as reason from sessions where id = ${sessionId}`.catch(() => null)
    if (rows) return rows[0]?.reason
    await delay(200)
  }
}

/** Thieves copy the cookies of a phone and use them, either before their owner does or long after. */
export async function stealNowAndThen(
  { people, fleet, ledger }: { people: readonly Person[]; fleet: Fleet; ledger: Ledger },
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    await delay(2_000 + random(3_000))
    await withSomebody(people, async ({ laptop, phone }) => {
      await phone.sleep()
      const { sessionId, generation } = phone
      const stolen = phone.browser.clone()
      const present = async () => {
        stolen.drop('access')
        return phone.ask('auth.whoami', {}, stolen)
      }
      if (random(2) === 0) {
        // The thief is first: when the owner wakes up, their token is two generations old.
        phone.endingExpected = laptop.endingExpected = true
        for (let rotation = 0; rotation < 2; rotation++) await present()
        ledger.theftsPlanted++
        phone.browser.drop('access')
        await phone.ask('auth.whoami')
      } else {
        phone.wake()
        while (phone.generation < generation + 2) {
          if (stopping.aborted || phone.sessionId !== sessionId) return
          await delay(200)
        }
        phone.endingExpected = laptop.endingExpected = true
        ledger.theftsPlanted++
        const reply = await present()
        if (reply.status === 200) ledger.remark('unexpectedAnswers', `a thief was let in: ${reasonOf(reply)}`)
      }
      if ((await endOf(fleet.sql, sessionId)) === 'reuse') ledger.theftsDetected++
      else ledger.remark('unexpectedAnswers', `a theft of ${sessionId} was not detected`)
      // Both devices were signed out with it.
      await phone.sleep()
      await laptop.sleep()
      for (const device of [phone, laptop]) await device.signIn()
    })
  }
}

import { sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.ts'
import { type Database, rowsOf } from '../database/connect.ts'
import { outgoingMails } from '../database/schema.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { unseal } from '../token/sealing.ts'
import { composeMail, type Mail } from './message.ts'
import type { SendMail } from './send-mail.ts'

type Dependencies = {
  database: Database
  clock: Clock
  secrets: DerivedSecrets
  sendMail: SendMail
  log: FastifyBaseLogger
}

const lookEveryMilliseconds = 10_000
const lookAfterMilliseconds = 250
/** Waits of 1, 2, 4 … minutes: twelve tries take two days. */
const firstWaitSeconds = 60
const mostAttempts = 12

/**
 * Sends what has been queued. A mail is claimed by putting its next try off, so that several instances share the work and one that is
 * killed in between loses nothing: in the worst case a mail is sent twice.
 */
export function createDelivery({ database, clock, secrets, sendMail, log }: Dependencies) {
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let stopped = false
  let running: Promise<void> | null = null
  let again = false

  async function claim() {
    const now = clock.sql()
    const [row] = await rowsOf<{ id: string; sealed: Uint8Array; attempts: number }>(
      database.orm,
      sql`
        update ${outgoingMails} set
          attempts = attempts + 1,
          due_at = ${now} + make_interval(secs => ${firstWaitSeconds} * power(2, attempts))
        where id = (
          select id from ${outgoingMails} where due_at <= ${now} order by due_at limit 1 for update skip locked
        )
        returning id, sealed_mail as sealed, attempts`,
    )
    return row
  }

  const forget = (id: string) => database.orm.execute(sql`delete from ${outgoingMails} where id = ${id}`)

  async function deliver({ id, sealed, attempts }: { id: string; sealed: Uint8Array; attempts: number }) {
    const text = unseal(Buffer.from(sealed), id, secrets)
    if (text === null) {
      // An instance with a newer SECRET may have sealed it, and can read it.
      log.warn(
        { event: 'mail_unreadable', mailId: id, attempts },
        'A mail was sealed under a SECRET that is not known here',
      )
      if (attempts >= mostAttempts) await forget(id)
      return
    }
    const mail = JSON.parse(text) as Mail | null
    if (mail) {
      const { kind } = mail.message
      try {
        const where = await sendMail({ id, to: mail.to, ...composeMail(mail.message) })
        log.info({ event: 'mail_sent', mailId: id, kind, where }, 'Mail sent')
      } catch (err) {
        if (attempts < mostAttempts) {
          log.warn(
            { event: 'mail_not_taken', mailId: id, kind, attempts, err },
            'Mail was not taken; tried again later',
          )
          return
        }
        log.error({ event: 'mail_given_up', mailId: id, kind, err }, 'Mail could not be sent and is given up')
      }
    }
    await forget(id)
  }

  async function deliverAll(): Promise<void> {
    try {
      do {
        again = false
        for (let row = await claim(); row && !stopped; row = await claim()) await deliver(row)
      } while (again && !stopped)
    } catch (err) {
      log.warn({ event: 'mail_queue_unread', err }, 'The queue of mail could not be read')
    }
  }

  /** Looks for mail; whoever asks while somebody looks is served by one more look. */
  function look(): void {
    soon = undefined
    if (stopped) return
    again = true
    running ??= deliverAll().finally(() => {
      running = null
    })
  }

  /** When whoever caused a mail has been answered: the work of sending must not tell in the time of the answer. */
  function lookSoon(): void {
    soon ??= setTimeout(look, lookAfterMilliseconds).unref()
  }

  return {
    async start() {
      await database.listen('latchkey_mail', lookSoon, lookSoon)
      timer = setInterval(look, lookEveryMilliseconds).unref()
    },
    /** Resolves when the mail in hand has been sent. */
    async stop() {
      stopped = true
      clearInterval(timer)
      clearTimeout(soon)
      await running
    },
  }
}

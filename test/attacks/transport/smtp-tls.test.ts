import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smtpSender } from '../../../server/mail/send-mail.ts'
import { createCertificate } from '../../harness/certificate.ts'
import { type Mailbox, startMailbox } from '../../harness/mailbox.ts'

/** The wire to the mail server, as `SMTP_URL` describes it: links that open accounts travel on it. */
const folder = mkdtempSync(join(tmpdir(), 'latchkey-smtp-tls-'))
let plain: Mailbox
let secure: Mailbox
beforeAll(async () => {
  plain = await startMailbox()
  secure = await startMailbox({ tls: createCertificate(folder) })
})
afterAll(async () => {
  await plain.close()
  await secure.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An address that leads to this machine and does not say so, as that of somebody else's server. */
const asElsewhere = ({ url }: Mailbox, more = '') => `${url.replace('127.0.0.1', '0.0.0.0')}${more}`

async function send(url: string, to: string): Promise<string> {
  const mail = { id: to, to, subject: 'A link', text: 'https://latchkey.example/#secret', html: '<p>A link</p>' }
  try {
    await smtpSender(url, 'no-reply@example.com')(mail)
    return 'sent'
  } catch (error) {
    return (error as Error).message
  }
}

const received = ({ mails }: Mailbox, to: string) =>
  mails.filter((mail) => mail.to === to).map(({ encrypted }) => encrypted)

describe('a mail server elsewhere', () => {
  it('that offers no TLS, or whose offer somebody on the way has struck out, gets no mail', async () => {
    expect(await send(asElsewhere(plain), 'one@example.com')).toMatch(/STARTTLS/i)
    expect(received(plain, 'one@example.com')).toEqual([])
  })

  it('whose certificate nobody has signed gets no mail', async () => {
    expect(await send(asElsewhere(secure), 'two@example.com')).toMatch(/self[- ]signed|altname|certificate/i)
    expect(received(secure, 'two@example.com')).toEqual([])
  })

  it('gets mail by TLS and in no other way', async () => {
    expect(await send(asElsewhere(secure, '?tls.rejectUnauthorized=false'), 'three@example.com')).toBe('sent')
    expect(received(secure, 'three@example.com')).toEqual([true])
  })

  it('gets mail in plain text where its address says so', async () => {
    expect(await send(asElsewhere(plain, '?requireTLS=false'), 'four@example.com')).toBe('sent')
    expect(received(plain, 'four@example.com')).toEqual([false])
  })
})

it('a mail server on this very machine needs no TLS', async () => {
  expect(await send(plain.url, 'five@example.com')).toBe('sent')
  expect(received(plain, 'five@example.com')).toEqual([false])
})

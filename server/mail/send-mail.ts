import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComposedMail } from './message.ts'

/** Hands one mail over, and answers where it went; throws when it was not taken. */
export type SendMail = (mail: ComposedMail & { id: string; to: string }) => Promise<string>

/** Longer than any good server takes; a mail that was not taken is tried again later. */
const timeoutMilliseconds = 15_000
const headers = { 'Auto-Submitted': 'auto-generated' }

/** Read with the first mail: most instances send few, and many none. */
const nodemailer = () => import('nodemailer')

/** Through the operator's mail server, with TLS wherever it offers that. */
export function smtpSender(url: string, from: string): SendMail {
  const timeouts = {
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
  }
  const open = async () => (await nodemailer()).createTransport({ url, ...timeouts }, { from, headers })
  let transport: ReturnType<typeof open> | undefined
  return async ({ id, to, subject, text, html }) => {
    transport ??= open()
    await (await transport).sendMail({
      messageId: `<${id}@latchkey>`,
      to: { name: '', address: to },
      subject,
      text,
      html,
    })
    return new URL(url).host
  }
}

/** Into files that any mail program opens, in a folder that its owner alone can read. */
export function outboxSender(directory: string, from: string): SendMail {
  return async ({ id, to, subject, text, html }) => {
    const { createTransport } = await nodemailer()
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' }, { from, headers })
    const sent = await transport.sendMail({
      messageId: `<${id}@latchkey>`,
      to: { name: '', address: to },
      subject,
      text,
      html,
    })
    const moment = new Date().toISOString().replace(/[:.]/g, '-')
    const file = join(directory, `${moment}-${id.slice(0, 8)}.eml`)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFile(file, sent.message as Buffer, { mode: 0o600 })
    return file
  }
}

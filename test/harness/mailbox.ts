import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Certificate } from './certificate.ts'

/** A mail as its reader sees it. */
export type ReceivedMail = {
  to: string
  subject: string
  text: string
  html: string
  raw: string
  /** Whether it came by TLS. */
  encrypted: boolean
}

/** The text of one part of a mail (RFC 2045), which nodemailer writes as it is, quoted-printable or in base64. */
function decoded(part: string): string {
  const [head = '', ...rest] = part.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  const encoding = /^content-transfer-encoding: *(\S+)/im.exec(head)?.[1]?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return body
  const bytes = body
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function readMail(raw: string, to: string, encrypted: boolean): ReceivedMail {
  const subject = /^subject: *(.*)$/im.exec(raw)?.[1]?.trim() ?? ''
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1]
  const parts = boundary ? raw.split(`--${boundary}`) : [raw]
  const partOf = (type: string) =>
    decoded(parts.find((part) => part.includes(`Content-Type: ${type}`))?.trimStart() ?? '')
  return { to, subject, raw, encrypted, text: partOf('text/plain'), html: partOf('text/html') }
}

/** The address that a mail leads to. */
export function linkIn({ text }: { text: string }): URL {
  const link = /https?:\/\/\S+/.exec(text)?.[0]
  if (!link) throw new Error('The mail has no link')
  return new URL(link)
}

/** The token that a mail's link carries in its fragment. */
export const tokenIn = (mail: { text: string }) => linkIn(mail).hash.slice(1)

/** A real mail server on loopback, whose mailboxes can be read. While `refusing`, it takes nothing. With a certificate it offers TLS. */
export async function startMailbox({ tls }: { tls?: Certificate } = {}) {
  const mails: ReceivedMail[] = []
  const waiting = new Set<() => void>()
  const state = { refusing: false }
  const server = new SMTPServer({
    authOptional: true,
    ...(tls ? { cert: tls.cert, key: tls.key } : { disabledCommands: ['STARTTLS'] }),
    logger: false,
    onData(stream, session, done) {
      let raw = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        raw += chunk
      })
      stream.on('end', () => {
        if (state.refusing) return done(Object.assign(new Error('Not now'), { responseCode: 451 }))
        for (const { address } of session.envelope.rcptTo) mails.push(readMail(raw, address, session.secure))
        done()
        for (const look of waiting) look()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo

  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    state,
    /** The latest mail to an address whose subject fits, as soon as there is one. */
    async mailTo(to: string, subject: RegExp = /./): Promise<ReceivedMail> {
      const find = () => mails.findLast((mail) => mail.to === to && subject.test(mail.subject))
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(
            new Error(
              `No mail to ${to} like ${subject}, but ${JSON.stringify(mails.map((mail) => [mail.to, mail.subject]))}`,
            ),
          )
        }, 15_000)
        const look = () => {
          const found = find()
          if (!found) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      })
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}

export type Mailbox = Awaited<ReturnType<typeof startMailbox>>

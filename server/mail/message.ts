/** From where something was done, as its owner may recognise it. `at` is ISO 8601. */
export type Circumstances = { device: string | null; ipAddress: string | null; location: string | null; at: string }

/** What people are told by mail. Links carry their token in the fragment, which no server, proxy or log ever sees. */
export type Message =
  | { kind: 'confirmSignUp'; link: string }
  | { kind: 'accountExists'; link: string }
  | { kind: 'confirmEmail'; link: string }
  | { kind: 'resetPassword'; link: string }
  | { kind: 'leaveEmail'; link: string; newEmail: string }
  | { kind: 'takeEmail'; link: string }
  | { kind: 'emailChanged'; newEmail: string; circumstances: Circumstances }
  | { kind: 'newDevice'; link: string; circumstances: Circumstances }
  | { kind: 'passwordChanged'; link: string; circumstances: Circumstances }
  | { kind: 'factorAdded'; factor: Factor; link: string; circumstances: Circumstances }
  | { kind: 'factorRemoved'; factor: Factor; link: string; circumstances: Circumstances }
  | { kind: 'recoveryCodeUsed'; left: number; link: string; circumstances: Circumstances }
  | { kind: 'signInsThrottled'; link: string; circumstances: Circumstances }
  | { kind: 'accountDeleted'; circumstances: Circumstances }
  /** `act` completes "An administrator …". */
  | { kind: 'administratorActed'; act: string; reason: string; link: string }

export type Factor = 'authenticatorApp' | 'passkey' | 'recoveryCodes'

export type Mail = { to: string; message: Message }

/** A mail as it is sent. */
export type ComposedMail = { subject: string; text: string; html: string }

type Action = { label: string; link: string }
type Body = { subject: string; paragraphs: string[]; action?: Action; facts?: Circumstances }

const factorNames: Record<Factor, string> = {
  authenticatorApp: 'An authenticator app',
  passkey: 'A passkey',
  recoveryCodes: 'A new set of recovery codes',
}
const ignore = "If that wasn't you, ignore this mail: nothing happens without the link."
const halfAnHour = 'The link works once, for 30 minutes.'
const aDay = 'The link works once, for 24 hours.'
const wasItYou =
  "If that wasn't you, review your account now: sign out what you don't recognise and choose a new password."
const review = (link: string): Action => ({ label: 'Review your account', link })

/** What has been done to an account, from where, and what to do if it was somebody else. */
function notice(subject: string, what: string, about: { link: string; circumstances: Circumstances }): Body {
  return { subject, paragraphs: [what, wasItYou], action: review(about.link), facts: about.circumstances }
}

function bodyOf(message: Message): Body {
  switch (message.kind) {
    case 'confirmSignUp':
      return {
        subject: 'Confirm your address',
        paragraphs: [`Confirm this address to create your account. ${aDay}`, ignore],
        action: { label: 'Confirm', link: message.link },
      }
    case 'accountExists':
      return {
        subject: 'You already have an account',
        paragraphs: [
          'Somebody tried to create an account with this address, and it has one already. If that was you, sign in, or choose a new password if you have lost it.',
          "If that wasn't you, there is nothing to do.",
        ],
        action: { label: 'Sign in', link: message.link },
      }
    case 'confirmEmail':
      return {
        subject: 'Confirm your address',
        paragraphs: [`Confirm that this address is yours. ${aDay}`, ignore],
        action: { label: 'Confirm', link: message.link },
      }
    case 'resetPassword':
      return {
        subject: 'Choose a new password',
        paragraphs: [`Somebody asked to choose a new password for your account. ${halfAnHour}`, ignore],
        action: { label: 'Choose a new password', link: message.link },
      }
    case 'leaveEmail':
      return {
        subject: 'Confirm the change of your address',
        paragraphs: [
          `Your account is to move to ${message.newEmail}. It does when the links to both addresses have been used. ${aDay}`,
          "If that wasn't you, don't use the link, and change your password: somebody has signed in as you.",
        ],
        action: { label: 'Allow the change', link: message.link },
      }
    case 'takeEmail':
      return {
        subject: 'Confirm your new address',
        paragraphs: [
          `An account is to move to this address. It does when the links to the old and the new address have been used. ${aDay}`,
          ignore,
        ],
        action: { label: 'Confirm', link: message.link },
      }
    case 'emailChanged':
      return {
        subject: 'Your address was changed',
        paragraphs: [
          `Your account now belongs to ${message.newEmail}. This address gets no more mail about it.`,
          "If that wasn't you, write to whoever runs this service.",
        ],
        facts: message.circumstances,
      }
    case 'newDevice':
      return notice(
        'New sign-in to your account',
        'Your account was signed in on a device that we have not seen before.',
        message,
      )
    case 'passwordChanged':
      return notice('Your password was changed', 'The password of your account was changed.', message)
    case 'factorAdded': {
      const name = factorNames[message.factor]
      return notice(`${name} was added`, `${name} was added to your account.`, message)
    }
    case 'factorRemoved': {
      const name = factorNames[message.factor]
      return notice(`${name} was removed`, `${name} was removed from your account.`, message)
    }
    case 'recoveryCodeUsed':
      return notice(
        'A recovery code was used',
        `One of your recovery codes was used, and does not work any more. Codes left: ${message.left}.`,
        message,
      )
    case 'signInsThrottled':
      return {
        subject: 'Somebody is guessing at your password',
        paragraphs: [
          'There were so many failed sign-ins to your account that more are refused for a while. Nobody got in.',
          'Browsers in which you have signed in before still work, and so do passkeys. If that was you, choosing a new password ends the wait.',
        ],
        action: { label: 'Choose a new password', link: message.link },
        facts: message.circumstances,
      }
    case 'accountDeleted':
      return {
        subject: 'Your account was deleted',
        paragraphs: ['Your account, its devices and its history were deleted. This was the last mail about it.'],
        facts: message.circumstances,
      }
    case 'administratorActed':
      return {
        subject: 'An administrator changed your account',
        paragraphs: [`An administrator ${message.act}.`, `The reason given: ${message.reason}`],
        action: review(message.link),
      }
  }
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** The lines that say from where and when; what is not known is left out. */
function factLines({ device, ipAddress, location, at }: Circumstances): [string, string][] {
  const facts: [string, string | null][] = [
    ['Device', device],
    ['Address', ipAddress],
    ['Place', location && `${location} (approximate)`],
    ['Time', `${moment.format(new Date(at))} UTC`],
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)

/** Subject, plain text and HTML of a message. What people called themselves and their devices is escaped. */
export function composeMail(message: Message): ComposedMail {
  const { subject, paragraphs, action, facts } = bodyOf(message)
  const lines = facts ? factLines(facts) : []
  const text = [
    ...paragraphs,
    ...(lines.length > 0 ? [lines.map(([label, value]) => `${label}: ${value}`).join('\n')] : []),
    ...(action ? [`${action.label}:\n${action.link}`] : []),
  ].join('\n\n')
  const paragraph = (line: string) => `<p style="margin:0 0 16px">${escaped(line)}</p>`
  const row = ([label, value]: [string, string]) =>
    `<tr><td style="padding:2px 16px 2px 0;color:#5c636a">${label}</td><td style="padding:2px 0">${escaped(value)}</td></tr>`
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">',
    `<title>${escaped(subject)}</title></head>`,
    '<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif"><main style="max-width:520px;margin:0 auto">',
    `<h1 style="margin:0 0 16px;font-size:22px">${escaped(subject)}</h1>`,
    ...paragraphs.map(paragraph),
    lines.length > 0 ? `<table role="presentation" style="margin:0 0 16px">${lines.map(row).join('')}</table>` : '',
    action
      ? `<p style="margin:24px 0"><a href="${escaped(action.link)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1864ab;color:#fff;text-decoration:none">${action.label}</a></p>`
      : '',
    '</main></body></html>',
  ].join('\n')
  return { subject, text: `${text}\n`, html }
}

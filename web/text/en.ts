/*
 * Everything the dashboard says, in one place. A second language is one more file beside this one that exports a `text` of
 * type `Catalogue`.
 */

const plurals = new Intl.PluralRules('en')
const numbers = new Intl.NumberFormat('en')
const percents = new Intl.NumberFormat('en', { style: 'percent' })
const conjunction = new Intl.ListFormat('en', { type: 'conjunction' })

const choose = (n: number, one: string, other: string) => (plurals.select(n) === 'one' ? one : other)
const count = (n: number, one: string, other: string) => `${numbers.format(n)} ${choose(n, one, other)}`

const devices = (n: number) => count(n, 'device', 'devices')
const otherDevices = (n: number) => count(n, 'other device', 'other devices')
const wereSignedOut = (n: number) => `${count(n, 'device was', 'devices were')} signed out.`

/** "session_renamed" or "WRONG_PASSWORD" in plain words, for codes this catalogue does not know. */
const inWords = (code: string) =>
  code
    .replaceAll(/[_.\-\s]+/g, ' ')
    .trim()
    .toLowerCase()
const asSentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** "2 minutes", and the last minute in seconds. */
const duration = (seconds: number) =>
  seconds > 60 ? count(Math.ceil(seconds / 60), 'minute', 'minutes') : count(seconds, 'second', 'seconds')

interface DeviceFacts {
  kind: string
  browser: string | null
  os: string | null
}

const kinds: Record<string, string> = { desktop: 'Computer', mobile: 'Phone', tablet: 'Tablet', app: 'App' }

/** Apple's phones and tablets are known by what they are; everything else by what runs on it. */
const products: Record<string, string> = { iOS: 'iPhone', iPadOS: 'iPad' }

function system({ os }: DeviceFacts): string | null {
  return os === null ? null : (products[os] ?? os)
}

function device(facts: DeviceFacts): string {
  const runsOn = system(facts)
  if (facts.browser !== null && runsOn !== null) return `${facts.browser} on ${runsOn}`
  return facts.browser ?? runsOn ?? kinds[facts.kind] ?? 'Device'
}

const methods: Record<string, string> = {
  pwd: 'password',
  otp: 'authenticator app',
  hwk: 'passkey',
  swk: 'passkey',
  recovery: 'recovery code',
}

/** "password and authenticator app" from RFC 8176 method names; null when none of them is worth a word. */
function method(amr: readonly string[]): string | null {
  const known = amr.flatMap((name) => methods[name] ?? [])
  return known.length > 0 ? conjunction.format(new Set(known)) : null
}

const reused = "Security: an old copy of this device's token was used"

const endings: Record<string, string> = {
  signed_out: 'You signed out on this device',
  revoked: 'Signed out by you from another device',
  revoked_others: 'Signed out by you with all other devices',
  revoked_all: 'Signed out by you everywhere',
  password_changed: 'Signed out when the password was changed',
  password_reset: 'Signed out when a new password was chosen by a mailed link',
  reuse: "Security: signed out with every device, as an old copy of another one's token was used",
  replaced: 'Replaced by a newer sign-in on the same device',
  expired: 'Expired after a time without use',
  administrator: 'Signed out by an administrator',
  suspended: 'Signed out when the account was suspended',
  role_changed: 'Signed out when the role of the account changed',
  second_factors_reset: 'Signed out when an administrator reset the second factors',
}

const failureReasons: Record<string, string> = {
  wrong_password: 'wrong password',
  wrong_code: 'wrong code',
  wrong_recovery_code: 'wrong recovery code',
  unknown_passkey: 'unknown passkey',
  bad_signature: 'the passkey did not prove itself',
  counter: 'the passkey may have been copied',
  invalid_credentials: 'wrong password',
  too_many_attempts: 'too many attempts',
  suspended: 'the account is suspended',
}

interface EventFacts {
  kind: string
  reason: string | null
  device: string | null
  /** The device that was acted on, where its name is still known. */
  subject: string | null
}

/** Why somebody was signed out by somebody else. */
const byOthers: Record<string, string> = {
  administrator: 'An administrator signed out your devices',
  suspended: 'Signed out everywhere, because the account was suspended',
  role_changed: 'Signed out everywhere, because the role of the account changed',
  second_factors_reset: 'Signed out everywhere, because an administrator reset the second factors',
}

/** `device` as it was written down when the event happened: "Safari on iOS". */
const asProduct = (device: string) => device.replace(/(?<= on )i(?:Pad)?OS$/, (os) => products[os] ?? os)

function event({ kind, reason, subject, ...by }: EventFacts): string {
  const device = by.device === null ? null : asProduct(by.device)
  const from = device === null ? '' : ` from ${device}`
  const using = device === null ? '' : `, using ${device}`
  const because = reason === null ? '' : `: ${failureReasons[reason.toLowerCase()] ?? inWords(reason)}`
  switch (kind) {
    case 'signed_up':
      return `Account created${from}`
    case 'signed_in':
      return `Signed in${from}`
    case 'sign_in_failed':
      return `Sign-in failed${because}`
    case 'signed_out':
      return `Signed out${from}`
    case 'session_revoked':
      if (reason === 'administrator') return `An administrator signed out ${subject ?? 'a device'}`
      return `Signed out ${subject ?? 'another device'}${using}`
    case 'sessions_revoked':
      if (reason !== null && reason in byOthers) return byOthers[reason] ?? ''
      if (reason === 'revoked_all') return `Signed out everywhere${using}`
      if (reason === 'password_reset') return 'Signed out everywhere, as a new password was chosen by a mailed link'
      if (reason === 'password_changed') return `Signed out other devices with a password change${using}`
      return `Signed out all other devices${using}`
    case 'second_factor_failed':
      return `Second step failed${because}`
    case 'reauthenticated':
      return `Confirmed that it was you${from}`
    case 'reauthentication_failed':
      return `Confirming that it was you failed${because}`
    case 'sign_ins_throttled':
      return 'Security: so many sign-ins failed that more are refused for a while'
    case 'password_reset_requested':
      return `A link to choose a new password was asked for${from}`
    case 'password_reset':
      return `New password chosen by a mailed link${from}`
    case 'email_confirmed':
      return 'E-mail address confirmed'
    case 'email_change_requested':
      return `A change of the e-mail address was asked for${from}`
    case 'email_changed':
      return 'E-mail address changed'
    case 'name_changed':
      return `Name changed${from}`
    case 'authenticator_app_added':
      return `Authenticator app added${from}`
    case 'authenticator_app_removed':
      return `Authenticator app removed${from}`
    case 'passkey_added':
      return `Passkey added${from}`
    case 'passkey_removed':
      return `Passkey removed${from}`
    case 'recovery_codes_replaced':
      return `New recovery codes made${from}`
    case 'recovery_code_used':
      return `Recovery code used${from}`
    case 'session_renamed':
      return `Renamed ${subject ?? 'a device'}${using}`
    case 'password_changed':
      return `Password changed${from}`
    case 'password_change_failed':
      return `Password change failed${because}`
    case 'role_changed':
      return `Role changed to ${reason === 'admin' ? 'administrator' : reason}`
    case 'suspended':
      return 'An administrator suspended the account'
    case 'restored':
      return 'An administrator lifted the suspension'
    case 'second_factors_reset':
      return 'An administrator reset the second factors'
    case 'service_account_created':
      return 'Created a service account'
    case 'service_account_removed':
      return 'Removed a service account'
    case 'service_key_added':
      return 'Added a key to a service account'
    case 'service_key_revoked':
      return 'Revoked a key of a service account'
    case 'token_reused':
      return `Security: an old copy of ${subject ?? 'a device'}'s token was used, so it was signed out`
    case 'late_retry':
      return `Security: ${subject ?? 'a device'} repeated an old token too late, so it was signed out`
    default:
      return asSentence(inWords(kind)) || 'Something happened on your account'
  }
}

/** What only the server can know about a field. */
const fieldProblems: Record<string, string> = {
  TOO_SHORT: 'Use more characters. A few unrelated words are easy to remember and hard to guess.',
  TOO_LONG: 'Use fewer characters.',
  PERSONAL: 'Leave your name and your e-mail address out of it: they are guessed first.',
  UNIFORM: 'Use more different characters: repetition is guessed first.',
  REPEATED: "Don't repeat a part of it: repetition is guessed first.",
  KEY_ROW: 'Avoid rows of keys: they are guessed first.',
  KEY_PATTERN: 'Avoid patterns of keys: they are guessed first.',
  SEQUENCE: 'Avoid sequences such as abc or 123: they are guessed first.',
  DATE: 'Avoid dates: they are guessed first.',
  YEAR: 'Avoid years: they are guessed first.',
  MOST_COMMON: 'This is one of the most common passwords.',
  COMMON: 'This is a common password.',
  LIKE_COMMON: 'This is too much like a common password.',
  GUESSABLE: 'This would be guessed early. Use a few unrelated words, or let a password manager make one.',
  LEAKED: 'This password has been leaked somewhere, and is tried first. Choose another one.',
  UNCHANGED: 'That is what it is already. Choose another one.',
  MISMATCH: 'Type the address of your account.',
  LAST_ADMINISTRATOR: 'Make somebody else an administrator first.',
  TOO_MANY: 'There are as many as there may be. Remove one first.',
}

interface FailureFacts {
  reason: string
  retryAfterSeconds: number | null
}

const failures: Record<string, string> = {
  NO_CONNECTION: "The server can't be reached. Check your connection and try again.",
  NEW_VERSION: 'This dashboard has been updated. Try again to load the new version.',
  TEMPORARILY_UNAVAILABLE: 'The service is busy for a moment. Nothing was changed. Try again.',
  INVALID_INPUT: "Something in what you entered isn't right.",
  INVALID_CREDENTIALS: "That e-mail and password don't match.",
  SECOND_FACTOR_REQUIRED: 'A second step is needed as well.',
  CODE_NOT_ACCEPTED: "That code isn't right, or has been used already. Try the next one.",
  LINK_NOT_ACCEPTED: 'This link has been used already, or is too old.',
  PASSKEY_FAILED: "The passkey couldn't be used. Try again, or use another way.",
  PASSKEY_EXISTS: 'This device already holds a passkey for your account.',
  EMAIL_TAKEN: 'There is already an account for that e-mail address.',
  NOT_ALLOWED: "Your account isn't allowed to do this.",
  NOT_FOUND: 'That no longer exists.',
  ORIGIN_NOT_ALLOWED: "This page was opened from an address the server doesn't accept.",
  HTTPS_REQUIRED: 'This server answers over https only. Open its https address.',
  REAUTHENTICATION_REQUIRED: "Nothing was changed, because you didn't confirm that it's you.",
  NOT_SIGNED_IN: "You've been signed out.",
  SESSION_EXPIRED: "You've been signed out.",
  SESSION_REVOKED: "You've been signed out.",
  REFRESH_TOKEN_REUSED: "You've been signed out.",
}

const tooManyAttempts = (seconds: number) =>
  seconds > 0 ? `Too many attempts. Try again in ${duration(seconds)}.` : 'You can try again now.'

function failure({ reason, retryAfterSeconds }: FailureFacts): string {
  if (reason === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(retryAfterSeconds ?? 60)
  return failures[reason] ?? 'Something went wrong on our side. Try again.'
}

const users = (n: number) => count(n, 'user', 'users')

const roles: Record<string, string> = { user: 'User', support: 'Support', admin: 'Administrator' }
const role = (name: string) => roles[name] ?? name

interface Act {
  action: string
  actor: string
  target: string
  details: Record<string, string | number>
}

function act({ action, actor, target, details }: Act): string {
  switch (action) {
    case 'user_suspended':
      return `${actor} suspended ${target}`
    case 'user_restored':
      return `${actor} lifted the suspension of ${target}`
    case 'role_changed':
      return `${actor} changed the role of ${target} from ${inWords(String(details.from))} to ${inWords(String(details.to))}`
    case 'second_factors_reset':
      return `${actor} reset the second factors of ${target}`
    case 'password_reset_sent':
      return `${actor} sent ${target} a link to a new password`
    case 'user_signed_out':
      return `${actor} signed out ${target} everywhere`
    case 'sign_in_limits_lifted':
      return `${actor} let ${target} sign in without waiting`
    case 'session_revoked':
      return `${actor} signed out one device`
    case 'sessions_revoked':
      return `${actor} signed out ${devices(Number(details.count))} at once`
    case 'signing_keys_rotated':
      return `${actor} brought the next signing key forward`
    case 'signing_key_revoked':
      return `${actor} revoked a signing key`
    case 'administrator_set_up':
      return `${actor} became the first administrator`
    case 'user_created':
      return `${actor} created an account for ${target}`
    case 'password_set':
      return `${actor} set a new password for ${target}`
    case 'service_account_created':
      return `${actor} created a service account`
    case 'service_key_rotated':
      return `${actor} gave a service account a new key`
    default:
      return `${actor}: ${inWords(action)}`
  }
}

const failuresOfAnybody: Record<string, string> = {
  wrong_password: 'Wrong password',
  unknown_account: 'Nobody has that address',
  suspended: 'The account is suspended',
}

export const text = {
  language: 'en',
  defaultLocale: 'en-GB',
  product: 'Latchkey',
  noScript: 'Latchkey needs JavaScript to show your devices.',
  pageTitle: (page: string) => `${page} · Latchkey`,

  today: 'Today',
  yesterday: 'Yesterday',
  justNow: 'just now',
  loading: 'Loading…',
  failure,
  fieldProblem: (code: string) => fieldProblems[code] ?? "This isn't accepted. Change it and try again.",
  tooManyAttempts,
  reference: (requestId: string) => `Reference: ${requestId}`,
  retry: 'Retry',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  close: 'Close',

  shell: {
    skip: 'Skip to content',
    home: 'Latchkey home',
    navigation: 'Main',
    openNavigation: 'Open navigation',
    devices: 'Devices',
    security: 'Security',
    activity: 'Activity',
    apiAccess: 'API access',
    admin: 'Admin',
    overview: 'Overview',
    users: 'Users',
    sessions: 'Sessions',
    audit: 'Audit',
    signingKeys: 'Signing keys',
    account: (name: string) => `Account: ${name}`,
    signedInAs: 'Signed in as',
    signOut: 'Sign out',
    signingOut: 'Signing out…',
    signOutFailed: "You're still signed in.",
    theme: 'Theme',
    themes: { auto: 'System', light: 'Light', dark: 'Dark' },
    offline: "You're offline. What you see may be out of date.",
    notifications: 'Messages',
    newSignIn: (device: string) => `New sign-in: ${device}`,
    review: 'Review',
  },

  ended: {
    title: 'Your session has ended',
    body: "You've been signed out. Sign in again to continue.",
    signIn: 'Sign in again',
  },

  more: {
    show: 'Show more',
    busy: 'Loading…',
  },

  broken: {
    title: "This didn't load",
    page: 'Something went wrong',
  },

  missing: {
    title: 'Page not found',
    body: 'There is nothing at this address.',
    home: 'Go to your devices',
  },

  form: {
    email: 'E-mail',
    password: 'Password',
    showPassword: 'Show password',
    emailNeeded: 'Enter your e-mail address.',
    emailInvalid: 'Enter an e-mail address like name@example.com.',
    passwordNeeded: 'Enter your password.',
    passwordRule: (fewest: number, most: number) =>
      `${numbers.format(fewest)} to ${numbers.format(most)} characters, any you like. A few unrelated words work well.`,
    passwordTooShort: (missing: number) => `${count(missing, 'more character', 'more characters')} needed.`,
    passwordTooLong: (excess: number) => `${count(excess, 'character', 'characters')} too many.`,
    passwordLongEnough: 'Long enough.',
    strengths: ['Very weak', 'Weak', 'Fair', 'Good', 'Strong'],
    strength: (words: string) => `Strength: ${words}.`,
  },

  signIn: {
    title: 'Sign in',
    lead: "See and manage where you're signed in.",
    submit: 'Sign in',
    busy: 'Signing in…',
    signedOutEverywhere: "You've been signed out everywhere, including on this device.",
    nameDevice: 'Name this device',
    deviceName: 'Device name',
    deviceNameHint: 'How it appears in your list of devices, such as “Work laptop”.',
    deleted: 'Your account was deleted, with everything in it.',
    tooLate: 'That took too long. Enter your password again.',
    forgot: 'Forgot your password?',
    secondTitle: 'One more step',
    secondLead: 'Your password was right. Now show that it is really you.',
    startAgain: 'Use another account',
    noAccount: 'New here?',
    signUp: 'Create an account',
  },

  signUp: {
    title: 'Create your account',
    lead: 'One account, and a clear view of every device that uses it.',
    name: 'Name',
    optional: 'optional',
    submit: 'Create account',
    busy: 'Creating your account…',
    haveAccount: 'Already have an account?',
    signIn: 'Sign in',
    mailTitle: 'Check your mail',
    mailBody: (email: string) => `We've sent a mail to ${email}. Open the link in it to finish. It works for 24 hours.`,
    mailMissing: 'Nothing there? Look among the unwanted mail, or check the address.',
    mailAgain: 'Use another address',
  },

  code: {
    label: 'Code from your authenticator app',
    digit: (n: number, of: number) => `Digit ${numbers.format(n)} of ${numbers.format(of)}`,
    incomplete: 'Enter all six digits.',
    recovery: 'Recovery code',
    recoveryHint: 'One of the codes you saved. Each works once.',
    recoveryNeeded: 'Enter a recovery code.',
    passkeyLead: 'Your account is protected by a passkey. Your device asks for your finger, face or PIN.',
    submit: 'Continue',
    busy: 'Checking…',
    ways: {
      authenticatorApp: 'Use your authenticator app',
      recoveryCode: 'Use a recovery code',
      passkey: 'Use a passkey',
    },
  },

  passkey: {
    signIn: 'Sign in with a passkey',
    use: 'Use a passkey',
    or: 'or',
    busy: 'Waiting for your passkey…',
    failures: { INVALID_CREDENTIALS: "That passkey isn't accepted here. Use another way." },
  },

  stepUp: {
    title: "Confirm it's you",
    lead: 'This is something only you may do, so show once more that it is really you.',
    secondLead: 'Your password was right. One more step.',
    submit: 'Confirm',
  },

  forgot: {
    title: 'Forgot your password?',
    lead: 'Enter the address of your account, and choose a new password by the link we send you.',
    submit: 'Send the link',
    busy: 'Sending…',
    sent: "If an account exists for that address, we've sent a link.",
    sentMore: 'It works once, for 30 minutes. Nothing there? Look among the unwanted mail, or check the address.',
    again: 'Send another link',
    back: 'Back to sign in',
  },

  link: {
    incomplete: 'This address is incomplete. Open the link in the mail again.',
    home: 'Go to your account',
  },

  reset: {
    title: 'Choose a new password',
    lead: 'Every device will be signed out, and you sign in again with the new password.',
    submit: 'Change password',
    busy: 'Changing password…',
    done: 'Password changed. Sign in.',
    doneMore: (n: number) => (n === 0 ? '' : wereSignedOut(n)),
    signIn: 'Sign in',
    askAgain: 'Ask for a new link',
  },

  confirmSignUp: {
    title: 'Create your account',
    lead: 'One press, and your address is confirmed and your account is ready.',
    submit: 'Create account',
    busy: 'Creating your account…',
    done: (email: string) => `Your account for ${email} is ready. Sign in.`,
    signIn: 'Sign in',
    again: 'Sign up again',
  },

  confirmEmail: {
    title: 'Confirm your address',
    lead: 'One press, and we know that this mailbox is yours.',
    submit: 'Confirm',
    busy: 'Confirming…',
    confirmed: (email: string) => `${email} is confirmed.`,
    waiting: 'Thank you. Your address changes as soon as the link in the other mailbox has been used as well.',
    refused: 'Send yourself a new one from the Security page.',
    security: 'Go to Security',
  },

  devices: {
    title: 'Your devices',
    lead: "Places where your account is signed in. Sign out anything you don't recognise.",
    summary: (deviceCount: number, appCount: number) =>
      [deviceCount > 0 ? devices(deviceCount) : null, appCount > 0 ? count(appCount, 'app', 'apps') : null]
        .filter((part) => part !== null)
        .join(' · '),
    thisDevice: 'This device',
    others: 'Other devices',
    apps: 'Apps and API clients',
    onlyHere: "You're only signed in here.",
    onlyHereMore: 'When you sign in somewhere else, that device appears in this list.',
    shown: (n: number, of: number) => `${numbers.format(n)} of ${numbers.format(of)} shown.`,
    goneMeanwhile: 'Signed out just now',
    device,
    isNew: 'New',
    activeNow: 'Active now',
    lastActive: (when: string) => `Last active ${when}`,
    approximately: (place: string) => `${place} (approximate)`,
    signedIn: (when: string, amr: readonly string[]) => {
      const how = method(amr)
      return how === null ? `Signed in ${when}` : `Signed in ${when} with ${how}`
    },
    actionsOf: (name: string) => `Actions for ${name}`,

    details: 'Details',
    detailsOf: (name: string) => `Details of ${name}`,
    facts: {
      signedIn: 'Signed in',
      method: 'Method',
      lastActive: 'Last active',
      firstAddress: 'First address',
      lastAddress: 'Last address',
      expires: 'Expires',
      reference: 'Reference',
    },
    method: (amr: readonly string[]) => {
      const how = method(amr)
      return how === null ? null : asSentence(how)
    },

    rename: 'Rename',
    renameOf: (name: string) => `Rename ${name}`,
    renameTitle: 'Rename this device',
    renameLabel: 'Name',
    renameHint: (detected: string) => `Detected as ${detected}.`,
    renameNeeded: 'Enter a name.',
    renameTooLong: (most: number) => `Use at most ${count(most, 'character', 'characters')}.`,
    renameSubmit: 'Save',
    renameBusy: 'Saving…',
    renamed: (name: string) => `Renamed to ${name}.`,

    signOut: 'Sign out',
    signOutOf: (name: string) => `Sign out ${name}`,
    signingOut: 'Signing out…',
    signingOutOf: (name: string) => `Signing out… ${name}`,
    signOutHere: 'Sign out this device',
    confirmTitle: (name: string) => `Sign out ${name}?`,
    confirmBody: 'It will have to sign in again.',
    signedOut: (name: string) => `${name} was signed out.`,
    stillSignedIn: (name: string) => `${name} is still signed in.`,

    signOutOthers: 'Sign out all other devices',
    confirmOthersTitle: (n: number) => `Sign out ${otherDevices(n)}?`,
    confirmOthersBody: 'This device stays signed in.',
    confirmOthersApps: (n: number) => `That includes ${count(n, 'app', 'apps')}. This device stays signed in.`,
    signedOutOthers: wereSignedOut,
    othersStillSignedIn: 'Your other devices are still signed in.',

    ended: 'Recently signed out',
    endedEmpty: 'Nothing was signed out in the last 28 days.',
    endedHint: 'The last 28 days',
    endedAt: (when: string) => `Ended ${when}`,
    /** `by` is known of the device that was acted on, not of those that went with it; `at` is the clock time of the end. */
    endedWhy: (reason: string, by: { ipAddress: string | null; device: string | null } | null, at: string) => {
      if (reason === 'reuse' && by !== null)
        return by.ipAddress === null ? `${reused} at ${at}` : `${reused} from ${by.ipAddress} at ${at}`
      if (reason === 'revoked' && by?.device) return `Signed out by you from ${by.device}`
      return endings[reason] ?? `Signed out: ${inWords(reason)}`
    },
  },

  unrecognised: {
    link: "I don't recognise this device",
    title: 'Secure your account',
    step: (step: number, of: number) => `Step ${numbers.format(step)} of ${numbers.format(of)}`,
    signOutTitle: (name: string) => `Sign out ${name}`,
    signOutBody:
      'It loses access to your account at once. If it turns out to be yours, you can simply sign in on it again.',
    signOut: 'Sign it out',
    passwordTitle: 'Change your password',
    passwordBody: (name: string) =>
      `${name} is signed out. Whoever used it may know your password, so choose a new one now.`,
    changePassword: 'Change password',
    later: 'Not now',
    reviewTitle: 'Review your second step',
    reviewBody:
      "Whoever used that device may have added a way in. Remove what you don't recognise, and make new recovery codes if somebody may have seen them.",
    reviewNone:
      'Nothing stands behind your password yet. An authenticator app or a passkey would have stopped a stranger who knew it.',
    reviewList: 'How your account is protected',
    passkeys: (n: number) => (n === 0 ? 'None.' : count(n, 'passkey', 'passkeys')),
    addedSince: (n: number | null) =>
      n === null ? 'New since that device' : `${numbers.format(n)} new since that device`,
    show: 'Show',
    showOf: (name: string) => `Show: ${name}`,
    finish: 'Done',
    finished: "That's everything. Whoever used that device is locked out.",
    review: 'Review your activity as well',
  },

  security: {
    title: 'Security',
    lead: 'How you sign in, and the way out of everything at once.',
    password: 'Password',
    guides: {
      unrecognised:
        'Step 2 of 3: choose a new password. Leave the box ticked, so that every other device has to sign in again.',
      event:
        "If that was you, there is nothing to do. If it wasn't, choose a new password and leave the box ticked, so that every other device has to sign in again.",
    },
    passwordLead: 'Change it whenever you think somebody else may know it.',
    passwordAge: (when: string) => `Last changed ${when}`,
    current: 'Current password',
    currentNeeded: 'Enter your current password.',
    currentWrong: "That isn't your current password.",
    next: 'New password',
    nextNeeded: 'Enter a new password.',
    nextSame: 'This is your current password. Choose another one.',
    signOutOthers: 'Sign out all other devices',
    signOutOthersHint: 'They will have to sign in with the new password.',
    submit: 'Change password',
    busy: 'Changing password…',
    changed: (revoked: number) =>
      revoked === 0
        ? 'Password changed.'
        : `Password changed. ${count(revoked, 'other device was', 'other devices were')} signed out.`,

    details: 'Your details',
    email: 'E-mail address',
    emailLead: 'You sign in with it, and it is how you get back in.',
    emailConfirmed: 'Confirmed',
    emailUnconfirmed: 'Not confirmed',
    sendConfirmation: 'Send confirmation',
    sendingConfirmation: 'Sending…',
    confirmationSent: (email: string) => `We've sent a link to ${email}.`,
    confirmationNeedless: 'Your address is confirmed already.',
    changeEmail: 'Change address',
    changeEmailTitle: 'Change your e-mail address',
    changeEmailBody:
      'We send a link to your present address and one to the new one. It changes when both have been used.',
    newEmail: 'New e-mail address',
    changeEmailSubmit: 'Send the links',
    emailPending: (email: string) => `Waiting for the links that we sent to ${email} and to your present address.`,
    emailRequested: "We've sent a link to both addresses.",
    name: 'Name',
    nameLead: 'How we address you. Leave it empty to be addressed by your e-mail address.',
    nameTooLong: (most: number) => `Use at most ${count(most, 'character', 'characters')}.`,
    saveName: 'Save',
    savingName: 'Saving…',
    nameSaved: 'Your name was saved.',

    factors: 'Second step',
    app: 'Authenticator app',
    appLead: 'Six digits from an app on your phone, asked for after your password.',
    appOff: 'Not set up.',
    appOn: (when: string) => `In use since ${when}`,
    appSetUp: 'Set up',
    appSetUpOf: 'Set up authenticator app',
    appPreparing: 'Preparing…',
    appTitle: 'Set up an authenticator app',
    appScan: 'Scan this with your authenticator app, then enter the six digits that it shows.',
    appQr: 'QR code for your authenticator app',
    appKey: 'Or type this key into the app',
    appOpen: 'Open in an app on this device',
    copyKey: 'Copy the key',
    copied: 'Copied',
    appConfirm: 'Confirm',
    appAdded: 'Your authenticator app is set up. From now on it is asked for when you sign in.',
    remove: 'Remove',
    removing: 'Removing…',
    appRemoveOf: 'Remove authenticator app',
    appRemoveTitle: 'Remove your authenticator app?',
    appRemoveBody: 'Its codes are not asked for any more when you sign in.',
    appRemoved: 'Your authenticator app was removed.',

    passkeys: 'Passkeys',
    passkeysLead:
      'Sign in with your finger, face or PIN, and nothing to type. Nobody can trick you into giving one away.',
    passkeysNone: 'No passkeys yet.',
    passkeysUnknown: "This browser doesn't know passkeys.",
    passkeyAdd: 'Add a passkey',
    passkeyAddBody: 'Your browser asks where to keep it: on this device, on your phone, or on a security key.',
    passkeyName: 'Name',
    passkeyNameHint: 'What it is kept on, such as “Work laptop” or “Security key”.',
    passkeyNameNeeded: 'Enter a name.',
    passkeyAddSubmit: 'Continue',
    passkeyAdding: 'Waiting for your device…',
    passkeyAdded: (name: string) => `${name} was added.`,
    passkeySynced: 'Synced',
    passkeyDeviceBound: 'This device only',
    passkeyCreated: (when: string) => `Added ${when}`,
    passkeyLastUsed: (when: string) => `Last used ${when}`,
    passkeyNeverUsed: 'Never used',
    passkeyRename: 'Rename',
    passkeyRenameOf: (name: string) => `Rename passkey ${name}`,
    passkeyRenameTitle: 'Rename this passkey',
    passkeyRenamed: (name: string) => `Renamed to ${name}.`,
    passkeyRemoveOf: (name: string) => `Remove passkey ${name}`,
    passkeyRemoveTitle: (name: string) => `Remove ${name}?`,
    passkeyRemoveBody: 'You can no longer sign in with it. You may also want to delete it where it is kept.',
    passkeyRemoved: (name: string) => `${name} was removed.`,

    codes: 'Recovery codes',
    codesLead: 'For the day on which your phone or key is lost. Each works once.',
    codesLeft: (left: number, of: number) => `${numbers.format(left)} of ${numbers.format(of)} left`,
    codesLow: 'Make a new set before the last one is used.',
    codesNew: 'New set',
    codesNewOf: 'New set of recovery codes',
    codesMaking: 'Making…',
    codesNewTitle: 'Make a new set of recovery codes?',
    codesNewBody: 'The codes that you have saved stop working.',
    codesTitle: 'Save your recovery codes',
    codesBody:
      "If your phone or key is lost, each of these signs you in once. Keep them where you keep important papers. They aren't shown again.",
    codesListed: 'Your recovery codes',
    codesCopy: 'Copy',
    codesDownload: 'Download',
    codesPrint: 'Print',
    codesFile: 'latchkey-recovery-codes.txt',
    codesFileTitle: (email: string) => `Latchkey recovery codes for ${email}`,
    codesSaved: "I've saved these",
    codesDone: 'Done',
    copyFailed: "The browser didn't allow copying. Select the text and copy it yourself.",

    danger: 'Danger zone',
    deleteAccount: 'Delete account',
    deleteLead: 'Erases your account, its devices and its history for good.',
    deleteTitle: 'Delete your account?',
    deleteBody: (email: string) => `This can't be undone. Type ${email} to go on.`,
    deleteEmail: 'Your e-mail address',
    deleteMismatch: 'Type the address of your account.',
    deleteSubmit: 'Delete my account',
    deleting: 'Deleting…',
    everywhere: 'Sign out everywhere',
    everywhereLead: 'Ends every session of your account at once, including this device.',
    everywhereTitle: 'Sign out everywhere?',
    everywhereBody: 'Every device and app is signed out, including this device. You will have to sign in again.',
    everywhereBusy: 'Signing out…',
    everywhereFailed: 'Nothing was signed out.',
  },

  activity: {
    title: 'Activity',
    lead: 'Sign-ins, sign-outs and changes to your account, newest first.',
    event,
    empty: 'Nothing has happened yet.',
    noMatch: 'Nothing of this kind happened in that time.',
    show: 'Show',
    groups: {
      all: 'Everything',
      'sign-ins': 'Sign-ins and sign-outs',
      failures: 'Failed attempts',
      devices: 'Changes to devices',
      security: 'Password and security',
      factors: 'Second step and passkeys',
      api: 'API access',
    },
    period: 'Period',
    anyTime: 'Any time',
    lastDays: (days: number) => (days === 1 ? 'Last 24 hours' : `Last ${count(days, 'day', 'days')}`),
    clear: 'Clear filters',
    export: 'Download CSV',
    exporting: 'Preparing…',
    exportedFile: (day: string) => `latchkey-activity-${day}.csv`,
    exported: (n: number) => `${count(n, 'event', 'events')} saved as CSV.`,
    columns: ['Time (UTC)', 'Kind', 'What happened', 'Reason', 'Device', 'IP address'],
    wasThisYou: 'Was this you?',
    wasThisYouFor: (sentence: string) => `Was this you? ${sentence}`,
    chart: {
      title: 'The last four weeks',
      signIns: (n: number) => count(n, 'sign-in', 'sign-ins'),
      failures: (n: number) => count(n, 'failed attempt', 'failed attempts'),
      summary: (signIns: number, failures: number) =>
        `${count(signIns, 'sign-in', 'sign-ins')} and ${count(failures, 'failed attempt', 'failed attempts')} in the last four weeks.`,
      day: (day: string, signIns: number, failures: number) =>
        `${day}: ${count(signIns, 'sign-in', 'sign-ins')}, ${count(failures, 'failed attempt', 'failed attempts')}`,
      asTable: 'Show as a table',
      columns: ['Day', 'Sign-ins', 'Failed attempts'],
    },
    shown: (n: number, more: boolean) => `${count(n, 'event', 'events')} shown.${more ? '' : " That's everything."}`,
  },

  apiAccess: {
    title: 'API access',
    lead: 'Service accounts are for programs that call in their own name. A program exchanges its key for a token that lives for minutes.',
    summary: (n: number) => count(n, 'service account', 'service accounts'),
    onlyAdministrators: 'Only administrators can create service accounts. Ask one of them if a program needs access.',
    empty: 'No service accounts yet.',
    emptyMore: 'Create one for each program, so that each can be revoked on its own.',
    clientId: 'Client ID',
    scopes: 'Scopes',
    created: (when: string) => `Created ${when}`,
    lastUsed: (when: string) => `Last used ${when}`,
    neverUsed: 'Never used',
    expires: (when: string) => `Expires ${when}`,
    expiresSoon: 'Expires soon',
    days: (n: number) => (n === 365 ? 'One year' : count(n, 'day', 'days')),
    keyName: (hint: string) => `lk_…${hint}`,
    keysOf: (name: string) => `Keys of ${name}`,
    noKeys: 'No key is valid, so this account cannot be used. Add one, or remove the account.',
    overlap: 'Both keys work. When every program uses the newer one, revoke the older.',

    create: 'New service account',
    createTitle: 'New service account',
    createSubmit: 'Create',
    creating: 'Creating…',
    name: 'Name',
    nameHint: 'What the program is, such as “Order export”.',
    nameNeeded: 'Enter a name.',
    scopesHint: 'What it may do, separated by spaces, such as revocations:read.',
    scopesNeeded: 'Enter at least one scope.',
    scopesTooMany: (most: number) => `Use at most ${count(most, 'scope', 'scopes')}.`,
    scopeUnreadable: (scope: string) => `“${scope}” is no scope. Write one such as revocations:read.`,
    lifetime: 'The key expires after',

    addKey: 'Add a key',
    addKeyTo: (name: string) => `Add a key to ${name}`,
    addKeyBody:
      'The present key keeps working beside the new one until you revoke it, so that nothing stops in between.',
    keyTitle: (name: string) => `The key of ${name}`,
    keyBody: 'Copy it now and keep it where secrets are kept. It is not shown again.',
    key: 'Key',
    copy: 'Copy the key',
    copied: 'Copied',
    copyFailed: "The browser didn't allow copying. Select the key and copy it yourself.",
    saved: "I've saved it",

    revoke: 'Revoke',
    revokeOf: (key: string, account: string) => `Revoke ${key} of ${account}`,
    revoking: 'Revoking…',
    revokeTitle: (key: string) => `Revoke ${key}?`,
    revokeBody: 'Programs that use this key are refused at once. This can’t be undone.',
    revoked: (key: string) => `${key} was revoked.`,

    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name}`,
    removing: 'Removing…',
    removeTitle: (name: string) => `Remove ${name}?`,
    removeBody: (keys: number) =>
      keys === 0
        ? 'The account is removed.'
        : `Its ${choose(keys, 'key is', 'keys are')} revoked, and programs that use ${choose(keys, 'it', 'them')} are refused at once.`,
    removed: (name: string) => `${name} was removed.`,
  },

  admin: {
    reason: 'Reason',
    reasonHint: 'Stays in the audit, and is told to the person by mail.',
    reasonHintAudit: 'Stays in the audit.',
    reasonNeeded: 'Say why.',
    role,
    notMore:
      "Nobody acts on their own account, nor on that of somebody above them. Administrators can't all be removed.",
    countOf: (n: number, more: boolean, of: (n: number) => string) =>
      `${of(n)} shown.${more ? '' : " That's everything."}`,

    overview: {
      title: 'Overview',
      lead: 'Who is signed in, and how the last four weeks went.',
      tiles: {
        users: 'Users',
        suspended: 'Suspended',
        administrators: 'Administrators',
        withSecondFactor: 'With a second factor',
        sessions: 'Signed-in devices',
        unused: 'Not used for a day',
      },
      share: (part: number, of: number) => (of === 0 ? null : percents.format(part / of)),
      sessions: {
        title: 'Signed-in devices',
        legend: (n: number) => `${count(n, 'device', 'devices')} now`,
        summary: (first: number, last: number) =>
          `Signed-in devices over the last four weeks: ${numbers.format(first)} at the beginning, ${numbers.format(last)} now.`,
        day: (day: string, n: number) => `${day}: ${count(n, 'device', 'devices')}`,
        columns: ['Day', 'Devices'],
      },
      signIns: {
        title: 'Sign-ins and failures',
        columns: ['Day', 'Sign-ins', 'Failed attempts'],
      },
      reuses: {
        title: 'Old tokens used again',
        legend: (n: number) => count(n, 'detection', 'detections'),
        summary: (n: number) => `${count(n, 'detection', 'detections')} of reused tokens in the last four weeks.`,
        day: (day: string, n: number) => `${day}: ${count(n, 'detection', 'detections')}`,
        columns: ['Day', 'Detections'],
      },
      failures: 'Why sign-ins failed',
      failureReason: (reason: string) => failuresOfAnybody[reason] ?? asSentence(inWords(reason)),
      noFailures: 'No sign-in failed in the last four weeks.',
    },

    users: {
      title: 'Users',
      lead: 'Everybody with an account, the newest first.',
      search: 'Search',
      searchHint: 'How the address or name begins',
      role: 'Role',
      status: 'Status',
      factor: 'Second factor',
      any: 'Any',
      active: 'Active',
      suspended: 'Suspended',
      with: 'With',
      without: 'Without',
      clear: 'Clear filters',
      none: 'Nobody fits.',
      users,
      secondFactor: 'Second factor',
      devices: (n: number) => (n === 0 ? 'Not signed in' : devices(n)),
      lastActive: (when: string) => `active ${when}`,
    },

    user: {
      facts: {
        role: 'Role',
        email: 'E-mail',
        created: 'Created',
        suspended: 'Suspended',
        password: 'Password set',
        factors: 'Second factors',
        reference: 'Reference',
      },
      email: (address: string, confirmed: boolean) => `${address}, ${confirmed ? 'confirmed' : 'not confirmed'}`,
      factors: (app: boolean, passkeys: number, codes: number) =>
        app || passkeys > 0
          ? [
              app ? 'authenticator app' : null,
              passkeys > 0 ? count(passkeys, 'passkey', 'passkeys') : null,
              `${count(codes, 'recovery code', 'recovery codes')} left`,
            ]
              .filter((part) => part !== null)
              .join(', ')
          : 'none',
      suspendedBadge: 'Suspended',
      you: 'This is your own account. Your devices and your password are on the other pages.',
      actions: 'Actions',
      devices: 'Devices',
      noDevices: 'Not signed in anywhere.',
      allDevices: 'All devices of this user',
      activity: 'Activity',
      noActivity: 'Nothing has happened yet.',
      audit: 'What was done to this account',
      suspend: {
        do: 'Suspend',
        title: (email: string) => `Suspend ${email}?`,
        body: 'Every device is signed out at once, and nobody can sign in to the account until the suspension is lifted.',
        busy: 'Suspending…',
        done: (email: string) => `${email} is suspended.`,
      },
      restore: {
        do: 'Lift the suspension',
        title: (email: string) => `Lift the suspension of ${email}?`,
        body: 'They can sign in again.',
        busy: 'Lifting…',
        done: (email: string) => `${email} can sign in again.`,
      },
      changeRole: {
        do: 'Change role',
        title: (email: string) => `Change the role of ${email}`,
        body: 'Every device of theirs is signed out, because the old role stands in its tokens.',
        label: 'New role',
        busy: 'Changing…',
        done: (email: string, name: string) => `${email} is now: ${role(name)}.`,
      },
      signOut: {
        do: 'Sign out everywhere',
        title: (email: string) => `Sign out ${email} everywhere?`,
        body: 'Every device and program of theirs has to sign in again.',
        busy: 'Signing out…',
        done: (n: number) => `${count(n, 'device was', 'devices were')} signed out.`,
      },
      sendReset: {
        do: 'Send password reset',
        title: (email: string) => `Send ${email} a link to a new password?`,
        body: 'The link goes to their address and to nobody else. It works once, for 30 minutes.',
        confirm: 'Send the link',
        busy: 'Sending…',
        done: (email: string) => `A link is on its way to ${email}.`,
      },
      liftLimits: {
        do: 'Lift sign-in wait',
        title: (email: string) => `Let ${email} sign in without waiting?`,
        body: 'After too many wrong passwords or codes an account makes strangers wait, longer each time. Lifting the wait lets the owner in on a new device, and lets whoever guesses try again too.',
        busy: 'Lifting…',
        done: (email: string) => `${email} can try again at once.`,
      },
      resetFactors: {
        do: 'Reset second factors',
        title: (email: string) => `Reset the second factors of ${email}?`,
        body: 'Their authenticator app, passkeys and recovery codes stop working, every device is signed out, and the password alone is enough to sign in. First make sure, in another way, that it is them who ask.',
        busy: 'Resetting…',
        done: (email: string) => `${email} signs in with the password alone now.`,
      },
      already: 'It was so already. Nothing was changed.',
    },

    sessions: {
      title: 'Sessions',
      lead: 'Every signed-in device, the newest sign-in first.',
      user: 'User',
      userHint: 'How the address begins',
      network: 'Address or network',
      networkHint: 'Such as 203.0.113.0/24',
      networkProblem: 'Write an address, or a network such as 203.0.113.0/24.',
      client: 'Client',
      clients: {
        desktop: 'Computers',
        mobile: 'Phones',
        tablet: 'Tablets',
        app: 'Apps and programs',
        unknown: 'Unknown',
      },
      browser: 'Browser',
      os: 'System',
      signedIn: 'Signed in',
      unused: 'Not used for',
      anyTime: 'Any time',
      longerAgo: (days: number) => `More than ${count(days, 'day', 'days')} ago`,
      unusedFor: (days: number) => `More than ${count(days, 'day', 'days')}`,
      apply: 'Show',
      sessions: devices,
      none: 'No device fits.',
      signedInAt: (when: string) => `Signed in ${when}`,
      ofUser: (name: string, email: string) => `${name} of ${email}`,
      signOut: 'Sign out',
      signOutOne: (name: string, email: string) => `Sign out ${name} of ${email}?`,
      signOutOneBody: 'It will have to sign in again.',
      signedOutOne: (name: string) => `${name} was signed out.`,
      mine: 'This device',
      many: 'Sign out all of these…',
      manyTitle: (n: number) => `Sign out exactly ${devices(n)}?`,
      manyAll: 'No filter is set: these are the devices of everybody.',
      manyBody: 'Each of them has to sign in again. People find it in their activity.',
      manyLeftOut: (n: number) =>
        `Left out: ${count(n, 'device that fits', 'devices that fit')}. Your own, and those of people whom you may not sign out, stay signed in.`,
      manyNone: 'None of these can be signed out by you: your own devices are on the page Devices.',
      manyChanged: (n: number) =>
        `Meanwhile it has become ${devices(n)}. Nobody was signed out. Look again and confirm.`,
      manyConfirm: (n: number) => `Sign out ${devices(n)}`,
      manyBusy: 'Signing out…',
      manyDone: (n: number) => `${count(n, 'device was', 'devices were')} signed out.`,
      counting: 'Counting…',
    },

    audit: {
      title: 'Audit',
      lead: 'Who did what to whom, and why. What stands here can be changed by nobody.',
      action: 'Action',
      period: 'Period',
      all: 'Everything',
      actions: {
        user_suspended: 'Suspensions',
        user_restored: 'Suspensions lifted',
        role_changed: 'Changes of role',
        second_factors_reset: 'Second factors reset',
        password_reset_sent: 'Password resets sent',
        user_signed_out: 'Users signed out',
        sign_in_limits_lifted: 'Sign-in waits lifted',
        session_revoked: 'Devices signed out',
        sessions_revoked: 'Devices signed out by filter',
        signing_keys_rotated: 'Signing keys rotated',
        signing_key_revoked: 'Signing keys revoked',
        administrator_set_up: 'First administrator',
        user_created: 'Accounts created',
        password_set: 'Passwords set',
        service_account_created: 'Service accounts created',
        service_key_rotated: 'Service keys rotated',
      },
      act,
      operator: 'An operator at the machine',
      deleted: 'a deleted account',
      reason: (words: string) => `“${words}”`,
      by: 'By this person',
      on: 'On this account',
      byOf: (email: string) => `By this person: ${email}`,
      onOf: (email: string) => `On this account: ${email}`,
      requestId: (id: string) => `Request ${id}`,
      filter: (name: string, value: string | number) => `${inWords(name.replace(/[A-Z]/g, ' $&'))}: ${value}`,
      events: (n: number) => count(n, 'act', 'acts'),
      none: 'Nothing of this kind was done in that time.',
      empty: 'Nothing has been done yet.',
      narrowed: 'Only acts of one person or on one account are shown.',
    },

    keys: {
      title: 'Signing keys',
      lead: 'They sign the access tokens. The next key is published ahead of time, and the change signs nobody out.',
      states: { next: 'Next', signing: 'Signs now', trusted: 'Still trusted', revoked: 'Revoked' },
      created: (when: string) => `Created ${when}`,
      signsFrom: (when: string) => `Signs from ${when}`,
      signedFrom: (when: string) => `Signing since ${when}`,
      trustedUntil: (when: string) => `Trusted until ${when}`,
      revokedAt: (when: string) => `Revoked ${when}`,
      rotate: 'Rotate now',
      rotateTitle: 'Bring the next key forward?',
      rotateBody:
        'A new key is published now and signs in about ten minutes, when every verifier has fetched it. Nobody is signed out.',
      rotating: 'Rotating…',
      rotated: 'A new key was published.',
      notRotated: 'A new key is about to sign already.',
      revoke: 'Revoke',
      revokeOf: (id: string) => `Revoke ${id}`,
      revokeTitle: (id: string) => `Revoke ${id}?`,
      revokeBody:
        'For a key that has leaked. Every access token that it signed is refused at once, on every instance. Browsers and clients refresh by themselves; programs that verify tokens on their own notice within five minutes.',
      revoking: 'Revoking…',
      revoked: 'The key was revoked.',
    },

    setUp: {
      title: 'Set up the administrator',
      lead: 'This installation has no administrator yet. The link that you have opened makes one, once.',
      signInFirst: 'Sign in first, or create the account that is to be the administrator. Leave this tab open.',
      signIn: 'Sign in',
      signUp: 'Create an account',
      as: (email: string) => `You are signed in as ${email}.`,
      become: 'Become the administrator',
      busy: 'Setting up…',
      noLink: 'Open the link that the server printed when it started, with everything behind the #.',
      refused:
        'This link has been used already, is over, or there is an administrator by now. Every start without an administrator prints a new one.',
      done: 'You are the administrator now',
      doneLead: 'You have been signed out everywhere. Sign in again to see the pages for administrators.',
    },
  },
}

export type Catalogue = typeof text

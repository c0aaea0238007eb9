import { count, inWords } from '../../text.ts'

/*
 * What the pages for administrators say. Apart from the catalogue of the rest, which arrives with the first page: most people never see these.
 */

const users = (n: number) => count(n, 'user', 'users')
const sessions = (n: number) => count(n, 'device', 'devices')

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
      return `${actor} signed out ${sessions(Number(details.count))} at once`
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

const failureReasons: Record<string, string> = {
  wrong_password: 'Wrong password',
  unknown_account: 'Nobody has that address',
  suspended: 'The account is suspended',
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

export const adminText = {
  reason: 'Reason',
  reasonHint: 'Stays in the audit, and is told to the person by mail.',
  reasonHintAudit: 'Stays in the audit.',
  reasonNeeded: 'Say why.',
  role,
  notMore: "Nobody acts on their own account, nor on that of somebody above them. Administrators can't all be removed.",
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
    share: (part: number, of: number) => (of === 0 ? null : `${Math.round((100 * part) / of)} %`),
    sessions: {
      title: 'Signed-in devices',
      legend: (n: number) => `${count(n, 'device', 'devices')} now`,
      summary: (first: number, last: number) =>
        `Signed-in devices over the last four weeks: ${first} at the beginning, ${last} now.`,
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
    failureReason: (reason: string) => failureReasons[reason] ?? sentence(inWords(reason)),
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
    devices: (n: number) => (n === 0 ? 'Not signed in' : sessions(n)),
    lastActive: (when: string) => `active ${when}`,
  },

  user: {
    facts: {
      role: 'Role',
      email: 'E-mail',
      confirmed: 'confirmed',
      unconfirmed: 'not confirmed',
      created: 'Created',
      suspended: 'Suspended',
      password: 'Password set',
      factors: 'Second factors',
      reference: 'Reference',
    },
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
    sessions,
    none: 'No device fits.',
    signedInAt: (when: string) => `Signed in ${when}`,
    ofUser: (name: string, email: string) => `${name} of ${email}`,
    signOut: 'Sign out',
    signOutOne: (name: string, email: string) => `Sign out ${name} of ${email}?`,
    signOutOneBody: 'It will have to sign in again.',
    signedOutOne: (name: string) => `${name} was signed out.`,
    mine: 'This device',
    many: 'Sign out all of these…',
    manyTitle: (n: number) => `Sign out exactly ${sessions(n)}?`,
    manyAll: 'No filter is set: these are the devices of everybody.',
    manyBody: 'Each of them has to sign in again. People find it in their activity.',
    manyLeftOut: (n: number) =>
      `Left out: ${count(n, 'device that fits', 'devices that fit')}. Your own, and those of people whom you may not sign out, stay signed in.`,
    manyNone: 'None of these can be signed out by you: your own devices are on the page Devices.',
    manyChanged: (n: number) =>
      `Meanwhile it has become ${sessions(n)}. Nobody was signed out. Look again and confirm.`,
    manyConfirm: (n: number) => `Sign out ${sessions(n)}`,
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
}

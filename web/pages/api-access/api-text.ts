import { count } from '../../text.ts'

/** What the page of service accounts says. Apart from the catalogue of the rest, which arrives with the first page. */
export const apiText = {
  title: 'API access',
  lead: 'Service accounts are for programs that call in their own name. A program exchanges its key for a short-lived token.',
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
  addKeyBody: 'The present key keeps working beside the new one until you revoke it, so that nothing stops in between.',
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
      : `Its ${keys === 1 ? 'key is' : 'keys are'} revoked, and programs that use ${keys === 1 ? 'it' : 'them'} are refused at once.`,
  removed: (name: string) => `${name} was removed.`,
}

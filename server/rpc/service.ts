import { z } from 'zod'
import { createServiceAccount, removeServiceAccount } from '../service/accounts.ts'
import { addServiceKey, revokeServiceKey } from '../service/keys.ts'
import { listServiceAccounts } from '../service/list-accounts.ts'
import { accountName } from './input.ts'
import { Refusal } from './refusal.ts'
import { freshProcedure, router, sessionProcedure } from './trpc.ts'

/** A scope of RFC 6749, 3.3, in the characters that everybody writes them in; ten of them fit into a token many times over. */
const scope = z.string().regex(/^[a-z0-9][a-z0-9:._-]{0,39}$/, 'Write a scope such as revocations:read')
const scopes = z
  .array(scope)
  .min(1)
  .max(10)
  .transform((list) => [...new Set(list)])
const expiresInDays = z.int().min(1).max(366).default(90)
const id = z.uuid()

const daySeconds = 86_400
const tooManyAccounts = {
  fields: { name: 'Remove a service account first' },
  problems: { name: 'TOO_MANY' },
} as const
const tooManyKeys = { fields: { accountId: 'Revoke one of its two keys first' } }

/** Programs that call in their own name. Keys are told once, to their owner; they are exchanged at `/oauth/token`. */
export const service = router({
  list: sessionProcedure.query(({ ctx: { services, caller } }) =>
    listServiceAccounts(services.database.orm, services.clock, { ownerId: caller.userId }),
  ),

  create: freshProcedure
    .input(z.strictObject({ name: accountName, scopes, expiresInDays }))
    .mutation(async ({ ctx: { services, caller, origin }, input }) => {
      const { database, clock } = services
      const ownerId = caller.userId
      return database.orm.transaction(async (transaction) => {
        const created = await createServiceAccount(transaction, clock, { ownerId, origin, ...input })
        if (created.kind === 'notAllowed') throw new Refusal('NOT_ALLOWED')
        if (created.kind === 'tooMany') throw new Refusal('INVALID_INPUT', tooManyAccounts)
        const { accountId } = created
        const expiresInSeconds = input.expiresInDays * daySeconds
        const added = await addServiceKey(transaction, clock, { ownerId, accountId, expiresInSeconds, origin })
        const [account] = await listServiceAccounts(transaction, clock, { ownerId, accountId })
        if (added.kind !== 'added' || !account) throw new Error('A service account that was just created has no key')
        return { account, key: added.text }
      })
    }),

  addKey: freshProcedure
    .input(z.strictObject({ accountId: id, expiresInDays }))
    .mutation(async ({ ctx: { services, caller, origin }, input }) => {
      const { database, clock } = services
      const { accountId } = input
      const ownerId = caller.userId
      return database.orm.transaction(async (transaction) => {
        const expiresInSeconds = input.expiresInDays * daySeconds
        const added = await addServiceKey(transaction, clock, { ownerId, accountId, expiresInSeconds, origin })
        if (added.kind === 'tooMany') throw new Refusal('INVALID_INPUT', tooManyKeys)
        const [account] = await listServiceAccounts(transaction, clock, { ownerId, accountId })
        if (added.kind === 'notFound' || !account) throw new Refusal('NOT_FOUND')
        return { account, key: added.text }
      })
    }),

  revokeKey: sessionProcedure
    .input(z.strictObject({ keyId: id }))
    .mutation(async ({ ctx: { services, caller, origin }, input: { keyId } }) => {
      const revoked = await services.database.orm.transaction((transaction) =>
        revokeServiceKey(transaction, services.clock, { ownerId: caller.userId, keyId, origin }),
      )
      if (!revoked) throw new Refusal('NOT_FOUND')
      services.feed.add([keyId])
      return { revokedCount: 1 }
    }),

  remove: sessionProcedure
    .input(z.strictObject({ accountId: id }))
    .mutation(async ({ ctx: { services, caller, origin }, input: { accountId } }) => {
      const revoked = await services.database.orm.transaction((transaction) =>
        removeServiceAccount(transaction, services.clock, { ownerId: caller.userId, accountId, origin }),
      )
      if (!revoked) throw new Refusal('NOT_FOUND')
      services.feed.add(revoked)
      return { revokedCount: revoked.length }
    }),
})

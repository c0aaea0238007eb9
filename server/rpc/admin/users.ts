import { z } from 'zod'
import { recordAudit } from '../../database/audit-events.ts'
import { listEvents } from '../../database/security-events.ts'
import { lockReachable } from '../../user/act-on-user.ts'
import { changeRole, roles } from '../../user/change-role.ts'
import { findListedUser, listUsers } from '../../user/list-users.ts'
import { resetSecondFactors, sendPasswordReset } from '../../user/restore-access.ts'
import { restoreUser, suspendUser } from '../../user/suspend-user.ts'
import { toActivity } from '../activity.ts'
import { eventCursor } from '../input.ts'
import { liftLimits } from '../limits.ts'
import { mayActOn } from '../policies.ts'
import { Refusal } from '../refusal.ts'
import { freshPolicyProcedure, policyProcedure } from '../trpc.ts'
import { actOnUser, reason, userId } from './act.ts'
import { creationCursor, limit, pageOf } from './page.ts'

const search = z
  .string()
  .trim()
  .max(254)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'Contains characters that cannot be stored')
  .transform((text) => text || undefined)

const filter = z.strictObject({
  search: search.optional(),
  role: z.enum(roles).optional(),
  suspended: z.boolean().optional(),
  secondFactor: z.boolean().optional(),
  cursor: creationCursor.optional(),
  limit,
})

const act = z.strictObject({ userId, reason })

const roleNames = { user: 'user', support: 'support', admin: 'administrator' }

/** People: who they are, and what may be done to their accounts. */
export const users = {
  users: policyProcedure('users:read')
    .input(filter)
    .query(async ({ ctx: { services }, input: { cursor, limit: size, ...narrowed } }) => {
      const page = { ...narrowed, after: cursor, limit: size + 1 }
      const { rows, nextCursor } = pageOf(await listUsers(services.database.orm, services.clock, page), size)
      return { users: rows, nextCursor }
    }),

  /** `mayAct` says whether the caller may act on them at all; which acts, their policies say. */
  user: policyProcedure('users:read')
    .input(z.strictObject({ userId }))
    .query(async ({ ctx: { services, caller }, input }) => {
      const found = await findListedUser(services.database.orm, services.clock, input.userId)
      if (!found) throw new Refusal('NOT_FOUND')
      const { passwordChangedAt, authenticatorApp, passkeys, recoveryCodesLeft } = found.credentials
      const credentials = { passwordChangedAt, authenticatorApp: authenticatorApp !== null, passkeys: passkeys.length }
      return {
        user: found.user,
        credentials: { ...credentials, recoveryCodesLeft },
        mayAct: mayActOn(caller, found.user),
      }
    }),

  userActivity: policyProcedure('users:read')
    .input(z.strictObject({ userId, cursor: eventCursor.optional(), limit }))
    .query(async ({ ctx: { services }, input: { userId: id, cursor: before, limit: size } }) => {
      const events = await listEvents(services.database.orm, id, { before, limit: size + 1 })
      const shown = events.slice(0, size)
      const last = shown.at(-1)
      return {
        events: shown.map(toActivity),
        nextCursor: events.length > shown.length && last ? String(last.id) : null,
      }
    }),

  suspendUser: freshPolicyProcedure('users:suspend')
    .input(act)
    .mutation(({ ctx, input }) =>
      actOnUser(ctx, {
        reason: input.reason,
        change: (transaction, by) => suspendUser(transaction, ctx.services.clock, { userId: input.userId, act: by }),
        ends: 'suspended',
        told: 'suspended your account',
      }),
    ),

  restoreUser: freshPolicyProcedure('users:suspend')
    .input(act)
    .mutation(({ ctx, input }) =>
      actOnUser(ctx, {
        reason: input.reason,
        change: (transaction, by) => restoreUser(transaction, ctx.services.clock, { userId: input.userId, act: by }),
        ends: null,
        told: 'lifted the suspension of your account',
      }),
    ),

  changeRole: freshPolicyProcedure('users:role')
    .input(act.extend({ role: z.enum(roles) }))
    .mutation(({ ctx, input: { reason: why, ...change } }) =>
      actOnUser(ctx, {
        reason: why,
        change: (transaction, by) => changeRole(transaction, ctx.services.clock, { ...change, act: by }),
        ends: 'role_changed',
        told: `changed your role to ${roleNames[change.role]}, and you have to sign in again`,
      }),
    ),

  resetSecondFactors: freshPolicyProcedure('users:reset-second-factor')
    .input(act)
    .mutation(({ ctx, input }) =>
      actOnUser(ctx, {
        reason: input.reason,
        change: (transaction, by) =>
          resetSecondFactors(transaction, ctx.services.clock, { userId: input.userId, act: by }),
        ends: 'second_factors_reset',
        told: 'removed the second factors of your account, and you have to sign in again',
      }),
    ),

  sendPasswordReset: freshPolicyProcedure('users:send-reset')
    .input(act)
    .mutation(async ({ ctx, input }) => {
      const { changed } = await actOnUser(ctx, {
        reason: input.reason,
        change: (transaction, by) => sendPasswordReset(transaction, ctx.services, { userId: input.userId, act: by }),
        ends: null,
        told: null,
      })
      return { changed }
    }),

  /** Lets the owner of an account that is being guessed at try again at once; the guesses count anew. */
  liftLimits: freshPolicyProcedure('users:lift-limits')
    .input(act)
    .mutation(async ({ ctx, input }) => {
      const { changed } = await actOnUser(ctx, {
        reason: input.reason,
        change: async (transaction, by) => {
          const user = await lockReachable(transaction, { userId: input.userId, actor: by.actor })
          if (user.kind !== 'done') return user
          await liftLimits(transaction, { id: user.userId, email: user.email })
          const target = { kind: 'user', id: input.userId } as const
          await recordAudit(transaction, ctx.services.clock, by, { action: 'sign_in_limits_lifted', target })
          return user
        },
        ends: null,
        told: 'lifted the wait for signing in to your account',
      })
      return { changed }
    }),

  signOutUser: freshPolicyProcedure('sessions:revoke-any')
    .input(act)
    .mutation(({ ctx, input }) =>
      actOnUser(ctx, {
        reason: input.reason,
        change: async (transaction, by) => {
          const user = await lockReachable(transaction, { userId: input.userId, actor: by.actor })
          const target = { kind: 'user', id: input.userId } as const
          if (user.kind === 'done')
            await recordAudit(transaction, ctx.services.clock, by, { action: 'user_signed_out', target })
          return user
        },
        ends: 'administrator',
        told: 'signed you out everywhere',
      }),
    ),
}

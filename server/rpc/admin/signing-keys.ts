import { z } from 'zod'
import { listKeys, revokeKey, rotateKeys } from '../../signing/manage-keys.ts'
import { Refusal } from '../refusal.ts'
import { freshPolicyProcedure, policyProcedure } from '../trpc.ts'
import { actOf, reason } from './act.ts'

/** The keys that sign access tokens. Private halves never leave the server. */
export const signingKeys = {
  signingKeys: policyProcedure('keys:manage').query(({ ctx: { services } }) =>
    listKeys(services.database.orm, services.clock),
  ),

  /** Brings the next key forward. `changed` is false when one is about to sign already. */
  rotateSigningKeys: freshPolicyProcedure('keys:manage')
    .input(z.strictObject({ reason }))
    .mutation(async ({ ctx, input }) => {
      const rotated = await rotateKeys(ctx.services, actOf(ctx, input.reason))
      return { changed: rotated !== null }
    }),

  /** For a key that has leaked. Browsers refresh by themselves; programs that hold nothing but an access token sign in again. */
  revokeSigningKey: freshPolicyProcedure('keys:manage')
    .input(z.strictObject({ keyId: z.string().min(1).max(100), reason }))
    .mutation(async ({ ctx, input }) => {
      const { database, clock } = ctx.services
      const revoked = await database.orm.transaction((transaction) =>
        revokeKey(transaction, clock, { keyId: input.keyId, act: actOf(ctx, input.reason) }),
      )
      if (!revoked) throw new Refusal('NOT_FOUND')
      return { revokedCount: 1 }
    }),
}

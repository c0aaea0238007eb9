import { isDatabaseUnavailable } from '../database/faults.ts'
import { Busy } from './admission.ts'
import { Refusal } from './refusal.ts'

/** The invitation to retry that a fault which passes by itself becomes; `null` for everything else. */
export function faultToRefusal(fault: unknown): Refusal | null {
  if (fault instanceof Busy) return new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 5, cause: fault })
  if (isDatabaseUnavailable(fault))
    return new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 1, cause: fault })
  return null
}

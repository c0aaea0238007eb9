import { type Clock, iso } from '../clock.ts'
import type { Origin } from '../database/security-events.ts'
import type { Circumstances } from '../mail/message.ts'

/** From where and when something is being done, as a mail says it. */
export function circumstancesOf({ device, ipAddress, location }: Origin, clock: Clock): Circumstances {
  return { device, ipAddress, location, at: iso(clock.now()) }
}

import { text } from '../../text.ts'
import type { Session } from '../../trpc.ts'

/** " · 203.0.113.7 · Germany (approximate)": what is known of where; the rest is left out. */
export function DevicePlace({ session: { ipAddress, location } }: { session: Session }) {
  const facts = [ipAddress, location === null ? null : text.devices.approximately(location)]
  return facts.filter((fact) => fact !== null).map((fact) => ` · ${fact}`)
}

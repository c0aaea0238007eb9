import { text } from '../text.ts'
import type { Session } from '../trpc.ts'

type Named = Pick<Session, 'name' | 'device'>

/** What the device is called: the name it was given, or what was detected. */
export function deviceName({ name, device }: Named): string {
  return name ?? text.devices.device(device)
}

/** What was detected, where it says more than the name does; else null. */
export function detectedName({ name, device }: Named): string | null {
  const detected = text.devices.device(device)
  const detectedNothing = device.browser === null && device.os === null
  return name === null || name === detected || detectedNothing ? null : detected
}

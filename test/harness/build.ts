import { ensureBuilt } from '../../scripts/build.js'

/** Processes and pages are tested as users get them: built, once, before the first test needs it. */
export default async function setup(): Promise<void> {
  await ensureBuilt()
}

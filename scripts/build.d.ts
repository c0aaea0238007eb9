/** Builds unless the build is up to date. */
export function ensureBuilt(): Promise<void>

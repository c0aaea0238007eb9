/** The code of a page or dialog did not arrive: the server can't be reached, or has a newer version and the old file no more. */
export class CodeMissing extends Error {
  readonly reason: 'NO_CONNECTION' | 'NEW_VERSION'

  constructor(reason: 'NO_CONNECTION' | 'NEW_VERSION', cause: unknown) {
    super(`CodeMissing: ${reason}`, { cause })
    this.reason = reason
  }
}

/** Whether the server answers at all. */
export function isServerReachable(): Promise<boolean> {
  return fetch('/livez', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** `load`, which imports a module on demand, with a failure that says why. */
export function code<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    try {
      return await load()
    } catch (error) {
      throw new CodeMissing((await isServerReachable()) ? 'NEW_VERSION' : 'NO_CONNECTION', error)
    }
  }
}

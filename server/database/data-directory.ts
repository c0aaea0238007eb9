import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The data directory cannot be used; `message` says why and what to do. */
export class DataDirectoryError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DataDirectoryError'
  }
}

/** Creates the directory if it is missing, for this user only, and makes sure that files can be written into it. */
export function prepareDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const probe = join(directory, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw new DataDirectoryError(
      `The data folder ${directory} cannot be written to. Give this user write access to it, or set DATA_DIR to another folder.`,
      error,
    )
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Takes the embedded database for this process: two processes in one would destroy it. The lock names its owner, so that the
 * lock of a process that was killed is seen to be stale. Answers the function that gives it back.
 */
export function lockEmbeddedDatabase(directory: string): () => void {
  const lock = join(directory, 'embedded.lock')
  for (let attempt = 0; attempt < 5; attempt++) {
    if (createWhole(lock, `${process.pid}\n`, 0o600)) return () => rmSync(lock, { force: true })
    const owner = Number(readOrNull(lock))
    // A container's first process has the same id each time; it cannot be waiting for itself.
    if (owner > 0 && owner !== process.pid && isRunning(owner))
      throw new DataDirectoryError(
        `The embedded database in ${directory} is in use by process ${owner}. Stop that process, set DATA_DIR to another folder, or set DATABASE_URL to share one Postgres.`,
      )
    rmSync(lock, { force: true })
  }
  throw new DataDirectoryError(`The lock ${lock} changes hands too quickly. Start again.`)
}

/** The secret of this installation, made on first use and kept for this user only. Instances that start together agree on one. */
export function loadOrCreateSecret(directory: string): string {
  const file = join(directory, 'secret')
  createWhole(file, `${randomBytes(48).toString('base64url')}\n`, 0o600)
  return readFileSync(file, 'utf8').trim()
}

/** Creates a file with all of its content at once, or answers `false` because there is one already. */
function createWhole(file: string, content: string, mode: number): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, content, { mode, flag: 'wx' })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

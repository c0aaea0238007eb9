import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { TokenStorage, Tokens } from '@latchkey/client'

/** Keeps tokens in a file that only this user can read, so that the next command is signed in already. */
export function tokenFile(path: string): TokenStorage {
  return {
    load() {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as Tokens
      } catch {
        return null
      }
    },
    save(tokens) {
      if (tokens) writeFileSync(path, JSON.stringify(tokens), { mode: 0o600 })
      else rmSync(path, { force: true })
    },
  }
}

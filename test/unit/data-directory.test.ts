import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  DataDirectoryError,
  loadOrCreateSecret,
  lockEmbeddedDatabase,
  prepareDataDirectory,
} from '../../server/database/data-directory.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-data-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

describe('the data directory', () => {
  it('is created for this user only, and leaves nothing behind', () => {
    const directory = join(folder, 'deep', 'data')

    prepareDataDirectory(directory)

    expect(modeOf(directory)).toBe(0o700)
    expect(existsSync(join(directory, `.probe-${process.pid}`))).toBe(false)
  })

  it('that is a file cannot be used, and the message says what to do', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')

    expect(() => prepareDataDirectory(file)).toThrow(DataDirectoryError)
    expect(() => prepareDataDirectory(file)).toThrow(/cannot be written to\. Give this user write access/)
  })
})

describe('the secret of an installation', () => {
  it('is made once, is long enough, and is for this user only', () => {
    const secret = loadOrCreateSecret(folder)

    expect(Buffer.from(secret, 'base64url')).toHaveLength(48)
    expect(loadOrCreateSecret(folder)).toBe(secret)
    expect(modeOf(join(folder, 'secret'))).toBe(0o600)
  })

  it('is another one for every installation', () => {
    const other = join(folder, 'other')
    prepareDataDirectory(other)

    expect(loadOrCreateSecret(folder)).not.toBe(loadOrCreateSecret(other))
  })
})

describe('the embedded database', () => {
  it('belongs to one process at a time, which is named to the others', () => {
    writeFileSync(join(folder, 'embedded.lock'), `${process.ppid}\n`)

    expect(() => lockEmbeddedDatabase(folder)).toThrow(
      new RegExp(`in use by process ${process.ppid}\\. Stop that process`),
    )
  })

  it('can be taken again when it has been given back', () => {
    lockEmbeddedDatabase(folder)()
    expect(existsSync(join(folder, 'embedded.lock'))).toBe(false)

    const release = lockEmbeddedDatabase(folder)

    expect(readFileSync(join(folder, 'embedded.lock'), 'utf8')).toBe(`${process.pid}\n`)
    release()
  })

  it.each(['999999999', 'nonsense', ''])('can be taken over from %j, which runs no more', (owner) => {
    writeFileSync(join(folder, 'embedded.lock'), owner)

    lockEmbeddedDatabase(folder)

    expect(readFileSync(join(folder, 'embedded.lock'), 'utf8')).toBe(`${process.pid}\n`)
  })
})

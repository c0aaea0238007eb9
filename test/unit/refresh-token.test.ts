import { describe, expect, it } from 'vitest'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import {
  encodeRefreshToken,
  firstSecret,
  freshSalt,
  hashSecret,
  parseRefreshToken,
  refreshTokenLength,
  secretMatches,
  successorSecret,
} from '../../server/token/refresh-token.ts'

// The known answers were computed apart from this code, with Python's hmac and hashlib, from the format as it is written down.
const secrets = deriveSecrets(['known answers need a secret of 32 bytes'])
const sessionId = '00112233-4455-6677-8899-aabbccddeeff'
const secret = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')
const salt = Buffer.from('404142434445464748494a4b4c4d4e4f', 'hex')
const knownToken = 'AQSxKEwAESIzRFVmd4iZqrvM3e7_AAAABQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fW6RTmxl20KPKpergFAyOPw'

describe('the keys derived from SECRET', () => {
  it('are these', () => {
    const { keyId, refreshMacKey, successorKey, keyWrappingKey } = secrets.newest
    expect(keyId).toBe(78_719_052)
    expect(refreshMacKey.toString('hex')).toBe('bf95cc76ce4d9dedfdecfde71054840dd05225021e0e5eaadd4597fb8982b5e7')
    expect(successorKey.toString('hex')).toBe('a94e45aa52b188687787d5b169a249b46a81dfa6d17743813b6c6213491ecdbf')
    expect(keyWrappingKey.toString('hex')).toBe('4b2d5c7ac3d28f8fef32725cf9f291c18af1c6b36e47fd2e9ee7f7b913c2fce7')
  })

  it('are others for every entry, and the first entry is the newest', () => {
    const both = deriveSecrets(['a new secret that is long enough for this', 'known answers need a secret of 32 bytes'])
    expect(both.newest.keyId).not.toBe(secrets.newest.keyId)
    expect(both.byKeyId.get(secrets.newest.keyId)).toEqual(secrets.newest)
    expect(both.byKeyId.get(both.newest.keyId)).toEqual(both.newest)
  })

  it('need at least one entry', () => {
    expect(() => deriveSecrets([])).toThrow('At least one secret is needed')
  })
})

describe('the text of a refresh token', () => {
  it('is this, for these bytes', () => {
    expect(encodeRefreshToken({ sessionId, generation: 5, secret }, secrets.newest)).toBe(knownToken)
  })

  it('says this, and always in as many characters', () => {
    expect(parseRefreshToken(knownToken, secrets)).toEqual({ keyId: 78_719_052, sessionId, generation: 5, secret })
    expect(knownToken).toHaveLength(refreshTokenLength)
    for (const generation of [0, 1, 0xffffffff]) {
      const text = encodeRefreshToken({ sessionId, generation, secret }, secrets.newest)
      expect(text).toHaveLength(refreshTokenLength)
      expect(parseRefreshToken(text, secrets)?.generation).toBe(generation)
    }
  })

  it('says nothing when any of its bits is turned over', () => {
    const bytes = Buffer.from(knownToken, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(parseRefreshToken(changed.toString('base64url'), secrets)).toBeNull()
    }
  })

  it('has one spelling', () => {
    for (const ending of ['x', '0', '4', '-']) {
      const other = knownToken.slice(0, -1) + ending
      expect(parseRefreshToken(other, secrets)).toBeNull()
    }
    expect(parseRefreshToken(knownToken.replaceAll('_', '/'), secrets)).toBeNull()
    expect(parseRefreshToken(` ${knownToken.slice(1)}`, secrets)).toBeNull()
  })

  it('is read with every entry of SECRET and with no other', () => {
    expect(parseRefreshToken(knownToken, deriveSecrets(['another secret that is long enough for this']))).toBeNull()
    const rotated = deriveSecrets([
      'another secret that is long enough for this',
      'known answers need a secret of 32 bytes',
    ])
    expect(parseRefreshToken(knownToken, rotated)?.sessionId).toBe(sessionId)
  })

  it('says nothing when it is of another length, or of another version', () => {
    expect(parseRefreshToken('', secrets)).toBeNull()
    expect(parseRefreshToken(knownToken.slice(1), secrets)).toBeNull()
    expect(parseRefreshToken(`${knownToken}A`, secrets)).toBeNull()
    expect(parseRefreshToken(`Ag${knownToken.slice(2)}`, secrets)).toBeNull()
  })
})

describe('the secret of a generation', () => {
  it('is kept as this hash', () => {
    expect(hashSecret(secret).toString('hex')).toBe('630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd')
    expect(secretMatches(secret, hashSecret(secret))).toBe(true)
    expect(secretMatches(Buffer.from(secret).fill(0, 31), hashSecret(secret))).toBe(false)
  })

  it('has this successor', () => {
    const presented = { keyId: secrets.newest.keyId, sessionId, generation: 5, secret }
    expect(successorSecret(presented, salt, secrets.newest).toString('hex')).toBe(
      '7f39bfbf1e0e8e3ed13335602a9e5f958bb3b2b492cb2b772dc823466ecfeb7c',
    )
  })

  it('has another successor when anything at all is different', () => {
    const presented = { keyId: secrets.newest.keyId, sessionId, generation: 5, secret }
    const other = deriveSecrets(['another secret that is long enough for this']).newest
    const successors = [
      successorSecret(presented, salt, secrets.newest),
      successorSecret({ ...presented, generation: 6 }, salt, secrets.newest),
      successorSecret({ ...presented, sessionId: sessionId.replace('0', '1') }, salt, secrets.newest),
      successorSecret({ ...presented, secret: hashSecret(secret) }, salt, secrets.newest),
      successorSecret(presented, Buffer.from(salt).reverse(), secrets.newest),
      successorSecret(presented, salt, other),
    ]
    expect(new Set(successors.map((successor) => successor.toString('hex'))).size).toBe(successors.length)
  })

  it('is random for the first generation, and so is each salt', () => {
    expect(firstSecret()).toHaveLength(32)
    expect(freshSalt()).toHaveLength(16)
    expect(firstSecret()).not.toEqual(firstSecret())
    expect(freshSalt()).not.toEqual(freshSalt())
  })
})

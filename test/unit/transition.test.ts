import { describe, expect, it } from 'vitest'
import { type FamilyState, transitionOf } from '../../server/session/transition.ts'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import { freshSalt, hashSecret, type RefreshToken, successorSecret } from '../../server/token/refresh-token.ts'

const secrets = deriveSecrets(['known answers need a secret of 32 bytes'])
const retryWindowSeconds = 30
const salt = freshSalt()

/** Generations of one family: each is made from the one before. */
const spent: RefreshToken = {
  keyId: secrets.newest.keyId,
  sessionId: '00112233-4455-6677-8899-aabbccddeeff',
  generation: 4,
  secret: Buffer.alloc(32, 1),
}
const current: RefreshToken = { ...spent, generation: 5, secret: successorSecret(spent, salt, secrets.newest) }

const family: FamilyState = {
  generation: 5,
  secretHash: hashSecret(current.secret),
  salt,
  keyId: secrets.newest.keyId,
  rotatedMillisecondsAgo: 1_000,
  revoked: false,
  expired: false,
  disowned: false,
}

const of = (presented: RefreshToken, change: Partial<FamilyState> = {}) =>
  transitionOf(presented, { ...family, ...change }, { secrets, retryWindowSeconds })

describe('presenting', () => {
  it('the current generation rotates it, however long ago the last rotation was', () => {
    expect(of(current)).toEqual({ kind: 'rotate' })
    expect(of(current, { rotatedMillisecondsAgo: 1e9 })).toEqual({ kind: 'rotate' })
  })

  it('the generation before, within the window, replays the identical successor', () => {
    expect(of(spent)).toEqual({ kind: 'replay', secret: current.secret })
    expect(of(spent, { rotatedMillisecondsAgo: 29_999 })).toEqual({ kind: 'replay', secret: current.secret })
  })

  it('the generation before, when the window has passed, is a late retry', () => {
    expect(of(spent, { rotatedMillisecondsAgo: 30_000 })).toEqual({ kind: 'lateRetry' })
    expect(transitionOf(spent, family, { secrets, retryWindowSeconds: 0 })).toEqual({ kind: 'lateRetry' })
  })

  it.each([0, 3])('generation %i of five is theft, within the window too', (generation) => {
    expect(of({ ...spent, generation })).toEqual({ kind: 'theft' })
  })

  it.each([6, 0xffffffff])('generation %i of five raises an alarm', (generation) => {
    expect(of({ ...current, generation })).toEqual({ kind: 'alarm', why: 'future_generation' })
  })

  it('another secret of the current generation, or of the one before, raises an alarm', () => {
    const secret = Buffer.alloc(32, 9)
    expect(of({ ...current, secret })).toEqual({ kind: 'alarm', why: 'wrong_secret' })
    expect(of({ ...spent, secret })).toEqual({ kind: 'alarm', why: 'wrong_secret' })
    expect(of({ ...spent, secret }, { rotatedMillisecondsAgo: 1e9 })).toEqual({ kind: 'alarm', why: 'wrong_secret' })
  })

  it('the generation before a rotation by an entry of SECRET that is gone raises an alarm', () => {
    expect(of(spent, { keyId: 1 })).toEqual({ kind: 'alarm', why: 'wrong_secret' })
  })

  it('anything of a session that has ended finds it ended, whatever else is wrong', () => {
    for (const presented of [current, spent, { ...spent, generation: 0 }, { ...current, generation: 9 }]) {
      expect(of(presented, { revoked: true, expired: true })).toEqual({ kind: 'ended', why: 'revoked' })
      expect(of(presented, { disowned: true, expired: true })).toEqual({ kind: 'ended', why: 'revoked' })
      expect(of(presented, { expired: true })).toEqual({ kind: 'ended', why: 'expired' })
    }
  })
})

import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { type Database, rowsOf } from '../database/connect.ts'
import { DatabaseUnavailable } from '../database/faults.ts'
import { prepared } from '../database/prepared.ts'
import { sessions, users } from '../database/schema.ts'
import type { Origin } from '../database/security-events.ts'
import { after, givenMoment, milliseconds } from '../database/time.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import {
  encodeRefreshToken,
  freshSalt,
  hashSecret,
  type RefreshToken,
  successorSecret,
} from '../token/refresh-token.ts'
import type { Bearer } from './bearer.ts'
import { endReusedSession } from './end-reused-session.ts'
import { type FamilyState, transitionOf } from './transition.ts'

export type Rotation = { kind: 'rotated' | 'replayed'; bearer: Bearer; refreshToken: string } | Unusable

/** Why a presented token opened nothing. */
export type Unusable =
  | { kind: 'ended'; why: 'unknown' | 'revoked' | 'expired' }
  /** Ended by this very call: a spent generation came back. `revoked` names every session that it cost. */
  | { kind: 'reused'; userId: string; sessionId: string; how: 'late_retry' | 'theft'; revoked: string[] }
  /** Authentic, yet not from this row's history: a restored database or a leaked key. Nothing was changed. */
  | { kind: 'alarm'; userId: string; sessionId: string; why: 'future_generation' | 'wrong_secret' }

export type RotationDependencies = { database: Database; clock: Clock; config: Config; secrets: DerivedSecrets }

/** Presents a refresh token whose MAC was good. */
export type Rotate = (presented: RefreshToken, origin: Origin) => Promise<Rotation>

/** What there is to know of a family that was left as it is. Of one that was rotated nobody asks: those are nearly all. */
type Unrotated = FamilyState & { late: boolean }

type Row = Omit<Bearer, 'sessionId'> & {
  unrotated: (Omit<Unrotated, 'secretHash' | 'salt'> & { secretHash: string; salt: string }) | null
}

/** A rotation that has not answered by then is given up; a retry replays it if it happened after all. */
export const answerWithinMilliseconds = 6_000

type Look =
  | { kind: 'nothing' }
  | { kind: 'rotated'; bearer: Bearer; successor: Buffer }
  | { kind: 'unrotated'; bearer: Bearer; state: Unrotated }

/**
 * Looks at the family and rotates it if `presented` is its current generation: one statement, one round trip. The
 * UPDATE repeats every condition of the transition table, so that of any number of presenters exactly one rotates.
 */
function prepareLook({ database, clock, config, secrets }: RotationDependencies) {
  const now = givenMoment
  const value = (name: string) => sql.placeholder(name)
  const bytes = (name: string) => sql.param(value(name), sessions.secretHash)
  const presented = { sessionId: value('sessionId'), generation: value('generation'), hash: bytes('presentedHash') }
  const origin = { ipAddress: value('ipAddress'), location: value('location') }
  // A statement can be stuck in a network that has come to a halt, and arrive when its request was refused long ago. It must
  // not rotate then: the browser's retry would find its token spent, and the retry window over.
  const late = sql`${now} >= to_timestamp(${value('answerBySeconds')}::float8)`
  const statement = prepared(
    sql`
      with family as (
        select s.*, u.role, u.token_version <> s.token_version or u.suspended_at is not null as disowned
        from ${sessions} s join ${users} u on u.id = s.user_id
        where s.id = ${presented.sessionId}
      ), rotated as (
        update ${sessions} s set
          generation = s.generation + 1,
          secret_hash = ${bytes('successorHash')},
          salt = ${bytes('salt')},
          key_id = ${secrets.newest.keyId},
          rotated_at = ${now},
          last_active_at = ${now},
          ip_address = coalesce(${origin.ipAddress}, s.ip_address),
          location = case when ${origin.ipAddress}::text is null then s.location else ${origin.location} end,
          idle_expires_at = least(${after(now, config.sessionIdleTtlSeconds)}, s.absolute_expires_at)
        from ${users} u
        where s.id = ${presented.sessionId}
          and s.generation = ${presented.generation}
          and s.secret_hash = ${presented.hash}
          and not ${late}
          and s.revoked_at is null
          and s.idle_expires_at > ${now}
          and s.absolute_expires_at > ${now}
          and u.id = s.user_id
          and u.token_version = s.token_version
          and u.suspended_at is null
        returning s.idle_expires_at
      )
      select
        family.user_id as "userId", family.role, family.token_version as "tokenVersion", family.amr,
        ${milliseconds(sql`family.authenticated_at`)} as "authenticatedAt",
        ${milliseconds(sql`coalesce(rotated.idle_expires_at, family.idle_expires_at)`)} as "idleExpiresAt",
        ${milliseconds(sql`family.absolute_expires_at`)} as "absoluteExpiresAt",
        ${milliseconds(now)} as now,
        case when rotated.idle_expires_at is null then json_build_object(
          'late', ${late},
          'generation', family.generation,
          'secretHash', encode(family.secret_hash, 'hex'),
          'salt', encode(family.salt, 'hex'),
          'keyId', family.key_id,
          'disowned', family.disowned,
          'revoked', family.revoked_at is not null,
          'expired', least(family.idle_expires_at, family.absolute_expires_at) <= ${now},
          'rotatedMillisecondsAgo', ${milliseconds(sql`${now} - family.rotated_at`)}
        ) end as unrotated
      from family left join rotated on true`,
  )

  return async (token: RefreshToken, { ipAddress, location }: Origin, answerBy: number): Promise<Look> => {
    const salt = freshSalt()
    const successor = successorSecret(token, salt, secrets.newest)
    const values = {
      moment: clock.moment(),
      sessionId: token.sessionId,
      generation: token.generation,
      presentedHash: hashSecret(token.secret),
      successorHash: hashSecret(successor),
      salt,
      ipAddress,
      location,
      answerBySeconds: answerBy / 1000,
    }
    const [row] = await rowsOf<Row>(database.orm, statement(values))
    if (!row) return { kind: 'nothing' }
    const { unrotated, ...found } = row
    const bearer = { ...found, sessionId: token.sessionId }
    if (!unrotated) return { kind: 'rotated', bearer, successor }
    const bytes = { secretHash: Buffer.from(unrotated.secretHash, 'hex'), salt: Buffer.from(unrotated.salt, 'hex') }
    return { kind: 'unrotated', bearer, state: { ...unrotated, ...bytes } }
  }
}

/**
 * Presents a refresh token whose MAC was good. Throws only when the database cannot be asked; everything that is
 * wrong with the token is an outcome. Losers of a race are answered like the winner, with the identical successor.
 */
export function createRotate(dependencies: RotationDependencies): Rotate {
  const { secrets, config } = dependencies
  const look = prepareLook(dependencies)

  return async (presented, origin) => {
    const { sessionId, generation } = presented
    const answerBy = dependencies.clock.now() + answerWithinMilliseconds
    // A second look follows a race that was lost between reading and writing; each race moves the row forward, so a few suffice.
    for (let looks = 0; looks < 5; looks++) {
      const found = await look(presented, origin, answerBy)
      if (found.kind === 'nothing') return { kind: 'ended', why: 'unknown' }
      const { bearer } = found
      if (found.kind === 'rotated') {
        const token = { sessionId, generation: generation + 1, secret: found.successor }
        return { kind: 'rotated', bearer, refreshToken: encodeRefreshToken(token, secrets.newest) }
      }
      const { state } = found
      if (state.late) throw new DatabaseUnavailable()
      const { userId } = bearer
      const transition = transitionOf(presented, state, {
        secrets,
        retryWindowSeconds: config.refreshRetryWindowSeconds,
      })
      switch (transition.kind) {
        case 'ended':
          return transition
        case 'alarm':
          return { ...transition, userId, sessionId }
        case 'replay': {
          const key = secrets.byKeyId.get(state.keyId) ?? secrets.newest
          const token = { sessionId, generation: state.generation, secret: transition.secret }
          return { kind: 'replayed', bearer, refreshToken: encodeRefreshToken(token, key) }
        }
        case 'lateRetry':
        case 'theft': {
          const how = transition.kind === 'theft' ? 'theft' : 'late_retry'
          const revoked = await endReusedSession(dependencies, { presented, userId, how, origin })
          if (revoked) return { kind: 'reused', userId, sessionId, how, revoked }
          break
        }
        case 'rotate':
          break
      }
    }
    throw new Error('A session changed faster than it could be read')
  }
}

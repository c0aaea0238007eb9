import type { FastifyBaseLogger } from 'fastify'
import { withDeadline } from '../database/faults.ts'
import type { Origin } from '../database/security-events.ts'
import type { Metrics } from '../metrics.ts'
import type { KeyRing } from '../signing/key-ring.ts'
import { type AccessToken, mintAccessToken } from '../signing/mint-access-token.ts'
import { parseRefreshToken } from '../token/refresh-token.ts'
import type { Bearer } from './bearer.ts'
import type { RevocationFeed } from './revocation-feed.ts'
import {
  answerWithinMilliseconds,
  createRotate,
  type Rotation,
  type RotationDependencies,
  type Unusable,
} from './rotate-session.ts'

/** What became of a refresh token's text. */
export type Refreshed =
  | { kind: 'live'; bearer: Bearer; accessToken: AccessToken; refreshToken: string }
  | { kind: 'malformed' }
  | Unusable

/** Presents a refresh token and mints the access token that goes with its successor. Throws only for faults. */
export type Refresh = (text: string, origin: Origin) => Promise<Refreshed>

type Dependencies = RotationDependencies & {
  keyRing: KeyRing
  feed: RevocationFeed
  log: FastifyBaseLogger
  metrics: Metrics
}

/** What became of a refresh token, in one word: the label of a metric. */
function outcomeOf(rotation: Rotation | { kind: 'malformed' }): string {
  switch (rotation.kind) {
    case 'rotated':
    case 'replayed':
    case 'malformed':
      return rotation.kind
    case 'ended':
    case 'alarm':
      return rotation.why
    case 'reused':
      return rotation.how
  }
}

export function createRefresh(dependencies: Dependencies): Refresh {
  const { secrets, keyRing, config, feed, log, metrics } = dependencies
  const rotate = createRotate(dependencies)
  /** Requests that present the same text at the same moment share one answer (R14). */
  const flights = new Map<string, Promise<Refreshed>>()

  /** A token that opens nothing is logged with its reason, whichever procedure presented it (R23). */
  function report(rotation: Rotation | { kind: 'malformed' }, { requestId, ipAddress }: Origin): void {
    const asked = { requestId, ipAddress }
    metrics.refreshes.inc({ outcome: outcomeOf(rotation) })
    if (rotation.kind === 'malformed')
      log.info({ event: 'refresh_refused', reason: 'malformed', ...asked }, 'Refresh token refused')
    if (rotation.kind === 'ended')
      log.info({ event: 'refresh_refused', reason: rotation.why, ...asked }, 'Refresh token of an ended session')
    if (rotation.kind === 'alarm')
      log.error(
        { event: 'refresh_alarm', ...rotation, ...asked },
        'An authentic refresh token does not fit its session: was the database restored, or has a key leaked?',
      )
    if (rotation.kind === 'reused')
      log.warn({ event: 'refresh_reused', ...rotation, ...asked }, 'A spent refresh token was presented')
  }

  async function present(text: string, origin: Origin): Promise<Refreshed> {
    const presented = parseRefreshToken(text, secrets)
    const rotation = presented
      ? await withDeadline(rotate(presented, origin), answerWithinMilliseconds).catch((error: unknown) => {
          metrics.refreshes.inc({ outcome: 'unavailable' })
          throw error
        })
      : ({ kind: 'malformed' } as const)
    report(rotation, origin)
    if (rotation.kind === 'reused') feed.add(rotation.revoked)
    if (!('bearer' in rotation)) return rotation
    const { bearer, refreshToken } = rotation
    return { kind: 'live', bearer, refreshToken, accessToken: await mintAccessToken(keyRing, config, bearer) }
  }

  return (text, origin) => {
    const flying = flights.get(text)
    if (flying) return flying
    const flight = present(text, origin).finally(() => flights.delete(text))
    flights.set(text, flight)
    return flight
  }
}

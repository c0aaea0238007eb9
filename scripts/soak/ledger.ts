import type { Reply } from '../../test/harness/test-browser.ts'

/** What the soak counts. The second half must stay at nought. */
export type Ledger = {
  requests: number
  retries: number
  refreshes: number
  replays: number
  lostReplies: number
  signIns: number
  revocations: number
  faults: Record<string, number>
  theftsPlanted: number
  theftsDetected: number
  honestSignedOut: number
  revokedStillIn: number
  siblingTokens: number
  unexpectedAnswers: number
  /** What was seen when one of these was counted. */
  remarks: string[]
  /** Looks at the refresh token that a reply sets, if it sets one. */
  observe(reply: Reply): void
  remark(count: 'honestSignedOut' | 'revokedStillIn' | 'siblingTokens' | 'unexpectedAnswers', text: string): void
}

/** The session and the generation that a refresh token speaks of: `version ‖ key id ‖ session id ‖ generation ‖ …`. */
export function readRefreshToken(token: string): { sessionId: string; generation: number } {
  const bytes = Buffer.from(token, 'base64url')
  return { sessionId: bytes.subarray(5, 21).toString('hex'), generation: bytes.readUInt32BE(21) }
}

export function createLedger(): Ledger {
  const tokens = new Map<string, string>()
  const ledger: Ledger = {
    requests: 0,
    retries: 0,
    refreshes: 0,
    replays: 0,
    lostReplies: 0,
    signIns: 0,
    revocations: 0,
    faults: {},
    theftsPlanted: 0,
    theftsDetected: 0,
    honestSignedOut: 0,
    revokedStillIn: 0,
    siblingTokens: 0,
    unexpectedAnswers: 0,
    remarks: [],
    observe(reply) {
      const line = reply.setCookies.find((cookie) => cookie.startsWith('refresh=') && !cookie.includes('Max-Age=0'))
      const token = line?.slice('refresh='.length, line.indexOf(';'))
      if (!token) return
      const { sessionId, generation } = readRefreshToken(token)
      const name = `${sessionId} ${generation}`
      const known = tokens.get(name)
      tokens.set(name, token)
      if (generation === 0) return
      if (known === undefined) ledger.refreshes++
      else if (known === token) ledger.replays++
      else ledger.remark('siblingTokens', `two tokens for generation ${generation} of ${sessionId}`)
    },
    remark(count, text) {
      ledger[count]++
      if (ledger.remarks.length < 50) ledger.remarks.push(`${new Date().toISOString()} ${count}: ${text}`)
    },
  }
  return ledger
}

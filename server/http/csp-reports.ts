import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { Refusal } from '../rpc/refusal.ts'

/** Where pages are told to report what their content security policy has stopped. */
export const cspReportPath = '/csp-reports'

const bodyLimitBytes = 16 * 1024
/** Lines in the log per instance: anybody may send reports, and a log is not theirs to fill. */
const linesPerMinute = 60

const text = z.string().max(2_000)

/** What browsers send to a `report-uri`: every one of them does, at once, while `report-to` is not everywhere and may take a minute. */
const reportBody = z.object({
  'csp-report': z.object({
    'document-uri': text.optional(),
    'effective-directive': text.optional(),
    'violated-directive': text.optional(),
    'blocked-uri': text.optional(),
  }),
})

type Violation = { directive: string; blocked: string; page: string }

/** Names only: an address may carry a token in its query, and whatever a sender likes. */
const directiveOf = (value = '') => /^[a-z-]{1,40}/.exec(value)?.[0] ?? 'unknown'
const pageOf = (value = '') => (URL.canParse(value) ? /^[a-z/-]{0,80}/.exec(new URL(value).pathname)?.[0] : '') ?? ''
const blockedOf = (value = '') => {
  if (/^[a-z-]{1,20}$/.test(value)) return value
  if (!URL.canParse(value)) return 'unknown'
  const { protocol, host } = new URL(value)
  return `${protocol}//${host}`.slice(0, 100)
}

/** `null` for what is no report at all. */
function readViolation(body: unknown): Violation | null {
  const report = reportBody.safeParse(body).data?.['csp-report']
  if (!report) return null
  return {
    directive: directiveOf(report['effective-directive'] ?? report['violated-directive']),
    blocked: blockedOf(report['blocked-uri']),
    page: pageOf(report['document-uri']),
  }
}

/**
 * Takes the reports of browsers into the log (ASVS 3.4.7): what was stopped, from which origin, on which page, and nothing else of what they say. It
 * answers nothing, keeps nothing, and stops writing when there are too many.
 */
export async function registerCspReports(app: FastifyInstance, clock: Clock): Promise<void> {
  let windowEndsAt = 0
  let lines = 0

  function mayWrite(): boolean {
    const now = clock.elapsed()
    if (now >= windowEndsAt) {
      windowEndsAt = now + 60_000
      lines = 0
    }
    lines++
    return lines <= linesPerMinute
  }

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/csp-report', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, JSON.parse(String(body)))
      } catch (cause) {
        done(new Refusal('INVALID_INPUT', { cause }))
      }
    })
    scope.post(cspReportPath, { bodyLimit: bodyLimitBytes }, async (request, reply) => {
      const violation = readViolation(request.body)
      if (!violation) throw new Refusal('INVALID_INPUT')
      if (!mayWrite()) throw new Refusal('TOO_MANY_ATTEMPTS', { retryAfterSeconds: 60 })
      request.log.warn({ event: 'csp_violation', ...violation }, 'A page was kept from what its policy does not allow')
      return reply.code(204).header('cache-control', 'no-store').send()
    })
  })
}

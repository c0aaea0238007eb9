import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { Refusal } from '../rpc/refusal.ts'

/** Where pages are told to report what their content security policy has stopped. */
export const cspReportPath = '/csp-reports'

const bodyLimitBytes = 16 * 1024
const reportsPerRequest = 10
/** Lines in the log per instance: anybody may send reports, and a log is not theirs to fill. */
const linesPerMinute = 60

const text = z.string().max(2_000)

/** The body of `report-uri` (CSP 2), and one of the list of `report-to` (Reporting API). */
const older = z.object({
  'csp-report': z.object({
    'document-uri': text.optional(),
    'effective-directive': text.optional(),
    'violated-directive': text.optional(),
    'blocked-uri': text.optional(),
  }),
})
const newer = z.object({
  type: z.literal('csp-violation'),
  body: z.object({ documentURL: text.optional(), effectiveDirective: text.optional(), blockedURL: text.optional() }),
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
function readViolations(body: unknown): Violation[] | null {
  const old = older.safeParse(body)
  if (old.success) {
    const report = old.data['csp-report']
    return [
      {
        directive: directiveOf(report['effective-directive'] ?? report['violated-directive']),
        blocked: blockedOf(report['blocked-uri']),
        page: pageOf(report['document-uri']),
      },
    ]
  }
  const list = z.array(newer).max(reportsPerRequest).safeParse(body)
  if (!list.success) return null
  return list.data.map(({ body: report }) => ({
    directive: directiveOf(report.effectiveDirective),
    blocked: blockedOf(report.blockedURL),
    page: pageOf(report.documentURL),
  }))
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
    scope.addContentTypeParser(
      ['application/csp-report', 'application/reports+json'],
      { parseAs: 'string' },
      (_request, body, done) => {
        try {
          done(null, JSON.parse(String(body)))
        } catch (cause) {
          done(new Refusal('INVALID_INPUT', { cause }))
        }
      },
    )
    scope.post(cspReportPath, { bodyLimit: bodyLimitBytes }, async (request, reply) => {
      const violations = readViolations(request.body)
      if (!violations) throw new Refusal('INVALID_INPUT')
      for (const violation of violations) {
        if (!mayWrite()) throw new Refusal('TOO_MANY_ATTEMPTS', { retryAfterSeconds: 60 })
        request.log.warn(
          { event: 'csp_violation', ...violation },
          'A page was kept from what its policy does not allow',
        )
      }
      return reply.code(204).header('cache-control', 'no-store').send()
    })
  })
}

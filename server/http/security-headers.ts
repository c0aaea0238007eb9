import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'
import type { Config } from '../config.ts'

/** These are of use on pages only: who shares a process or an opener with them, what they may prefetch, what browsers of the past may do with them. */
const ofPages = new Set([
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
])

/**
 * What every reply tells browsers to do without: frames, scripts, guessed types; and what pages say besides, which replace the content security policy by their own.
 * Helmet composes them once; it would take them together anew for each request, which costs more than answering it.
 */
export function securityHeaders(config: Config): Record<'onReplies' | 'onPages', Record<string, string>> {
  const compose = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: config.publicUrl.startsWith('https:') && { maxAge: 63_072_000, includeSubDomains: true },
    xFrameOptions: { action: 'deny' },
  })
  const request = new IncomingMessage(new Socket())
  const reply = new ServerResponse(request)
  compose(request, reply, () => {})
  const composed = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)] as const)
  return {
    onReplies: Object.fromEntries(composed.filter(([name]) => !ofPages.has(name))),
    onPages: Object.fromEntries(composed.filter(([name]) => ofPages.has(name))),
  }
}

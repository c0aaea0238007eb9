import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { cspReportPath } from './csp-reports.ts'

/** Stands in the built page wherever the nonce of a response belongs. */
const placeholder = '__CSP_NONCE__'

/** Scripts and styles of our own, and of this very response, only; nobody may frame the page. */
const contentSecurityPolicy = (nonce: string) =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    `report-uri ${cspReportPath}`,
  ].join('; ')

/** What no page of ours ever asks a browser for. */
const permissionsPolicy =
  'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)'

/**
 * Serves the built dashboard: files with a hash in their name for a year, the page itself anew each time, for every address
 * without a dot that nothing else answers.
 */
export async function registerDashboard(
  app: FastifyInstance,
  directory: string,
  pageHeaders: Record<string, string>,
): Promise<void> {
  const page = await readFile(join(directory, 'index.html'), 'utf8')
  await app.register((scope) => registerFiles(scope, directory))
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    if (path.includes('.') || path.startsWith('/trpc')) return reply.callNotFound()
    const nonce = randomBytes(18).toString('base64')
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .headers(pageHeaders)
      .headers({ 'permissions-policy': permissionsPolicy, 'content-security-policy': contentSecurityPolicy(nonce) })
      .send(page.replaceAll(placeholder, nonce))
  })
}

/**
 * The files that are the same for everybody, as the build has compressed them where the browser takes that. Nothing else is ever
 * compressed: the length of a compressed reply tells what of it repeats the request (BREACH), and here stand nonces, and personal data.
 */
async function registerFiles(app: FastifyInstance, directory: string): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    // Scripts and styles say their charset by themselves; the icon is text as well (ASVS 4.1.1).
    if (reply.getHeader('content-type') === 'image/svg+xml')
      reply.header('content-type', 'image/svg+xml; charset=utf-8')
    reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', '))
  })
  await app.register(fastifyStatic, {
    root: directory,
    index: false,
    wildcard: false,
    globIgnore: ['index.html', '**/*.{br,gz}'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      const lasting = path.includes('/assets/')
      response.setHeader('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
    },
  })
}

import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const files = new Set(['/favicon-32x32.png', '/swagger-ui.css', '/swagger-ui-bundle.js'])

/** The viewer writes style attributes and draws its icons from data addresses; it runs no script of anybody else's. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Latchkey: explorer</title>
    <link rel="icon" href="/explorer/viewer/favicon-32x32.png">
    <link rel="stylesheet" href="/explorer/viewer/swagger-ui.css">
  </head>
  <body>
    <div id="explorer"></div>
    <script src="/explorer/viewer/swagger-ui-bundle.js"></script>
    <script src="/explorer/start.js"></script>
  </body>
</html>
`

const start = `SwaggerUIBundle({
  url: '/explorer/openapi.json',
  dom_id: '#explorer',
  deepLinking: true,
  tryItOutEnabled: true,
  displayOperationId: true,
  validatorUrl: null,
})
`

/**
 * A page that lists every procedure with its input and output, and calls it with the session of whoever reads it (R25). Everything it
 * needs comes from here.
 */
export async function registerExplorer(app: FastifyInstance, pageHeaders: Record<string, string>): Promise<void> {
  // Made when it is first asked for: turning every schema into JSON takes longer than the rest of a start.
  let written: Promise<string> | undefined
  const write = () => import('./explorer/openapi.ts').then(({ describeApi }) => JSON.stringify(describeApi()))
  const noStore = { 'cache-control': 'no-store' }
  app.get('/explorer', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({ ...pageHeaders, ...noStore, 'content-security-policy': contentSecurityPolicy })
      .send(page),
  )
  app.get('/explorer/start.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').headers(noStore).send(start),
  )
  app.get('/explorer/openapi.json', async (_request, reply) => {
    written ??= write()
    return reply
      .type('application/json')
      .headers(noStore)
      .send(await written)
  })
  await app.register(fastifyStatic, {
    root: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    prefix: '/explorer/viewer/',
    index: false,
    decorateReply: false,
    allowedPath: (path) => files.has(path),
    maxAge: '1h',
  })
}

import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { Refusal } from '../rpc/refusal.ts'

/** What balancers and supervisors ask over plain HTTP, from wherever they are: it takes no credential and says nothing personal. */
const openPaths = new Set(['/livez', '/readyz'])

/**
 * In production a request that came over plain HTTP is refused (ASVS 4.1.2, 12.2.1). Never redirected: whatever it carried has been readable on the
 * way, and a redirect would hide that from whoever has to correct the address. `X-Forwarded-Proto` counts from `TRUSTED_PROXIES` alone.
 */
export function registerTransport(app: FastifyInstance, config: Config): void {
  if (!config.production) return
  if (!config.tls && config.trustedProxies.length === 0)
    app.log.warn(
      { event: 'https_unseen' },
      'Set TRUSTED_PROXIES or TLS_CERT_FILE: every request is refused as plain HTTP',
    )
  app.addHook('onRequest', (request, _reply, done) => {
    const isRefused = request.protocol !== 'https' && !openPaths.has(request.routeOptions.url ?? '')
    done(isRefused ? new Refusal('HTTPS_REQUIRED') : undefined)
  })
}

import type { FastifyInstance } from 'fastify'
import type { KeyRing } from '../signing/key-ring.ts'

/** The public keys (RFC 7517). Cacheable for minutes: the next key is published long before it signs. */
export function registerJwks(app: FastifyInstance, keyRing: KeyRing): void {
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply
      .type('application/jwk-set+json')
      .header('cache-control', 'public, max-age=300, must-revalidate')
      // Everybody may read them, and for that nobody needs to bring their cookies.
      .header('access-control-allow-origin', '*')
      .removeHeader('access-control-allow-credentials')
      .send(JSON.stringify({ keys: keyRing.publicKeys() })),
  )
}

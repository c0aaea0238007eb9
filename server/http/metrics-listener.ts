import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { type Metrics, observeProcess } from '../metrics.ts'

export type MetricsListener = {
  /** Where it listens, such as `http://127.0.0.1:9464/metrics`. */
  url: string
  close(): Promise<void>
}

/**
 * `GET /metrics` on an address of its own, which is reachable for the operator's Prometheus alone: what is counted tells an attacker how far they
 * have come. The public listener knows nothing of it.
 */
export async function listenForMetrics(
  metrics: Metrics,
  { host, port }: { host: string; port: number },
  log: FastifyBaseLogger,
): Promise<MetricsListener> {
  observeProcess(metrics)
  const { registry } = metrics

  async function answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(404).end()
      return
    }
    const text = await registry.metrics()
    response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text)
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ event: 'metrics_not_written', err: error }, 'The metrics could not be written')
      response.writeHead(500).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

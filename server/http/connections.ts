import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'

/** How long a client may take, in milliseconds. A slow one holds a socket and nothing else, but sockets are finite too. */
export type Patience = {
  /** From the first byte of a request to the end of its headers. */
  headers: number
  /** To the end of its body. */
  request: number
  /** How often the two are looked at. */
  check: number
}

export const defaultPatience: Patience = { headers: 10_000, request: 30_000, check: 2_000 }

/** One instance's sockets, event streams included. More are closed as they come, rather than slowing everybody. */
const maxConnections = 10_000
/** Ten cookies of tokens fit; Node's own bound, said here because a test relies on it. */
const maxHeaderBytes = 16 * 1024

/** Settings of the listening socket: TLS 1.2 or newer where a certificate is given, and an end to waiting. */
export function listenerOptions({ tls }: Config, { headers, request, check }: Patience) {
  const http = { headersTimeout: headers, connectionsCheckingInterval: check, maxHeaderSize: maxHeaderBytes }
  if (!tls) return { http, requestTimeout: request }
  const https = {
    ...http,
    cert: readFileSync(tls.certificateFile),
    key: readFileSync(tls.keyFile),
    minVersion: 'TLSv1.2' as const,
    // Forward secrecy and authenticated encryption only (BSI TR-02102-2, Mozilla "intermediate").
    ciphers: [
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'ECDHE-ECDSA-AES128-GCM-SHA256',
      'ECDHE-RSA-AES128-GCM-SHA256',
      'ECDHE-ECDSA-AES256-GCM-SHA384',
      'ECDHE-RSA-AES256-GCM-SHA384',
      'ECDHE-ECDSA-CHACHA20-POLY1305',
      'ECDHE-RSA-CHACHA20-POLY1305',
    ].join(':'),
    ecdhCurve: 'X25519:P-256:P-384',
    handshakeTimeout: headers,
  }
  return { https, requestTimeout: request }
}

export function boundConnections(app: FastifyInstance): void {
  app.server.maxConnections = maxConnections
}

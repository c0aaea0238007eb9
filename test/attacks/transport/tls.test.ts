import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, createCertificate } from '../../harness/certificate.ts'
import { rawRequest } from '../../harness/raw-request.ts'
import { newEmail, password, startTestServer, type TestServer } from '../../harness/test-server.ts'

/** TLS that ends here, in production: no proxy is trusted. */
describe('with a certificate of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'))
  const publicUrl = 'https://localhost:3000'
  let certificate: Certificate
  let server: TestServer
  beforeAll(async () => {
    certificate = createCertificate(folder)
    server = await startTestServer({
      environment: {
        NODE_ENV: 'production',
        DATABASE_URL: 'embedded',
        PUBLIC_URL: publicUrl,
        TLS_CERT_FILE: certificate.certificateFile,
        TLS_KEY_FILE: certificate.keyFile,
      },
    })
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function post(procedure: string, input: unknown, headers: Record<string, string> = {}) {
    const { port } = new URL(server.url)
    const options = { host: 'localhost', port, ca: certificate.cert, method: 'POST', path: `/trpc/${procedure}` }
    return new Promise<{ status: number | undefined; cookies: string[]; security: unknown }>((resolve, reject) => {
      const sent = request(
        { ...options, headers: { 'content-type': 'application/json', origin: publicUrl, ...headers } },
        (reply) => {
          reply.resume().on('end', () =>
            resolve({
              status: reply.statusCode,
              cookies: reply.headers['set-cookie'] ?? [],
              security: reply.headers['strict-transport-security'],
            }),
          )
        },
      )
      sent.on('error', reject).end(JSON.stringify(input))
    })
  }

  it('people sign up over it, and the cookies are bound to it', async () => {
    const reply = await post('auth.signUp', { email: newEmail(), password })

    expect(reply.status).toBe(200)
    expect(reply.security).toBe('max-age=63072000; includeSubDomains')
    expect(reply.cookies.length).toBeGreaterThanOrEqual(2)
    for (const line of reply.cookies)
      expect(line).toMatch(/^__Host-[a-z]+=[^;]+; .*Path=\/; HttpOnly; Secure; SameSite=/)
  })

  it('what a client says of a proxy changes nothing', async () => {
    const reply = await post('auth.current', undefined, { 'x-forwarded-proto': 'http', 'x-forwarded-for': '10.1.2.3' })

    expect(reply.status).toBe(405)
  })

  /** How a handshake under these conditions ends. */
  function handshake(options: object): Promise<string> {
    const { port } = new URL(server.url)
    return new Promise((resolve) => {
      const socket = connect({ host: 'localhost', port: Number(port), ca: certificate.cert, ...options })
      socket.once('secureConnect', () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
        socket.destroy()
      })
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(`refused: ${error.code}`))
    })
  }

  it('it is TLS 1.3, or 1.2 with forward secrecy', async () => {
    expect(await handshake({})).toMatch(/^TLSv1\.3 TLS_AES/)
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1\.2 ECDHE-ECDSA-(AES|CHACHA).*(GCM|POLY)/)
  })

  it.each<[string, object]>([
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }],
    ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }],
    ['a cipher without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['a finite-field group', { minVersion: 'TLSv1.3', ecdhCurve: 'ffdhe2048' }],
    ['a cipher in CBC mode', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }],
  ])('%s is refused', async (_what, options) => {
    expect(await handshake(options)).toMatch(/^refused: /)
  })

  it('plain http on the same port gets no answer of the application', async () => {
    const reply = await rawRequest(server.url, ['GET /trpc/auth.current HTTP/1.1', 'Host: localhost']).catch(() => '')

    expect(reply).not.toContain('HTTP/1.1 200')
    expect(reply).not.toContain('result')
  })
})

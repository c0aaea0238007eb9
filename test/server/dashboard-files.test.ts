import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compressFiles } from '../../scripts/compress.js'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

const script = `console.log(${JSON.stringify('signed in devices '.repeat(500))})\n`
const page = `<!doctype html><script nonce="__CSP_NONCE__" src="/assets/app-1a2b3c.js"></script>${'<p>devices</p>'.repeat(500)}`

describe('the files of the dashboard', () => {
  let folder: string
  let server: TestServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-dashboard-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), page)
    writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(folder, 'assets/app-1a2b3c.js'), script)
    await compressFiles(folder)
    server = await startTestServer({ dashboardDirectory: folder })
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The reply as it is on the wire: `fetch` would unpack it. */
  function load(path: string, headers: Record<string, string> = {}) {
    return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }>(
      (resolve, reject) => {
        get(`${server.url}${path}`, { headers }, (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('end', () =>
            resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
          )
        }).on('error', reject)
      },
    )
  }

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ])('travel compressed to a browser that takes %s', async (accepted, encoding, unpack) => {
    const { status, headers, body } = await load('/assets/app-1a2b3c.js', { 'accept-encoding': accepted })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': expect.stringContaining('javascript'),
      'content-length': String(body.length),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    })
    expect(headers.vary).toMatch(/\bAccept-Encoding\b/)
    expect(body.length).toBeLessThan(script.length / 10)
    expect(unpack(body).toString()).toBe(script)
  })

  it.each([{}, { 'accept-encoding': 'identity' }, { 'accept-encoding': 'zstd' }])(
    'travel as they are to a caller that says %j',
    async (accepted) => {
      const { headers, body } = await load('/assets/app-1a2b3c.js', accepted)
      expect(headers['content-encoding']).toBeUndefined()
      expect(headers.vary).toMatch(/\bAccept-Encoding\b/)
      expect(body.toString()).toBe(script)
    },
  )

  it('have one tag per encoding, by which a browser asks for news', async () => {
    const br = await load('/assets/app-1a2b3c.js', { 'accept-encoding': 'br' })
    const plain = await load('/assets/app-1a2b3c.js')
    expect(br.headers.etag).not.toBe(plain.headers.etag)
    const again = { 'accept-encoding': 'br', 'if-none-match': String(br.headers.etag) }
    expect((await load('/assets/app-1a2b3c.js', again)).status).toBe(304)
  })

  it('the page says what concerns documents, and data does not', async () => {
    const ofDocuments = {
      'cross-origin-opener-policy': 'same-origin',
      'origin-agent-cluster': '?1',
      'x-dns-prefetch-control': 'off',
      'x-download-options': 'noopen',
      'x-permitted-cross-domain-policies': 'none',
      'x-xss-protection': '0',
    }
    expect((await load('/devices')).headers).toMatchObject(ofDocuments)
    const { headers } = await load('/trpc/auth.current')
    expect(Object.keys(headers).filter((name) => name in ofDocuments)).toEqual([])
  })

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/assets/app-1a2b3c.js', 'application/javascript; charset=utf-8'],
    ['/favicon.svg', 'image/svg+xml; charset=utf-8'],
    ['/nothing.png', 'application/json; charset=utf-8'],
  ])('%s says what it is and in which characters', async (path, type) => {
    expect((await load(path)).headers['content-type']).toBe(type)
    expect((await load(path, { 'accept-encoding': 'br' })).headers['content-type']).toBe(type)
  })

  it('whose names carry no hash are asked for again within the hour', async () => {
    const { headers } = await load('/favicon.svg')
    expect(headers['cache-control']).toBe('public, max-age=3600')
  })

  it.each(['/assets/app-1a2b3c.js.br', '/assets/app-1a2b3c.js.gz', '/assets/app-000000.js'])(
    'do not include %s',
    async (path) => {
      expect((await load(path, { 'accept-encoding': 'br, gzip' })).status).toBe(404)
    },
  )

  it('do not include the page, whose nonce is new each time: it is neither compressed nor kept', async () => {
    const [one, two] = [await load('/', { 'accept-encoding': 'br, gzip' }), await load('/security')]
    for (const { headers } of [one, two]) {
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['content-encoding']).toBeUndefined()
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
    }
    const nonces = [one, two].map(({ headers, body }) => {
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? []
      expect(body.toString()).toBe(page.replace('__CSP_NONCE__', nonce))
      return nonce
    })
    expect(new Set(nonces).size).toBe(2)
  })

  it('do not include answers of the API, which are never compressed', async () => {
    const { browser } = await signedUp(server)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const accepted = { 'accept-encoding': 'br, gzip', cookie }
    for (const path of ['/trpc/auth.current', '/trpc/session.list,account.activity?batch=1&input={"1":{"limit":30}}']) {
      const { status, headers, body } = await load(encodeURI(path), accepted)
      expect(status).toBe(200)
      expect(headers['content-encoding']).toBeUndefined()
      expect(() => JSON.parse(body.toString())).not.toThrow()
    }
  })
})

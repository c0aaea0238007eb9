import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLocationDatabase } from '../../server/session/location.ts'
import { writeLocationFile } from '../harness/location-file.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('where a device is', () => {
  let folder: string
  let server: TestServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-places-'))
    const file = join(folder, 'places.mmdb')
    writeLocationFile(file, 203, { city: 'Berlin', country: 'Germany' })
    const locate = await openLocationDatabase(file)
    server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' }, locate })
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is said from the operator’s own database of places', async () => {
    const { session } = await signedUp(server, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(session.location).toBe('Berlin, Germany')
  })

  it('is left out where that database knows nothing', async () => {
    const { session } = await signedUp(server, { headers: { 'x-forwarded-for': '198.51.100.7' } })
    expect(session.location).toBeNull()
  })

  it('follows the device when its tokens are rotated', async () => {
    const { browser } = await signedUp(server, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    const abroad = server.browser({ headers: { 'x-forwarded-for': '198.51.100.7' } })
    for (const [name, value] of browser.cookies) abroad.cookies.set(name, value)
    abroad.drop('access')
    const [session] = await abroad.api.session.list.query()
    expect(session).toMatchObject({ ipAddress: '198.51.100.7', firstIpAddress: '203.0.113.7', location: null })
  })
})

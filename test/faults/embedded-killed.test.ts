import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startCrowd } from '../harness/crowd.ts'
import { newPerson, ownNetwork, password, patiently, refreshing } from '../harness/fleet.ts'
import { createSpawnedServer, type SpawnedServer } from '../harness/spawned-server.ts'

let server: SpawnedServer
beforeAll(async () => {
  server = await createSpawnedServer({ environment: { TRUSTED_PROXIES: '127.0.0.1' } })
  await server.start()
})
afterAll(() => server?.destroy())

it('the process of an embedded database is killed while it writes: it starts on the same folder, and nothing that was confirmed is lost', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => newPerson(server)))
  const { browser: idle, session: untouched } = await newPerson(server)
  const confirmed: string[] = []

  for (let round = 0; round < 3; round++) {
    const crowd = startCrowd(
      people.map(({ browser }) => browser),
      [server.url],
    )
    let writing = true
    const signUps = (async () => {
      while (writing) {
        const person = await newPerson(server).catch(() => null)
        if (person) confirmed.push(person.email)
        else return
      }
    })()
    await crowd.more(60)

    await server.kill()
    writing = false
    await signUps
    expect(existsSync(join(server.dataDirectory, 'embedded.lock'))).toBe(true)
    await server.start()

    await crowd.more(20)
    expect(await crowd.stop()).toEqual([])
  }

  expect(confirmed.length).toBeGreaterThan(0)
  for (const email of confirmed.slice(-10)) {
    const reply = await server.browser(ownNetwork()).mutate('auth.signIn', { email, password })
    expect(reply.status).toBe(200)
  }
  expect((await patiently(() => refreshing(idle))).status).toBe(200)
  expect((await idle.api.auth.whoami.query()).sessionId).toBe(untouched.id)
  expect(server.lines().filter(({ level }) => level >= 50)).toEqual([])
})

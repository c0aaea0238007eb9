import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listProcedures, type ProcedureDescription } from '../../../server/http/explorer/procedures.ts'
import { router } from '../../../server/rpc/router.ts'
import { signedInAdministrator } from '../../harness/administrator.ts'
import { lastWriteOf, userRow } from '../../harness/rows.ts'
import { type Reply, reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

type Declared = Record<string, { _def: { meta?: { access: string } } } | undefined>
const accessOf = (path: string) => (router._def.procedures as unknown as Declared)[path]?._def.meta?.access

/** Who may call what is in `test/server/access-table.test.ts`; here is what they find who may call, and ask for what is not theirs. */
const guarded = listProcedures().filter(({ path }) => accessOf(path) !== 'public')
/** Procedures whose input names something by its id, and the names of those fields. */
const naming = guarded.map((procedure) => ({ ...procedure, ids: idsOf(procedure) })).filter(({ ids }) => ids.length > 0)

type Property = { type?: string; format?: string; default?: unknown; minLength?: number }

function propertiesOf({ input }: ProcedureDescription): { required: string[]; properties: Record<string, Property> } {
  const { required = [], properties = {} } = (
    input ? z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) : {}
  ) as { required?: string[]; properties?: Record<string, Property> }
  return { required, properties }
}

function idsOf(procedure: ProcedureDescription): string[] {
  const { properties } = propertiesOf(procedure)
  return Object.keys(properties).filter((name) => properties[name]?.format === 'uuid' && name !== 'after')
}

/** An input that is acceptable by its shape and names `id`. */
function inputNaming(procedure: ProcedureDescription, id: string): Record<string, unknown> {
  const { required, properties } = propertiesOf(procedure)
  return Object.fromEntries(
    [...new Set([...required, ...idsOf(procedure)])].map((name) => [
      name,
      properties[name]?.format === 'uuid' ? id : properties[name]?.type === 'integer' ? 1 : 'Somebody else’s',
    ]),
  )
}

let server: TestServer
let victim: Awaited<ReturnType<typeof signedUp>>
let victimsAccount: { id: string; keyId: string }
beforeAll(async () => {
  server = await startTestServer()
  victim = await signedUp(server)
  const administrator = await signedInAdministrator(server)
  const { account } = await administrator.browser.api.service.create.mutate({ name: 'Orders', scopes: ['orders:read'] })
  victimsAccount = { id: account.id, keyId: account.keys[0]?.id ?? '' }
})
afterAll(() => server.close())

function call(browser: TestBrowser, { path, type }: ProcedureDescription, input: unknown): Promise<Reply> {
  return type === 'mutation' ? browser.mutate(path, input) : browser.query(path, input)
}

/** The reason of a refusal, in JSON or as the event of a stream. */
const reasonIn = (reply: Reply) => reasonOf(reply) ?? /"reason":"(\w+)"/.exec(String(reply.body))?.[1]

describe('somebody else', () => {
  it('there are procedures that name things by id', () => {
    expect(naming.map(({ path }) => path)).toEqual(expect.arrayContaining(['session.revoke', 'service.remove']))
  })

  it.each(naming.map((procedure) => [procedure.path, procedure] as const))(
    '%s finds nothing of another person’s, whatever kind of id it is given',
    async (_path, procedure) => {
      const stranger = await signedUp(server)
      const before = [await lastWriteOf(server, victim.session.id), await userRow(server, victim.user.id)]

      for (const id of [victim.session.id, victim.user.id, victimsAccount.id, victimsAccount.keyId]) {
        const reply = await call(stranger.browser, procedure, inputNaming(procedure, id))

        expect([reply.status, reasonIn(reply)]).toEqual([404, 'NOT_FOUND'])
      }
      expect([await lastWriteOf(server, victim.session.id), await userRow(server, victim.user.id)]).toEqual(before)
    },
  )
})

it('a key of a service opens nothing that is for people', async () => {
  const { browser } = await signedInAdministrator(server)
  const { account, key } = await browser.api.service.create.mutate({ name: 'Stock', scopes: ['stock:read'] })
  const exchanged = await server.browser().send('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: account.id,
      client_secret: key,
    }).toString(),
  })
  const { access_token: token } = exchanged.body as { access_token: string }
  const program = server.browser({ headers: { authorization: `Bearer ${token}` } })

  for (const procedure of guarded) {
    const reply = await call(program, procedure, inputNaming(procedure, victim.session.id))

    expect([procedure.path, reasonIn(reply)]).toEqual([
      procedure.path,
      expect.stringMatching(procedure.path.startsWith('admin.') ? /^(NOT_ALLOWED|NOT_FOUND)$/ : /^NOT_ALLOWED$/),
    ])
  }
})

it('a role that somebody gives themselves in a token or in an input is not theirs', async () => {
  const { browser, user } = await signedUp(server)
  const { role } = await browser.api.auth.whoami.query()
  const renamed = await browser.mutate('account.rename', { name: 'Eve', role: 'admin' })

  expect(role).toBe('user')
  expect(reasonOf(renamed)).toBe('INVALID_INPUT')
  expect((await userRow(server, user.id)).role).toBe('user')
  expect(reasonOf(await browser.mutate('service.create', { name: 'Mine', scopes: ['a:b'] }))).toMatch(
    /NOT_ALLOWED|NOT_FOUND/,
  )
})

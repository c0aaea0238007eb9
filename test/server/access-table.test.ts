import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { router } from '../../server/rpc/router.ts'
import { signedInAdministrator, signedInAs } from '../harness/administrator.ts'
import { type Reply, reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

type Declared = { _def: { type: 'query' | 'mutation' | 'subscription'; meta?: { access: string } } }
const procedures = router._def.procedures as unknown as Record<string, Declared>

/** Who may call what. Whoever adds a procedure says it here as well, so that none is open by accident. */
const table: Record<string, string> = {
  'auth.confirmSignUp': 'public',
  'auth.requestPasswordReset': 'public',
  'auth.resetPassword': 'public',
  'auth.confirmEmail': 'public',
  'auth.passwordStrength': 'public',
  'auth.signUp': 'public',
  'auth.signIn': 'public',
  'auth.secondFactor': 'public',
  'auth.passkeyOptions': 'public',
  'auth.signInWithPasskey': 'public',
  'auth.current': 'public',
  'auth.whoami': 'session',
  'auth.refresh': 'session',
  'auth.signOut': 'public',
  'session.list': 'session',
  'session.count': 'session',
  'session.ended': 'session',
  'session.rename': 'session',
  'session.revoke': 'session',
  'session.revokeOthers': 'session',
  'session.revokeAll': 'fresh',
  'session.watch': 'session',
  'account.activity': 'session',
  'account.exportActivity': 'session',
  'account.activityByDay': 'session',
  'account.credentials': 'session',
  'account.beginAuthenticatorApp': 'fresh',
  'account.confirmAuthenticatorApp': 'fresh',
  'account.removeAuthenticatorApp': 'fresh',
  'account.replaceRecoveryCodes': 'fresh',
  'account.beginPasskey': 'fresh',
  'account.addPasskey': 'fresh',
  'account.renamePasskey': 'session',
  'account.removePasskey': 'fresh',
  'account.policies': 'session',
  'account.becomeFirstAdministrator': 'session',
  'account.reauthenticate': 'session',
  'account.changePassword': 'fresh',
  'account.rename': 'session',
  'account.sendConfirmation': 'session',
  'account.changeEmail': 'fresh',
  'account.delete': 'fresh',
  'token.issue': 'public',
  'token.refresh': 'public',
  'token.revoke': 'public',
  'revocation.feed': 'policy:revocations:read',
  'service.list': 'session',
  'service.create': 'fresh',
  'service.addKey': 'fresh',
  'service.revokeKey': 'session',
  'service.remove': 'session',
  'admin.overview': 'policy:overview:read',
  'admin.series': 'policy:overview:read',
  'admin.audit': 'policy:audit:read',
  'admin.users': 'policy:users:read',
  'admin.user': 'policy:users:read',
  'admin.userActivity': 'policy:users:read',
  'admin.suspendUser': 'policy:users:suspend fresh',
  'admin.restoreUser': 'policy:users:suspend fresh',
  'admin.changeRole': 'policy:users:role fresh',
  'admin.resetSecondFactors': 'policy:users:reset-second-factor fresh',
  'admin.sendPasswordReset': 'policy:users:send-reset fresh',
  'admin.liftLimits': 'policy:users:lift-limits fresh',
  'admin.signOutUser': 'policy:sessions:revoke-any fresh',
  'admin.sessions': 'policy:sessions:read-any',
  'admin.countSessions': 'policy:sessions:revoke-any',
  'admin.revokeSession': 'policy:sessions:revoke-any fresh',
  'admin.revokeSessions': 'policy:sessions:revoke-any fresh',
  'admin.signingKeys': 'policy:keys:manage',
  'admin.rotateSigningKeys': 'policy:keys:manage fresh',
  'admin.revokeSigningKey': 'policy:keys:manage fresh',
}

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const policies = Object.entries(table).filter(([path, access]) => path.startsWith('admin.') && access !== 'public')
const call = (browser: TestBrowser, path: string): Promise<Reply> =>
  procedures[path]?._def.type === 'mutation' ? browser.mutate(path, {}) : browser.query(path)

describe('every procedure', () => {
  it('says who may call it, as it stands in the table', () => {
    const declared = Object.fromEntries(Object.entries(procedures).map(([path, { _def }]) => [path, _def.meta?.access]))
    expect(declared).toEqual(table)
  })

  it('that is not public refuses whoever is not signed in', async () => {
    for (const [path, access] of Object.entries(table)) {
      if (access === 'public' || procedures[path]?._def.type === 'subscription') continue
      const reply = await call(server.browser(), path)
      expect([path, reply.status, reasonOf(reply)]).toEqual([path, 401, 'NOT_SIGNED_IN'])
    }
  })
})

describe('what is for administrators', () => {
  it('is not there for a user, whatever they send', async () => {
    const { browser } = await signedUp(server)
    for (const [path] of policies) {
      const reply = await call(browser, path)
      expect([path, reply.status, reasonOf(reply)]).toEqual([path, 404, 'NOT_FOUND'])
    }
    expect(await browser.api.account.policies.query()).toEqual([])
  })

  it('is there for support as far as its policies go', async () => {
    const { browser } = await signedInAs(server, 'support')
    const mine = await browser.api.account.policies.query()
    expect(mine).toEqual([
      'overview:read',
      'users:read',
      'users:suspend',
      'users:send-reset',
      'users:lift-limits',
      'sessions:read-any',
      'sessions:revoke-any',
    ])
    for (const [path, access] of policies) {
      const policy = access.replace('policy:', '').replace(' fresh', '')
      const hidden = (await call(browser, path)).status === 404
      expect([path, hidden]).toEqual([path, !mine.some((name) => name === policy)])
    }
  })

  it('is not there for a role that this release does not know', async () => {
    const { browser } = await signedInAs(server, 'auditor')
    expect(await refused(browser, 'admin.users')).toBe('NOT_FOUND')
  })

  it('asks an administrator to prove who they are before every act, and not before looking', async () => {
    const { browser } = await signedInAdministrator(server)
    server.clock.advance(minutes(11))
    for (const [path, access] of policies) {
      const reply = await call(browser, path)
      expect([path, reasonOf(reply) === 'REAUTHENTICATION_REQUIRED']).toEqual([path, access.endsWith('fresh')])
    }
  })

  it('is not there for a program in its own name', async () => {
    const { browser } = await signedInAdministrator(server)
    const created = await browser.api.service.create.mutate({ name: 'Report', scopes: ['users:read'] })
    const exchanged = await server.browser({ origin: null }).send('/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=${created.account.id}&client_secret=${created.key}`,
    })
    const { access_token: token } = exchanged.body as { access_token: string }
    const program = server.browser({ headers: { authorization: `Bearer ${token}` } })
    expect(await refused(program, 'admin.users')).toBe('NOT_FOUND')
  })
})

async function refused(browser: TestBrowser, path: string) {
  return reasonOf(await browser.query(path))
}

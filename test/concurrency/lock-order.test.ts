import { expect, it } from 'vitest'
import { holdLock } from '../harness/held-lock.ts'
import { sessionRow } from '../harness/rows.ts'
import { signedIn, signedUp, startTestServer } from '../harness/test-server.ts'

it('signing out on one device and signing out all others from another do not deadlock', async () => {
  const server = await startTestServer()
  const phone = await signedUp(server)
  const laptop = await signedIn(server, phone.email)
  const held = await holdLock(server.testDatabase.url ?? '', 'lock table security_events in exclusive mode')

  // The phone's session is written, and its event waits; the laptop waits for the phone's session.
  const signedOut = phone.browser.api.auth.signOut.mutate()
  await held.waiting(1)
  const revoked = laptop.browser.api.session.revokeOthers.mutate()
  await held.waiting(2)
  await held.release()

  expect(await signedOut).toEqual({ signedOut: true })
  expect(await revoked).toEqual({ revokedCount: 0 })
  expect((await sessionRow(server, phone.session.id)).revokedReason).toBe('signed_out')
  await server.close()
})

it('signing out all others ends a sign-in that was under way', async () => {
  const server = await startTestServer()
  const laptop = await signedUp(server)
  const held = await holdLock(server.testDatabase.url ?? '', 'lock table security_events in exclusive mode')

  // The stranger's session is written, and not committed before its event is.
  const underWay = signedIn(server, laptop.email)
  await held.waiting(1)
  const revoked = laptop.browser.api.session.revokeOthers.mutate()
  await held.waiting(2)
  await held.release()

  const stranger = await underWay
  expect(await revoked).toEqual({ revokedCount: 1 })
  expect((await sessionRow(server, stranger.session.id)).revokedReason).toBe('revoked_others')
  await server.close()
})

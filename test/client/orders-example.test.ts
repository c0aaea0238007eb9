import { createTRPCClient, httpLink, type TRPCClientError } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier } from '../../client/index.ts'
import { createTestIssuer, type SessionClaims, type TestIssuer } from '../../client/testing/index.ts'
import type { OrdersRouter } from '../../examples/orders/router.ts'
import { buildOrdersService } from '../../examples/orders/service.ts'

/** Tested as any service that trusts Latchkey can be: with the issuer of the client's `testing`. */
describe('the orders example', () => {
  let issuer: TestIssuer
  let service: Awaited<ReturnType<typeof buildOrdersService>>
  let url: string
  beforeAll(async () => {
    issuer = await createTestIssuer()
    const revocation = { serviceKey: issuer.serviceKey, whenStale: 'refuse' } as const
    service = await buildOrdersService(createVerifier({ ...issuer, revocation }))
    url = await service.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await service.close()
    await issuer.close()
  })

  const withToken = (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return createTRPCClient<OrdersRouter>({ links: [httpLink({ url: `${url}/trpc`, headers })] })
  }
  const as = async (claims: SessionClaims) => withToken(await issuer.token(claims))

  async function reason(call: Promise<unknown>): Promise<string> {
    try {
      await call
    } catch (error) {
      return (error as TRPCClientError<OrdersRouter>).data?.reason ?? 'none'
    }
    throw new Error('The call was expected to be refused')
  }

  it('shows and cancels your own order, and hides it from others', async () => {
    const [ada, ben] = [await as({ userId: 'ada' }), await as({ userId: 'ben' })]
    const { id: orderId } = await ada.place.mutate({ item: 'umbrella' })
    expect(await ada.get.query({ orderId })).toMatchObject({ item: 'umbrella', status: 'placed' })
    expect(await reason(ben.get.query({ orderId }))).toBe('NOT_FOUND')
    expect(await reason(ben.cancel.mutate({ orderId }))).toBe('NOT_FOUND')
    expect(await ada.cancel.mutate({ orderId })).toMatchObject({ status: 'cancelled' })
  })

  it('lets whom CanManageOrders names see and cancel everything: roles of people, scopes of programs', async () => {
    const { id: orderId } = await (await as({ userId: 'ada' })).place.mutate({ item: 'boots' })
    expect(await (await as({ role: 'support' })).everybodys.query()).toContainEqual(
      expect.objectContaining({ id: orderId }),
    )
    const program = withToken(await issuer.serviceToken({ scopes: ['orders:manage'] }))
    expect(await program.cancel.mutate({ orderId })).toMatchObject({ status: 'cancelled' })

    expect(await reason((await as({ role: 'user' })).everybodys.query())).toBe('NOT_ALLOWED')
    const weaker = withToken(await issuer.serviceToken({ scopes: ['orders:read'] }))
    expect(await reason(weaker.everybodys.query())).toBe('NOT_ALLOWED')
  })

  it('refuses whoever is not, or no longer, signed in', async () => {
    const token = await issuer.token()
    expect(await withToken(token).mine.query()).toEqual([])
    issuer.revoke(token)
    await expect
      .poll(() =>
        withToken(token)
          .mine.query()
          .catch((error) => error.data.reason),
      )
      .toBe('SESSION_REVOKED')
    expect(await reason(withToken(await issuer.tamperedToken()).mine.query())).toBe('NOT_SIGNED_IN')
    expect(await reason(withToken(await issuer.expiredToken()).mine.query())).toBe('NOT_SIGNED_IN')
  })
})

import type { SessionClient } from '@latchkey/client'
import { createTRPCClient, httpLink } from '@trpc/client'
import type { OrdersRouter } from '../orders/router.ts'

type Environment = { latchkey: SessionClient; ordersUrl: string; print(line: string): void }

/** Another service, called with an access token of Latchkey. */
function ordersClient({ latchkey, ordersUrl }: Environment) {
  const headers = async () => ({ authorization: `Bearer ${await latchkey.accessToken()}` })
  return createTRPCClient<OrdersRouter>({ links: [httpLink({ url: `${ordersUrl}/trpc`, headers })] })
}

/** What this program can do, by the first word of the command. */
export const commands: Record<string, (environment: Environment, argument: string) => Promise<void>> = {
  async devices({ latchkey, print }) {
    for (const { id, current, name, device, lastActiveAt } of await latchkey.api.session.list.query())
      print(`${current ? '*' : ' '} ${id}  ${lastActiveAt}  ${name ?? device.browser ?? device.kind}`)
  },

  async 'sign-out-device'({ latchkey, print }, sessionId) {
    await latchkey.api.session.revoke.mutate({ sessionId })
    print('Signed out.')
  },

  async 'sign-out'({ latchkey, print }) {
    await latchkey.signOut()
    print('Signed out here.')
  },

  async order(environment, item) {
    const { id } = await ordersClient(environment).place.mutate({ item })
    environment.print(`Ordered ${item}: ${id}`)
  },

  async orders(environment) {
    for (const { id, item, status } of await ordersClient(environment).mine.query())
      environment.print(`${id}  ${status}  ${item}`)
  },

  watch: ({ latchkey, print }) =>
    new Promise((_resolve, reject) => {
      latchkey.api.session.watch.subscribe(undefined, {
        onData({ data }) {
          if (data.kind !== 'watching') print(`${data.kind}  ${data.session.id}  ${data.session.name ?? ''}`)
        },
        onError: reject,
      })
    }),
}

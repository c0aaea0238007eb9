import { randomUUID } from 'node:crypto'

export type Order = { id: string; userId: string; item: string; status: 'placed' | 'cancelled' }

/** The orders of everybody; in memory, since this is an example. */
export type OrderBook = {
  place(userId: string, item: string): Order
  find(id: string): Order | null
  of(userId: string): Order[]
  all(): Order[]
  cancel(order: Order): Order
}

export function createOrderBook(): OrderBook {
  const orders = new Map<string, Order>()
  function keep(order: Order): Order {
    orders.set(order.id, order)
    return order
  }
  return {
    place: (userId, item) => keep({ id: randomUUID(), userId, item, status: 'placed' }),
    find: (id) => orders.get(id) ?? null,
    of: (userId) => [...orders.values()].filter((order) => order.userId === userId),
    all: () => [...orders.values()],
    cancel: (order) => keep({ ...order, status: 'cancelled' }),
  }
}

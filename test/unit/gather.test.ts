import { expect, it } from 'vitest'
import { createGathering } from '../../server/http/gather.ts'

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

it('replies that are ready in one turn of the event loop leave together, at its end and in their order', async () => {
  const { ready } = createGathering()
  const left: number[] = []
  for (let at = 0; at < 3; at++) void ready().then(() => left.push(at))

  await Promise.resolve()
  expect(left).toEqual([])

  await nextTurn()
  expect(left).toEqual([0, 1, 2])
})

it('when many are ready, the first are not held back by the work on the others', async () => {
  const { ready } = createGathering()
  const left: number[] = []
  for (let at = 0; at < 70; at++) void ready().then(() => left.push(at))

  await Promise.resolve()
  expect(left).toEqual(Array.from({ length: 64 }, (_, at) => at))

  await nextTurn()
  expect(left).toHaveLength(70)
})

it('nor by many requests that have only just begun', async () => {
  const { ready, begin } = createGathering()
  for (let at = 0; at < 500; at++) begin()
  let hasLeft = false
  void ready().then(() => {
    hasLeft = true
  })
  for (let at = 0; at < 31; at++) begin()
  await Promise.resolve()
  expect(hasLeft).toBe(false)

  begin()
  await Promise.resolve()
  expect(hasLeft).toBe(true)
})

it('whoever is ready later waits for the end of a turn again', async () => {
  const { ready } = createGathering()
  await ready()

  let hasLeft = false
  void ready().then(() => {
    hasLeft = true
  })
  await Promise.resolve()
  expect(hasLeft).toBe(false)
  await nextTurn()
  expect(hasLeft).toBe(true)
})

import { expect, it } from 'vitest'
import { createTurns } from '../../server/http/turns.ts'

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

it('many that come at once go on a few in each turn of the event loop, in their order', async () => {
  const turn = createTurns()
  const gone: number[] = []
  for (let at = 0; at < 20; at++) turn(() => gone.push(at))

  const after: number[] = [gone.length]
  while (gone.length < 20) {
    await nextTurn()
    after.push(gone.length)
  }
  expect(after).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
  expect(gone).toEqual(Array.from({ length: 20 }, (_, at) => at))
})

it('whoever comes later stands behind those who wait, and alone waits for nothing', async () => {
  const turn = createTurns()
  const gone: string[] = []
  for (let at = 0; at < 3; at++) turn(() => gone.push('early'))
  turn(() => gone.push('late'))
  expect(gone).not.toContain('late')
  await nextTurn()
  expect(gone.at(-1)).toBe('late')

  await nextTurn()
  await nextTurn()
  turn(() => gone.push('alone'))
  expect(gone.at(-1)).toBe('alone')
})

import { expect, it } from 'vitest'
import { createAdmission } from '../../server/rpc/admission.ts'

/** Work that lasts until it is told to end. */
function work() {
  let end = (): void => {}
  let begun = false
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const run = async () => {
    begun = true
    await ended
  }
  return { run, end, hasBegun: () => begun }
}

const nameOf = (running: Promise<unknown>) => running.then(() => 'done').catch((error: Error) => error.name)

it('a few begin, two hundred wait, and whoever comes then is turned away without having begun', async () => {
  const admission = createAdmission()
  const works = Array.from({ length: 205 }, work)
  const outcomes = works.map(({ run }) => nameOf(admission.run(run)))

  expect(await outcomes.at(-1)).toBe('Busy')
  expect(works.filter(({ hasBegun }) => hasBegun())).toHaveLength(4)
  expect(admission.pending()).toBe(204)
  for (const { end } of works) end()
  expect((await Promise.all(outcomes)).filter((name) => name === 'done')).toHaveLength(204)
  expect(admission.pending()).toBe(0)
})

it('at the end what has begun is finished, and whoever waits is turned away', async () => {
  const admission = createAdmission()
  const works = Array.from({ length: 6 }, work)
  const outcomes = works.map(({ run }) => nameOf(admission.run(run)))
  await new Promise((resolve) => setImmediate(resolve))

  let closed = false
  const closing = admission.close().then(() => {
    closed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(closed).toBe(false)
  for (const { end } of works) end()
  await closing

  expect(await Promise.all(outcomes)).toEqual(['done', 'done', 'done', 'done', 'Busy', 'Busy'])
  expect(await nameOf(admission.run(async () => {}))).toBe('Busy')
})

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { useCountdown } from '../../web/form/countdown.ts'
import { FailureAlert } from '../../web/form/failure-alert.tsx'
import { RelativeTime } from '../../web/shell/relative-time.tsx'
import { render } from './render.tsx'

const noon = new Date('2026-10-03T12:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: noon, toFake: ['Date', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000)

function Refused() {
  const failure = { reason: 'TOO_MANY_ATTEMPTS', requestId: null, fields: {}, retryAfterSeconds: 120 }
  const { secondsLeft, startFrom } = useCountdown()
  return (
    <>
      <button type="button" onClick={() => startFrom(failure)}>
        Refuse
      </button>
      <FailureAlert failure={failure} secondsLeft={secondsLeft} />
    </>
  )
}

it('a pause is counted down in minutes, then in seconds, and then it is over', async () => {
  render(<Refused />)
  await page.getByRole('button').click()
  const timer = page.getByRole('timer')
  await expect.element(timer).toHaveTextContent('Too many attempts. Try again in 2 minutes.')
  pass(75)
  await expect.element(timer).toHaveTextContent('Too many attempts. Try again in 45 seconds.')
  pass(44)
  await expect.element(timer).toHaveTextContent('Too many attempts. Try again in 1 second.')
  pass(2)
  await expect.element(timer).toHaveTextContent('You can try again now.')
  // A screen reader hears it once, not on every tick.
  await expect.element(timer).toHaveAttribute('aria-live', 'off')
})

it('how long ago something was keeps up with the clock, next to the exact moment', async () => {
  render(<RelativeTime iso={noon.toISOString()} sentence={(when) => `Last active ${when}`} />)
  const time = page.getByRole('time')
  await expect.element(time).toHaveTextContent('Last active just now')
  pass(3 * 60)
  await expect.element(time).toHaveTextContent('Last active 3 minutes ago')
  pass(3 * 3600)
  await expect.element(time).toHaveTextContent('Last active 3 hours ago')
  await expect.element(time).toHaveAttribute('datetime', '2026-10-03T12:00:00.000Z')
  await expect.element(time).toHaveAttribute('title', expect.stringMatching(/2026.*(GMT|UTC|CES?T)/))
})

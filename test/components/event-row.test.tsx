import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { EventRow } from '../../web/pages/activity/event-row.tsx'
import { render } from './render.tsx'

const event = { id: '1', sessionId: null, createdAt: '2026-10-03T12:00:00Z', ipAddress: '203.0.113.7' }

it.each([
  ['voice_print_added', null, 'Voice print added'],
  ['SESSION.MOVED-elsewhere', 'who_knows', 'Session moved elsewhere'],
  ['', null, 'Something happened on your account'],
])('an event of the unknown kind %j is told in plain words', async (kind, reason, sentence) => {
  render(
    <ul>
      <EventRow event={{ ...event, kind, reason, device: null }} subject={null} here={false} />
    </ul>,
  )
  await expect.element(page.getByText(sentence, { exact: true })).toBeVisible()
  await expect.element(page.getByText('203.0.113.7')).toBeVisible()
})

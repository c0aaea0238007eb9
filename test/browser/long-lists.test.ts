import { readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { expect, test } from './latchkey.ts'

/** Three hundred devices, a minute apart, and ten thousand events in the last three weeks, one in ten a failure. */
const history = `
  with one as (select * from sessions where user_id = (select id from users where email = '%')),
  opened as (
    insert into sessions
    select (jsonb_populate_record(null::sessions, to_jsonb(one) || jsonb_build_object(
      'id', gen_random_uuid(), 'name', 'Device ' || n, 'device_kind', 'desktop', 'browser', 'Firefox', 'os', 'Linux',
      'revoked_at', null, 'revoked_reason', null, 'last_active_at', now() - n * interval '1 minute'))).*
    from one, generate_series(1, 300) n
  )
  insert into security_events (user_id, kind, device, ip_address, created_at)
  select user_id, case when n % 10 = 0 then 'sign_in_failed' else 'signed_in' end, 'Firefox on Linux', '203.0.113.7',
    now() - n * interval '3 minutes'
  from one, generate_series(10000, 1, -1) n`

test('three hundred devices and ten thousand events come in pages, and quickly', async ({ person, server }) => {
  test.setTimeout(90_000)
  await server.stop()
  const database = await PGlite.create(server.database)
  await database.exec(history.replace('%', person.email))
  await database.close()
  await server.start()
  const page = await person.device()
  const main = page.getByRole('main')

  await expect(main.getByText('301 devices')).toBeVisible()
  await expect(main.getByRole('listitem')).toHaveCount(19)
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(main.getByRole('listitem')).toHaveCount(39)
  await expect(main.getByText('40 of 301 shown.')).toBeVisible()
  await expect(main.getByRole('heading', { name: /^Device 39\b/ })).toBeVisible()

  const begun = Date.now()
  await page.getByRole('link', { name: 'Activity' }).click()
  await expect(main.getByRole('img', { name: /and 1,000 failed attempts/ })).toBeVisible()
  await expect(main.getByText('30 events shown.')).toBeVisible()
  expect(Date.now() - begun).toBeLessThan(3_000)

  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV' }).click()
  const lines = (await readFile(await (await saved).path(), 'utf8')).split('\r\n')
  expect(lines).toHaveLength(10_002)
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(2_000)
})

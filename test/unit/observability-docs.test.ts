import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createMetrics } from '../../server/metrics.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/observability.md'), 'utf8')

const sources = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'server', name), 'utf8'))

it('every event that is logged stands in the table of events, and no other does', () => {
  const logged = sources.flatMap((text) => [...text.matchAll(/\bevent: '(\w+)'/g)].map(([, event = '']) => event))
  const table = page.slice(page.indexOf('| event |'), page.indexOf('Alert on level'))
  const described = [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, event = '']) => event),
  )

  expect(logged.length).toBeGreaterThan(20)
  expect([...new Set(described)].sort()).toEqual([...new Set(logged)].sort())
})

it('every metric stands in the table of metrics', async () => {
  const counted = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name)
  const read = sources.flatMap((text) => [...text.matchAll(/^ {4}(latchkey_\w+): \{/gm)].map(([, name = '']) => name))
  const written = page.replaceAll(
    '`latchkey_pool_connections_open`, `_idle`',
    '`latchkey_pool_connections_open` `latchkey_pool_connections_idle`',
  )

  expect(read.length).toBeGreaterThan(5)
  for (const name of [...counted, ...read]) expect(written, name).toContain(`\`${name}\``)
})

import type { TestInstance } from './test-server.ts'

/** Where an instance serves its metrics, as its log says. */
export function metricsUrl({ logs }: Pick<TestInstance, 'logs'>): string {
  const line = logs.find(({ event }) => event === 'metrics_listening')
  if (typeof line?.url !== 'string') throw new Error('This instance serves no metrics')
  return line.url
}

/** The samples of an instance by name and labels, as they stand in the exposition: `latchkey_refreshes_total{outcome="rotated"}`. */
export async function scrape(instance: Pick<TestInstance, 'logs'>): Promise<Map<string, number>> {
  const text = await (await fetch(metricsUrl(instance))).text()
  const samples = text.split('\n').filter((line) => line && !line.startsWith('#'))
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** What has been counted since `before`: the samples that grew, by how much. */
export async function grownSince(
  instance: Pick<TestInstance, 'logs'>,
  before: ReadonlyMap<string, number>,
): Promise<Record<string, number>> {
  const now = await scrape(instance)
  const grown = [...now].map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)])
  return Object.fromEntries(grown.filter(([name, by]) => /^latchkey_\w+_total/.test(name) && by > 0))
}

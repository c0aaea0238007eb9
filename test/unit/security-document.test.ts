import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const document = readFileSync(new URL('docs/security.md', root), 'utf8')
const rows = [...document.matchAll(/^\| (\d+\.\d+\.\d+(?:–[\d.]+)?) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, requirement = '', , status = '', evidence = '']) => ({ requirement, status, evidence }),
)

/** `6.2.6–6.2.7` as the single ones that it stands for. */
function each(range: string): string[] {
  const [from = '', to = from] = range.split('–')
  const section = from.slice(0, from.lastIndexOf('.'))
  const [first, last] = [from, to].map((name) => Number(name.slice(name.lastIndexOf('.') + 1)))
  return Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, at) => `${section}.${(first ?? 0) + at}`)
}

/** What a session service cannot leave unanswered. */
const required = `2.4.1 3.3.1–3.3.4 3.4.1–3.4.8 3.5.1–3.5.3 4.1.1–4.1.3 6.1.1 6.2.1–6.2.12 6.3.1–6.3.8 6.4.1–6.4.3 7.1.1–7.1.2 7.2.1–7.2.4 7.3.1–7.3.2
  7.4.1–7.4.5 7.5.1–7.5.3 8.2.1–8.2.3 8.3.1–8.3.2 9.1.1–9.1.3 9.2.1–9.2.4 10.4.5 10.4.8–10.4.9 11.2.1–11.2.4 11.3.1–11.3.3 11.4.1–11.4.4 11.5.1 11.6.1 12.2.1 12.3.1
  13.3.1 13.4.2 13.4.5 14.2.1 14.3.1–14.3.3 15.1.3 15.2.2 15.3.1–15.3.7 15.4.1–15.4.3 16.1.1 16.2.1–16.2.5 16.3.1–16.3.4 16.4.1–16.4.3 16.5.1–16.5.4`

describe('docs/security.md', () => {
  it('names no file that does not exist', () => {
    const named = [...document.matchAll(/`((?:test|scripts|server|\.ci)\/[\w./-]+)`/g)].map(([, path = '']) => path)
    const linked = [...document.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, path = '']) => `docs/${path}`)

    expect(named.length).toBeGreaterThan(100)
    expect([...named, ...linked].filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual([])
  })

  it('answers every requirement that shapes this service', () => {
    const answered = new Set(rows.flatMap(({ requirement }) => each(requirement)))

    expect(
      required
        .split(/\s+/)
        .flatMap(each)
        .filter((name) => !answered.has(name)),
    ).toEqual([])
  })

  it('says of each that it is met and by which test, not applicable, or deviating and why', () => {
    for (const { requirement, status, evidence } of rows) {
      expect([requirement, status]).toEqual([requirement, expect.stringMatching(/^(met|not applicable|deviating)$/)])
      expect([requirement, evidence.length > 8]).toEqual([requirement, true])
    }
  })
})

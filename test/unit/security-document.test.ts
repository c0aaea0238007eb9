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

/** Every requirement of levels 1 and 2 of version 5.0.0. */
const firstTwoLevels = `1.1.1–1.1.2 1.2.1–1.2.9 1.3.1–1.3.11 1.4.1–1.4.3 1.5.1–1.5.2 2.1.1–2.1.3 2.2.1–2.2.3 2.3.1–2.3.4 2.4.1 3.2.1–3.2.2 3.3.1–3.3.4 3.4.1–3.4.6
  3.5.1–3.5.5 3.7.1–3.7.2 4.1.1–4.1.3 4.2.1 4.3.1–4.3.2 4.4.1–4.4.4 5.1.1 5.2.1–5.2.3 5.3.1–5.3.2 5.4.1–5.4.3 6.1.1–6.1.3 6.2.1–6.2.12 6.3.1–6.3.4 6.4.1–6.4.4 6.5.1–6.5.5
  6.6.1–6.6.3 6.8.1–6.8.4 7.1.1–7.1.3 7.2.1–7.2.4 7.3.1–7.3.2 7.4.1–7.4.5 7.5.1–7.5.2 7.6.1–7.6.2 8.1.1–8.1.2 8.2.1–8.2.3 8.3.1 8.4.1 9.1.1–9.1.3 9.2.1–9.2.4
  10.1.1–10.1.2 10.2.1–10.2.2 10.3.1–10.3.4 10.4.1–10.4.11 10.5.1–10.5.5 10.6.1–10.6.2 10.7.1–10.7.3 11.1.1–11.1.2 11.2.1–11.2.3 11.3.1–11.3.3 11.4.1–11.4.4 11.5.1
  11.6.1 12.1.1–12.1.3 12.2.1–12.2.2 12.3.1–12.3.4 13.1.1 13.2.1–13.2.5 13.3.1–13.3.2 13.4.1–13.4.5 14.1.1–14.1.2 14.2.1–14.2.4 14.3.1–14.3.3 15.1.1–15.1.3 15.2.1–15.2.3
  15.3.1–15.3.7 16.1.1 16.2.1–16.2.5 16.3.1–16.3.4 16.4.1–16.4.3 16.5.1–16.5.3 17.1.1 17.2.1–17.2.4 17.3.1–17.3.2`

/** Those of level 3 on authentication, sessions and tokens. */
const thirdLevel = '6.3.5–6.3.8 6.4.5–6.4.6 6.5.6–6.5.8 6.6.4 6.7.1–6.7.2 7.5.3'

/** What a session service cannot leave unanswered, whatever its level. */
const shaping = `2.4.1 3.3.1–3.3.4 3.4.1–3.4.8 3.5.1–3.5.3 4.1.1–4.1.3 6.1.1 6.2.1–6.2.12 6.3.1–6.3.8 6.4.1–6.4.3 7.1.1–7.1.2 7.2.1–7.2.4 7.3.1–7.3.2
  7.4.1–7.4.5 7.5.1–7.5.3 8.2.1–8.2.3 8.3.1–8.3.2 9.1.1–9.1.3 9.2.1–9.2.4 10.4.5 10.4.8–10.4.9 11.2.1–11.2.4 11.3.1–11.3.3 11.4.1–11.4.4 11.5.1 11.6.1 12.2.1 12.3.1
  13.3.1 13.4.2 13.4.5 14.2.1 14.3.1–14.3.3 15.1.3 15.2.2 15.3.1–15.3.7 15.4.1–15.4.3 16.1.1 16.2.1–16.2.5 16.3.1–16.3.4 16.4.1–16.4.3 16.5.1–16.5.4`

const numbersOf = (text: string) => text.split(/\s+/).flatMap(each)
const named = (text: string) =>
  [...text.matchAll(/`((?:test|scripts|server|\.ci)\/[\w./-]+)`/g)].map(([, path = '']) => path)

describe('docs/security.md', () => {
  it('names no file that does not exist', () => {
    const linked = [...document.matchAll(/\]\(([\w./-]+\.md)(?:#[\w-]+)?\)/g)].map(([, path = '']) => `docs/${path}`)

    expect(named(document).length).toBeGreaterThan(200)
    expect(linked.length).toBeGreaterThan(10)
    expect([...named(document), ...linked].filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual(
      [],
    )
  })

  it('links to no heading that does not exist', () => {
    const links = [...document.matchAll(/\]\(([\w./-]+\.md)#([\w-]+)\)/g)].map(([, path = '', heading = '']) => ({
      path,
      heading,
    }))
    const headingsOf = (path: string) =>
      [...readFileSync(new URL(`docs/${path}`, root), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
        text
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      )

    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(({ path, heading }) => !headingsOf(path).includes(heading))).toEqual([])
  })

  it.each([
    ['of levels 1 and 2', firstTwoLevels],
    ['of level 3 on authentication and sessions', thirdLevel],
    ['that shapes this service', shaping],
  ])('answers every requirement %s', (_which, numbers) => {
    const answered = new Set(rows.flatMap(({ requirement }) => each(requirement)))

    expect(numbersOf(numbers).filter((number) => !answered.has(number))).toEqual([])
  })

  it('answers each of them once, in order', () => {
    const answered = rows.flatMap(({ requirement }) => each(requirement))
    const weight = (number: string) => number.split('.').reduce((sum, part) => sum * 100 + Number(part), 0)

    expect(answered).toEqual([...new Set(answered)].sort((one, other) => weight(one) - weight(other)))
  })

  it('says of each that it is met, not applicable, or deviating', () => {
    for (const { requirement, status, evidence } of rows) {
      expect([requirement, status]).toEqual([requirement, expect.stringMatching(/^(met|not applicable|deviating)$/)])
      expect([requirement, evidence.length > 8]).toEqual([requirement, true])
    }
  })

  it('shows what is met by a test, or by the page that a requirement asks for; and says why something is not', () => {
    // These ask that something is written down.
    const written = new Set(
      numbersOf('2.1.1–2.1.3 6.1.2–6.1.3 7.1.1–7.1.2 8.1.1–8.1.2 11.1.1 13.1.1 14.1.1 15.1.1–15.1.3 16.1.1'),
    )
    for (const { requirement, status, evidence } of rows) {
      const shown = named(evidence).some((path) => path.startsWith('test/') && path.includes('.test.ts'))
      const isWritten = each(requirement).some((number) => written.has(number)) && /\]\(|above/.test(evidence)
      if (status === 'met') expect([requirement, shown || isWritten]).toEqual([requirement, true])
      else expect([requirement, /\w+ \w+/.test(evidence)]).toEqual([requirement, true])
    }
  })
})

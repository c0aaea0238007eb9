import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { expect, it } from 'vitest'
import { text as english } from '../../web/text/en.ts'

const web = fileURLToPath(new URL('../../web/', import.meta.url))
const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
const catalogues = files.filter((file) => file.startsWith('text/'))
const sources = files.filter((file) => !file.startsWith('text/'))

type Node = { type: string; start: number; [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** Every node of a file, after the nodes around it, the nearest first. */
function* nodesIn(file: string): Generator<{ node: Node; around: readonly Node[] }> {
  const { program, errors } = parseSync(file, readFileSync(web + file, 'utf8'))
  expect(errors).toEqual([])
  yield* nodesBelow(program, [])
}

function* nodesBelow(value: unknown, around: readonly Node[]): Generator<{ node: Node; around: readonly Node[] }> {
  if (Array.isArray(value)) for (const each of value) yield* nodesBelow(each, around)
  if (!isNode(value)) return
  yield { node: value, around }
  for (const part of Object.values(value)) yield* nodesBelow(part, [value, ...around])
}

const name = (node: unknown) => (isNode(node) && typeof node.name === 'string' ? node.name : '')

/** The characters of a literal, of each piece of a template, or between two tags; null for anything else. */
function characters({ type, value }: Node): string | null {
  if (type === 'Literal' || type === 'JSXText') return typeof value === 'string' ? value : null
  if (type !== 'TemplateElement' || typeof value !== 'object' || value === null || !('raw' in value)) return null
  return String(value.raw)
}

/** Attributes that are read out or drawn, whatever they say. */
const visible =
  /^(aria-(label|description|roledescription|valuetext)|alt|placeholder|title|label|lead|body|hint|\w*Label)$/
const passesOn = ['ConditionalExpression', 'LogicalExpression', 'TemplateLiteral', 'JSXExpressionContainer']

/** Whether this becomes an attribute that is visible, or stands between two tags. */
function isDrawn(node: Node, around: readonly Node[]): boolean {
  let part = node
  for (const outer of around) {
    if (outer.type === 'JSXElement' || outer.type === 'JSXFragment') return true
    if (outer.type === 'JSXAttribute') return visible.test(name(outer.name))
    // A condition is asked, not shown.
    if (!passesOn.includes(outer.type) || outer.test === part) return false
    part = outer
  }
  return false
}

/**
 * Whether a reader would see these characters, or hear them: they stand in the page or in an attribute that is shown, or they
 * read like words. A single word elsewhere may as well be a key, a kind or a name of the browser's.
 */
function isShown(node: Node, around: readonly Node[]): boolean {
  const said = characters(node)?.trim() ?? ''
  if (!/\p{L}/u.test(said)) return false
  const parent = around[0]
  if (/^(Import|Export\w*)Declaration|ImportExpression|TSLiteralType/.test(parent?.type ?? '')) return false
  // Faults are for developers; the family of a font is for the browser.
  if (around.some(({ type, callee }) => type === 'NewExpression' && /Error$/.test(name(callee)))) return false
  if (name(parent?.key) === 'fontFamily') return false
  if (isDrawn(node, around)) return true
  return /\p{L}[,.:;’']?\s+\p{L}/u.test(said) || /[….!?]$/u.test(said)
}

it('whatever the dashboard says stands in its catalogue', () => {
  const elsewhere: string[] = []
  for (const file of sources)
    for (const { node, around } of nodesIn(file))
      if (isShown(node, around)) elsewhere.push(`${file}: ${characters(node)?.trim()}`)
  expect(sources.length).toBeGreaterThan(100)
  expect(elsewhere).toEqual([])

  const page = readFileSync(`${web}index.html`, 'utf8').replaceAll(/<script[\s\S]*?<\/script>|<[^>]*>|%\w+%/g, '')
  expect(page.trim()).toBe('')
})

it('numbers and dates are written by Intl, never by hand', () => {
  const byHand: string[] = []
  for (const file of files)
    for (const { node, around } of nodesIn(file)) {
      if (node.type === 'TemplateLiteral' && Array.isArray(node.expressions)) {
        const inside = around.find(({ type }) => /Function/.test(type))
        const numbers = (Array.isArray(inside?.params) ? inside.params : []).filter(isNumber).map(name)
        const written = node.expressions.map(name).filter((each) => numbers.includes(each))
        if (file.startsWith('text/')) byHand.push(...written.map((each) => `${file}: ${each}`))
      }
      const called = node.type === 'MemberExpression' ? name(node.property) : ''
      if (/^to(Fixed|Precision|Locale(Date|Time)?String|(UTC|GMT)String)$/.test(called))
        byHand.push(`${file}: ${called}`)
    }
  expect(byHand).toEqual([])
})

it('every language says all that English says, under the name of its file', async () => {
  for (const file of catalogues) {
    const { text } = await import(`${web}${file}`)
    expect(file).toBe(`text/${text.language}.ts`)
    expect(shape(text)).toEqual(shape(english))
  }
  expect(catalogues).toContain('text/en.ts')
})

/** Whether a parameter is declared to be a number. */
function isNumber(parameter: unknown): boolean {
  const annotation = isNode(parameter) ? parameter.typeAnnotation : undefined
  const type = isNode(annotation) ? annotation.typeAnnotation : undefined
  return isNode(type) && type.type === 'TSNumberKeyword'
}

/** The names of all there is to say, and whether it takes facts. */
function shape(said: unknown): unknown {
  if (typeof said !== 'object' || said === null) return typeof said
  return Object.fromEntries(Object.entries(said).map(([key, value]) => [key, shape(value)]))
}

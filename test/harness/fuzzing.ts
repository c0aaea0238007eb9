import fc from 'fast-check'
import { z } from 'zod'

/** The same inputs every time; another number looks elsewhere, and a larger one of runs looks longer. */
export const seed = Number(process.env.FUZZ_SEED ?? 20_261_124)
export const runs = (count: number) => ({ seed, numRuns: count * Number(process.env.FUZZ_FACTOR ?? 1) })

/** In every text that is made up: it must never be found in a log. */
export const canary = 'kanarienvogel'

/** Texts that parsers stumble over, between ordinary ones. */
export const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '',
    '\0',
    '\ud800',
    '\u202e',
    '../../etc/passwd',
    "' or 1=1 --",
    '$where',
    '__proto__',
    'constructor',
    'NaN',
    '1e999',
    '%00',
    '%E0%A4%A',
    '\r\nSet-Cookie: access=1',
    '{"level":60}',
    '<script>alert(1)</script>',
  ),
)
const markedText = oddText.map((text) => `${text}${canary}`)

const scalar = fc.oneof(markedText, fc.integer(), fc.double(), fc.boolean(), fc.constant(null))

/** Any JSON. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(oddText, tie('json'), { maxKeys: 4 }),
  ),
})).json

type Shape = {
  type?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Shape[]
  oneOf?: Shape[]
  items?: Shape
  properties?: Record<string, Shape>
  required?: string[]
  minimum?: number
  maximum?: number
  maxLength?: number
}

const textOf = ({ format, maxLength = 200 }: Shape): fc.Arbitrary<string> => {
  switch (format ?? '') {
    case 'uuid':
      return fc.uuid()
    case 'email':
      return fc.emailAddress()
    case 'date-time':
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    default:
      return fc
        .oneof(fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 200) }), oddText)
        .map((text) => text.slice(0, maxLength))
  }
}

/** Values that fit the shape of an input, or nearly: each part may be anything at all instead. */
function fitting(shape: Shape): fc.Arbitrary<unknown> {
  const options = shape.anyOf ?? shape.oneOf
  if (options) return fc.oneof(...options.map(nearly))
  if (shape.enum) return fc.constantFrom(...shape.enum)
  if ('const' in shape) return fc.constant(shape.const)
  switch (shape.type ?? '') {
    case 'object': {
      const fields = Object.entries(shape.properties ?? {}).map(([name, field]) => [name, nearly(field)])
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: shape.required ?? [],
      })
    }
    case 'array':
      return fc.array(nearly(shape.items ?? {}), { maxLength: 5 })
    case 'integer':
      return fc.integer({ min: shape.minimum ?? 0, max: Math.min(shape.maximum ?? 1_000, 1_000) })
    case 'number':
      return fc.double()
    case 'boolean':
      return fc.boolean()
    case 'string':
      return textOf(shape)
    default:
      return anyJson
  }
}

const nearly = (shape: Shape): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: fitting(shape) }, { weight: 1, arbitrary: anyJson })

/** Inputs for a procedure, made from the schema that it declares. */
export function inputsFor(schema: z.ZodType | null): fc.Arbitrary<unknown> {
  if (!schema) return anyJson
  return nearly(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape)
}

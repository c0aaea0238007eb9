import { z } from 'zod'
import { descriptions } from './descriptions.ts'
import { outputs, partialOutputs } from './outputs.ts'
import { listProcedures, type ProcedureDescription } from './procedures.ts'

type Json = { [name: string]: Json | readonly (Json | string)[] | string | number | boolean }

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as unknown as Json

const outputOf = new Map<string, z.ZodType>([...Object.entries(outputs), ...Object.entries(partialOutputs)])

const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } })

const errorSchema: Json = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        message: { type: 'string', description: 'A sentence for people.' },
        code: { type: 'integer' },
        data: {
          type: 'object',
          required: ['reason'],
          properties: {
            reason: { type: 'string', description: 'Stable: decide by this.' },
            httpStatus: { type: 'integer' },
            requestId: { type: 'string' },
            fields: { type: 'object', additionalProperties: { type: 'string' } },
            problems: { type: 'object', additionalProperties: { type: 'string' } },
            retryAfterSeconds: { type: 'integer' },
          },
        },
      },
    },
  },
}

function responses({ path, type }: ProcedureDescription): Json {
  const output = outputOf.get(path)
  const data = output ? schemaOf(output, 'output') : {}
  const ok: Json =
    type === 'subscription'
      ? { description: 'Server-sent events; the data of each:', content: { 'text/event-stream': { schema: data } } }
      : {
          description: 'The result',
          ...json({ type: 'object', properties: { result: { type: 'object', properties: { data } } } }),
        }
  return { '200': ok, default: { description: 'A refusal', ...json(errorSchema) } }
}

/** tRPC's way over HTTP: the input of a query is JSON in the URL, that of a mutation is the body. */
function operation(procedure: ProcedureDescription): Json {
  const { path, type, input } = procedure
  const summary = descriptions[path as keyof typeof descriptions]
  const schema = input && schemaOf(input, 'input')
  const common: Json = {
    operationId: path,
    tags: [path.split('.', 1)[0] ?? path],
    responses: responses(procedure),
    ...(summary ? { summary } : {}),
  }
  if (type === 'mutation') return { post: { ...common, requestBody: { required: true, ...json(schema ?? {}) } } }
  const parameter: Json = {
    name: 'input',
    in: 'query',
    required: !input?.safeParse(undefined).success,
    ...json(schema ?? {}),
  }
  return { get: { ...common, ...(schema ? { parameters: [parameter] } : {}) } }
}

const tokenEndpoint: Json = {
  post: {
    operationId: 'oauth.token',
    tags: ['oauth'],
    summary: "Exchanges a service account's key for an access token (RFC 6749, 4.4).",
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['grant_type', 'client_id', 'client_secret'],
            properties: {
              grant_type: { const: 'client_credentials' },
              client_id: { type: 'string', description: 'The id of the service account' },
              client_secret: { type: 'string', description: 'A key of it: lk_…' },
              scope: { type: 'string', description: 'Some of its scopes; all of them if left out' },
            },
          },
        },
      },
    },
    responses: { '200': { description: 'An access token' }, default: { description: 'An error of RFC 6749, 5.2' } },
  },
}

/** An OpenAPI 3.1 description of every procedure, read from the router itself. */
export function describeApi(): Json {
  const procedures = listProcedures().map((procedure) => [`/trpc/${procedure.path}`, operation(procedure)])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version: '1',
      description:
        'Calls are made with your own session: sign in to the dashboard in this browser first, or here with auth.signIn.',
    },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }],
    paths: { ...Object.fromEntries(procedures), '/oauth/token': tokenEndpoint },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  }
}

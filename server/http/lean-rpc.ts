import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server'
import { getHTTPStatusCode } from '@trpc/server/http'
import { getErrorShape } from '@trpc/server/shared'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../rpc/context.ts'
import { router } from '../rpc/router.ts'
import type { Gathering } from './gather.ts'
import { type CallInfo, methodOf } from './request-context.ts'
import { runProcedure } from './run-procedure.ts'

type Call = { path: string; procedure: AnyTRPCProcedure; type: 'query' | 'mutation'; input(): unknown }

/** Plain JSON calls, read without a web `Request`. */
export type LeanRequest = { isBatch: boolean; calls: Call[]; info: CallInfo }

type Answer = {
  createContext(): Promise<Context>
  headersFor(errors: TRPCError[]): Record<string, string>
  onError(error: TRPCError, path: string): void
  gathering: Gathering
}

const procedures = router._def.procedures as unknown as Record<string, AnyTRPCProcedure | undefined>

/** Reads a JSON text once, when the first procedure asks for its input; one that takes none does not mind an unreadable body. */
function lazyJson(text: string): () => unknown {
  let read: { value: unknown } | undefined
  return () => {
    try {
      read ??= { value: JSON.parse(text) as unknown }
      return read.value
    } catch (cause) {
      throw new TRPCError({ code: 'BAD_REQUEST', cause })
    }
  }
}

/** Of the many calls whose address has no query. */
const noSearch = new URLSearchParams()

function inputAt(inputs: () => unknown, index: number): unknown {
  const all = inputs()
  if (all === undefined) return undefined
  if (typeof all !== 'object' || all === null || Array.isArray(all)) throw new TRPCError({ code: 'BAD_REQUEST' })
  return Object.hasOwn(all, index) ? (all as Record<number, unknown>)[index] : undefined
}

/**
 * The calls of a request that is nothing but known queries or known mutations in JSON; `null` for everything else: streams,
 * subscriptions, unknown names, wrong methods, mixed or oversize batches. Those are tRPC's stock adapter's to answer or refuse.
 */
export function readLean(
  request: FastifyRequest<{ Params: { path: string } }>,
  maxBatchSize: number,
): LeanRequest | null {
  const { headers, method, params, url, body } = request
  if (
    headers['trpc-accept'] !== undefined ||
    headers.accept?.includes('application/jsonl') ||
    params.path.includes('%')
  )
    return null
  if (method === 'GET' && headers['content-type'] !== undefined) return null
  const start = url.indexOf('?')
  const search = start < 0 ? noSearch : new URLSearchParams(url.slice(start + 1))
  if (search.has('connectionParams')) return null
  const isBatch = search.get('batch') === '1'
  const paths = isBatch ? params.path.split(',') : [params.path]
  if (paths.length > maxBatchSize) return null

  const given = method === 'GET' ? search.get('input') : (body as string)
  const inputs = method === 'GET' && !given ? () => undefined : lazyJson(given ?? '')
  const calls: Call[] = []
  for (const [index, path] of paths.entries()) {
    const procedure = Object.hasOwn(procedures, path) ? procedures[path] : undefined
    const type = procedure?._def.type
    if (!procedure || (type !== 'query' && type !== 'mutation') || methodOf[type] !== method) return null
    calls.push({ path, procedure, type, input: isBatch ? () => inputAt(inputs, index) : inputs })
  }
  return { isBatch, calls, info: { accept: null, calls } }
}

const asItIs = (text: string) => text

type Outcome = { error: TRPCError } | { data: unknown }

/** Runs the calls side by side and sends what tRPC's own adapter would send, as one string. */
export async function answerLean(
  reply: FastifyReply,
  { isBatch, calls }: LeanRequest,
  answer: Answer,
): Promise<FastifyReply> {
  let ctx: Context | undefined
  let contextError: unknown
  try {
    ctx = await answer.createContext()
  } catch (error) {
    contextError = error
  }

  async function run({ path, procedure, type, input }: Call, batchIndex: number): Promise<Outcome> {
    try {
      if (!ctx) throw contextError
      return {
        data: await runProcedure(procedure, { path, type, batchIndex }, { ctx, getRawInput: async () => input() }),
      }
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      answer.onError(error, path)
      return { error }
    }
  }

  const [only] = calls
  const outcomes = only && calls.length === 1 ? [await run(only, 0)] : await Promise.all(calls.map(run))
  const errors: TRPCError[] = []
  const results = outcomes.map((outcome, index) => {
    if (!('error' in outcome)) return { result: { data: outcome.data } }
    const { path, type } = calls[index] ?? { path: '', type: 'query' }
    errors.push(outcome.error)
    return {
      error: getErrorShape({ config: router._def._config, error: outcome.error, type, path, input: undefined, ctx }),
    }
  })
  const body = isBatch ? results : results[0]
  await answer.gathering.ready()
  if (errors.length > 0)
    reply.code(getHTTPStatusCode(results as Parameters<typeof getHTTPStatusCode>[0])).headers(answer.headersFor(errors))
  return (
    reply
      .header('vary', 'trpc-accept, accept')
      .header('content-type', 'application/json')
      // A text leaves in one piece with the head, as bytes would not. Without a serializer Fastify would add a charset to its type, which RFC 8259
      // does not know and the stock adapter does not send.
      .serializer(asItIs)
      .send(JSON.stringify(body))
  )
}

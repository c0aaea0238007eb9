import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server'
import type { Context } from '../rpc/context.ts'

type Input = { ctx: Context; input: unknown; getRawInput: () => Promise<unknown> }
type Call = { path: string; type: 'query' | 'mutation'; batchIndex: number }
type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError }
type Middleware = (
  options: Call & Input & { signal: undefined; meta: unknown; next: (changed?: Partial<Input>) => Promise<Result> },
) => Promise<Result>

/**
 * Runs a procedure through its middlewares, and answers its data or throws a `TRPCError`. It does what tRPC's own caller does, which copies the call twice for each
 * middleware, by object spreads translated for engines that have none: an eighth of an ordinary call. A test holds both to the same answers.
 */
export async function runProcedure(
  procedure: AnyTRPCProcedure,
  { path, type, batchIndex }: Call,
  given: Pick<Input, 'ctx' | 'getRawInput'>,
): Promise<unknown> {
  const { middlewares, meta } = procedure._def as unknown as { middlewares: Middleware[]; meta: unknown }

  async function runFrom(at: number, { ctx, input, getRawInput }: Input): Promise<Result> {
    const next = (changed: Partial<Input> = {}) =>
      runFrom(at + 1, {
        ctx: changed.ctx ? { ...ctx, ...changed.ctx } : ctx,
        input: 'input' in changed ? changed.input : input,
        getRawInput: changed.getRawInput ?? getRawInput,
      })
    try {
      const middleware = middlewares[at] as Middleware
      return await middleware({ ctx, input, getRawInput, path, type, batchIndex, signal: undefined, meta, next })
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) }
    }
  }

  const result = await runFrom(0, { ...given, input: undefined })
  if (!result.ok) throw result.error
  return result.data
}

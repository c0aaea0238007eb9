import type {
  TRPC_ERROR_CODE_NUMBER,
  TRPCBuiltRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCRouterRecord,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
// @ts-expect-error TS2878: the built declarations spell every type out, so this path is in none of them.
import type { Router as ServerRouter } from '../server/rpc/router.ts'
import type { ErrorShape } from './failure.ts'
import type { Described, Parts } from './spelled.ts'

/** By these names the compiler refers to procedures, in one line each. */
interface Query<Input, Output> extends TRPCQueryProcedure<{ input: Input; output: Output; meta: object }> {}
interface Mutation<Input, Output> extends TRPCMutationProcedure<{ input: Input; output: Output; meta: object }> {}
interface Subscription<Input, Output>
  extends TRPCSubscriptionProcedure<{ input: Input; output: Output; meta: object }> {}

type SpelledProcedure<Procedure extends Described> =
  Parts<Procedure> extends [infer Kind, infer Input, infer Output]
    ? Kind extends 'query'
      ? Query<Input, Output>
      : Kind extends 'mutation'
        ? Mutation<Input, Output>
        : Subscription<Input, Output>
    : never

type SpelledRecord<Part> = Part extends Described
  ? SpelledProcedure<Part>
  : { [Name in keyof Part]: SpelledRecord<Part[Name]> }

interface RouterError extends ErrorShape {
  code: TRPC_ERROR_CODE_NUMBER
}

declare const error: ServerRouter['_def']['_config']['$types']['errorShape']
declare const record: SpelledRecord<ServerRouter['_def']['record']>

/** Takes the server's error for ours, so that a reason that is missing here does not compile. */
declare function route<Record extends TRPCRouterRecord>(
  error: RouterError,
  record: Record,
): TRPCBuiltRouter<{ ctx: object; meta: object; errorShape: RouterError; transformer: false }, Record>

/** Never called: its inferred type is what the compiler writes out. */
const describe = () => route(error, record)

/** Every procedure of Latchkey with its input and output, for tRPC's own `createTRPCClient<LatchkeyRouter>`. */
export type LatchkeyRouter = ReturnType<typeof describe>

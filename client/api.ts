// @ts-expect-error TS2878: the built declarations spell every type out, so this path is in none of them.
import type { Router as ServerRouter } from '../server/rpc/router.ts'
import type { Described, Parts } from './spelled.ts'

export type CallOptions = { signal?: AbortSignal }

/** An input that may be left out, or one that must be given. */
type Arguments<Input> = undefined extends Input
  ? [input?: Input, options?: CallOptions]
  : [input: Input, options?: CallOptions]

export interface Query<Input, Output> {
  query(...call: Arguments<Input>): Promise<Output>
}

export interface Mutation<Input, Output> {
  mutate(...call: Arguments<Input>): Promise<Output>
}

/** What a subscription tells. `onError` is the end of it; interruptions that are recovered are not told. */
export type Observer<Event> = {
  onStarted?: () => void
  onData?: (event: Event) => void
  onError?: (error: unknown) => void
  onComplete?: () => void
  signal?: AbortSignal
}

export interface Subscription<Input, Event> {
  subscribe(input: Input, observer: Observer<Event>): { unsubscribe(): void }
}

type SpelledProcedure<Procedure extends Described> =
  Parts<Procedure> extends [infer Kind, infer Input, infer Output]
    ? Kind extends 'query'
      ? Query<Input, Output>
      : Kind extends 'mutation'
        ? Mutation<Input, Output>
        : Output extends AsyncIterable<infer Event>
          ? Subscription<Input, Event>
          : never
    : never

type SpelledRecord<Part> = Part extends Described
  ? SpelledProcedure<Part>
  : { [Name in keyof Part]: SpelledRecord<Part[Name]> }

declare const record: SpelledRecord<ServerRouter['_def']['record']>
declare function same<Value>(value: Value): Value

/** Never called: its inferred type is what the compiler writes out. */
const describe = () => same(record)

/** Every procedure of Latchkey, to call: `api.session.list.query()`. */
export type LatchkeyApi = ReturnType<typeof describe>

import type { inferRouterOutputs } from '@trpc/server'
import { z } from 'zod'
import { type Router, router } from '../../rpc/router.ts'

type Outputs = inferRouterOutputs<Router>

/** `session.list` and all the others. */
export type ProcedurePath = {
  [Name in keyof Outputs & string]: `${Name}.${keyof Outputs[Name] & string}`
}[keyof Outputs & string]

/** What a procedure answers, as it is in JSON. */
export type OutputOf<Path extends ProcedurePath> =
  Path extends `${infer Name extends keyof Outputs & string}.${infer Procedure}`
    ? Outputs[Name][Procedure & keyof Outputs[Name]]
    : never

export type ProcedureDescription = {
  path: string
  type: 'query' | 'mutation' | 'subscription'
  input: z.ZodType | null
}

type Inspectable = { _def: { type: ProcedureDescription['type']; inputs: unknown[] } }

/** Every procedure of the router, as it was declared. */
export function listProcedures(): ProcedureDescription[] {
  return Object.entries(router._def.procedures as unknown as Record<string, Inspectable>).map(([path, { _def }]) => {
    const [input] = _def.inputs
    return { path, type: _def.type, input: input instanceof z.ZodType ? input : null }
  })
}

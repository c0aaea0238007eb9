import type { EndedSession, ServiceAccount, Session, User } from './views.ts'

type Same<One, Other> = [One, Other] extends [Other, One] ? true : false

/** What comes back again and again is written once, under a name. A name that no longer fits is simply not used. */
type Named<Type> =
  Same<Type, Session> extends true
    ? Session
    : Same<Type, EndedSession> extends true
      ? EndedSession
      : Same<Type, User> extends true
        ? User
        : Same<Type, ServiceAccount> extends true
          ? ServiceAccount
          : null

/**
 * The same type without the names that the server gave to its parts. Through `infer` the compiler forgets where a type came from, and writes its structure
 * into the declarations: they stand alone, without the server's and without those of its libraries.
 */
export type Spelled<Type> = Type extends string | number | boolean | null | undefined
  ? Type
  : Named<Type> extends infer Name extends object
    ? Name
    : Type extends AsyncIterable<infer Item>
      ? AsyncIterable<Spelled<Item>>
      : Type extends readonly (infer Item)[]
        ? Spelled<Item>[]
        : Type extends infer Fields
          ? { [Name in keyof Fields]: Spelled<Fields[Name]> }
          : never

/** As much of a procedure as its type is read from. */
export type Described = { _def: { type: string; $types: { input: unknown; output: unknown } } }

/** Its kind, its input and its output. */
export type Parts<Procedure extends Described> = [
  Procedure['_def']['type'],
  Spelled<Procedure['_def']['$types']['input']>,
  Spelled<Procedure['_def']['$types']['output']>,
]

import type { Failure } from '../failure.ts'

/** What the server says about the fields that a form has; null when it says nothing about any of them. */
export function fieldProblems(failure: Failure, names: readonly string[]): Record<string, string> | null {
  const problems = Object.entries(failure.fields).filter(([name]) => names.includes(name))
  return problems.length > 0 ? Object.fromEntries(problems) : null
}

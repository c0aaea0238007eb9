import { vi } from 'vitest'
import type { TestInstance } from './test-server.ts'

/** From now on every statement fails as if the database's port were closed. Answers the function that brings it back. */
export function cutOffDatabase({ database: { orm } }: Pick<TestInstance, 'database'>): () => void {
  const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const refuse = (): never => {
    throw refused()
  }
  const spies = [
    ...(['execute', 'transaction'] as const).map((way) =>
      vi.spyOn(orm, way).mockImplementation((() => Promise.reject(refused())) as never),
    ),
    ...(['select', 'insert', 'update', 'delete'] as const).map((way) => vi.spyOn(orm, way).mockImplementation(refuse)),
  ]
  return () => {
    for (const spy of spies) spy.mockRestore()
  }
}

/** What a command has to say. `data` is for programs, the text for people. */
export type Answer =
  | { kind: 'done'; text: string; data: Record<string, unknown> }
  /** It was tried, and something is wrong. */
  | { kind: 'failed'; text: string; data?: Record<string, unknown> }
  | { kind: 'usage'; text: string }
  | { kind: 'notFound'; text: string }
  /** Nothing is broken, but things are not such that it may be done. */
  | { kind: 'refused'; text: string }

export const exitCodes = { done: 0, failed: 1, usage: 2, notFound: 3, refused: 4 } as const

/** Rows of equal columns, as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const lines = [headings, ...rows].map((cells) => cells.map((cell) => String(cell ?? '')))
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One day of the reader's calendar, as "2026-10-03". */
export interface Day {
  day: string
  signIns: number
  failures: number
}

/** The last `count` days up to the one of `nowMs`, those without a record included, the oldest first. */
export function everyDay(recorded: readonly Day[], count: number, nowMs: number): Day[] {
  const known = new Map(recorded.map((one) => [one.day, one]))
  const today = new Date(nowMs)
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() - (count - 1 - index))
    const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-')
    return known.get(day) ?? { day, signIns: 0, failures: 0 }
  })
}

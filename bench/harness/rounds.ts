import { median } from './statistics.ts'

/** What one subject showed in every round. */
export type Series<Subject extends string> = Record<Subject, number[]>

/**
 * Measures every subject once a round, round after round, so that whatever else the machine does meets all of them alike. The order turns from
 * round to round.
 */
export async function interleave<Subject extends string>(
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject, round: number) => Promise<number>,
): Promise<Series<Subject>> {
  const series = Object.fromEntries(subjects.map((subject) => [subject, []])) as unknown as Series<Subject>
  for (let round = 0; round < rounds; round++) {
    const turned = subjects.map((_, at) => subjects[(at + round) % subjects.length] as Subject)
    for (const subject of turned) series[subject].push(await measure(subject, round))
  }
  return series
}

/** The median over rounds of `one` divided by `other` in the same round. */
export function ratio<Subject extends string>(series: Series<Subject>, one: Subject, other: Subject): number {
  return median(series[one].map((value, round) => value / (series[other][round] ?? Number.NaN)))
}

import type { Result } from './results.ts'

/** `quick` runs show within seconds that an experiment works; what they measure is worth nothing. */
export type Options = { quick: boolean }

export type Experiment = { name: string; about: string; run(options: Options): Promise<Result> }

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allCores } from '../harness/cores.ts'
import type { Experiment } from '../harness/experiment.ts'
import { startLatchkey } from '../harness/latchkey.ts'
import { startPostgres } from '../harness/postgres.ts'
import { interleave } from '../harness/rounds.ts'
import { median, rounded } from '../harness/statistics.ts'

const databases = ['postgres', 'embedded'] as const
const targets = { postgres: 1_000, embedded: 2_000 }

/** From the creation of the process to its first answer, on a database that is migrated already. On all cores, as V8 compiles on several: nothing else runs. */
export const start: Experiment = {
  name: 'start',
  about: 'from the creation of the process to the first answer, on Postgres and on the embedded database',
  async run({ quick }) {
    const server = await startPostgres()
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-start-'))
    const processorSeconds: Record<(typeof databases)[number], number[]> = { postgres: [], embedded: [] }
    const measure = async (database: (typeof databases)[number]) => {
      const latchkey = await startLatchkey({
        cores: allCores,
        ...(database === 'postgres' ? { databaseUrl: server.url } : { databaseUrl: 'embedded', folder }),
      })
      processorSeconds[database].push(latchkey.cpuSeconds())
      await latchkey.stop()
      return latchkey.startedWithinMilliseconds
    }
    try {
      // The first start of all migrates, which is not what is measured.
      for (const database of databases) await measure(database)
      for (const database of databases) processorSeconds[database].length = 0
      const startedWithinMilliseconds = await interleave(databases, quick ? 1 : 9, measure)
      return {
        figures: { startedWithinMilliseconds, processorSeconds },
        verdicts: databases.map((database) => ({
          target: `first answer on an existing ${database} database within ${targets[database]} ms`,
          measured: `${rounded(median(startedWithinMilliseconds[database]))} ms, ${rounded(median(processorSeconds[database]))} s of processor time`,
          met: median(startedWithinMilliseconds[database]) <= targets[database],
        })),
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
      await server.destroy()
    }
  },
}

// Sweeps as an instance does on its timer, in a process of its own: `tsx sweep-once.ts <database>` says "ready", sweeps at a line of input, and says how many sessions went.
import { once } from 'node:events'
import { databaseClock } from '../../server/clock.ts'
import { connectPostgres } from '../../server/database/connect.ts'
import { sweep } from '../../server/session/sweep.ts'

const database = connectPostgres({ url: process.argv[2] ?? '' })
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const { sessions } = await sweep(database.orm, databaseClock())
process.stdout.write(`${sessions}\n`)
await database.close()
process.exit(0)

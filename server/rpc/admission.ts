import pLimit from 'p-limit'

/** More work of the costly kind is in hand than may be taken on. */
export class Busy extends Error {
  constructor() {
    super('Too many costly calls are waiting')
    this.name = 'Busy'
  }
}

/** Lets costly work begin a little at a time. */
export type Admission = {
  /** Runs `work` when its turn has come. Throws `Busy`, at once and without having begun, when the queue is full. */
  run<Value>(work: () => Promise<Value>): Promise<Value>
  /** Calls that are being worked on or waiting. */
  pending(): number
  /** Turns away whoever waits, and waits for what has begun. */
  close(): Promise<void>
}

/** Enough that two of them hash while the others talk to the database. */
const concurrently = 4
/** Some three seconds of hashing: whoever would wait longer is told so at once. */
const longestQueue = 200

/**
 * A door for whole calls rather than for hashing alone: a call that waits has cost no statement, so that any number of sign-ins at once takes
 * nothing from everybody else's share of the database, the revocation feed's among them.
 */
export function createAdmission(): Admission {
  const limit = pLimit(concurrently)
  const underWay = new Set<Promise<unknown>>()
  let closed = false

  async function begin<Value>(work: () => Promise<Value>): Promise<Value> {
    if (closed) throw new Busy()
    const working = work()
    underWay.add(working)
    try {
      return await working
    } finally {
      underWay.delete(working)
    }
  }

  return {
    async run(work) {
      if (limit.pendingCount >= longestQueue) throw new Busy()
      return limit(() => begin(work))
    },
    pending: () => limit.activeCount + limit.pendingCount,
    async close() {
      closed = true
      await Promise.allSettled(underWay)
    },
  }
}

/** The database could not be asked, or did not answer in time. What the statement would have changed is unknown. */
export class DatabaseUnavailable extends Error {
  constructor(cause?: unknown) {
    super('The database did not answer', { cause })
    this.name = 'DatabaseUnavailable'
  }
}

/** Codes of Node and SQLSTATE that mean "not now" rather than "wrong". */
const unavailable =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT$|08|53|57|55P03$|40001$|40P01$|25P0[34]$|58)/

/** What the driver says without a code: of connections that were lost, or that could not be had in time. */
const lost =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool|timeout e)/

/** Whether an error, or what caused it, says that the database is out of reach, overloaded or shutting down. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof DatabaseUnavailable) return true
    if ('code' in current && typeof current.code === 'string' && unavailable.test(current.code)) return true
    if (current.constructor === Error && lost.test(current.message)) return true
    if (current instanceof AggregateError && current.errors.some(isDatabaseUnavailable)) return true
  }
  return false
}

/** The value of `work`, or `DatabaseUnavailable` after `milliseconds`: a hung connection answers nothing and never closes. */
export function withDeadline<Value>(work: Promise<Value>, milliseconds: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DatabaseUnavailable()), milliseconds)
    void work.then(resolve, reject).then(() => clearTimeout(timer))
  })
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What an instance counts as it happens. Labels come from closed lists, never from a request, so that nobody can make series. */
export type Metrics = {
  registry: Registry
  /** Calls by procedure and outcome: `ok`, or the reason of the error. Without a procedure: refused before one was reached. */
  requests: Counter<'procedure' | 'outcome'>
  requestSeconds: Histogram<'procedure'>
  /** Refresh tokens presented, by what became of them. */
  refreshes: Counter<'outcome'>
  accessTokensRefused: Counter<'reason'>
  signInFailures: Counter<'reason'>
  attemptsLimited: Counter<'limit'>
  revocationLagSeconds: Histogram
}

/** The calls that reached no procedure. */
export const noProcedure = 'none'

/** Counters of one instance, in a registry of its own: several instances may live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    requests: new Counter({
      name: 'latchkey_requests_total',
      help: 'Calls by procedure and outcome: ok, or the reason of the refusal',
      labelNames: ['procedure', 'outcome'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'latchkey_request_seconds',
      help: 'How long procedures take, their context not included',
      labelNames: ['procedure'],
      buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    refreshes: new Counter({
      name: 'latchkey_refreshes_total',
      help: 'Refresh tokens presented, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    accessTokensRefused: new Counter({
      name: 'latchkey_access_tokens_refused_total',
      help: 'Access tokens refused, by reason',
      labelNames: ['reason'],
      registers,
    }),
    signInFailures: new Counter({
      name: 'latchkey_sign_in_failures_total',
      help: 'Sign-ins refused, by reason',
      labelNames: ['reason'],
      registers,
    }),
    attemptsLimited: new Counter({
      name: 'latchkey_attempts_limited_total',
      help: 'Attempts beyond a limit, by limit',
      labelNames: ['limit'],
      registers,
    }),
    revocationLagSeconds: new Histogram({
      name: 'latchkey_revocation_lag_seconds',
      help: 'From the moment of a revocation in the database until this instance knew of it',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      registers,
    }),
  }
}

/** Gauges that are read when they are asked for. A value of `null` is left out: it cannot be known here. */
export function observe(
  { registry }: Metrics,
  gauges: Record<string, { help: string; read: () => number | null }>,
): void {
  for (const [name, { help, read }] of Object.entries(gauges))
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read()
        if (value === null) this.remove()
        else this.set(value)
      },
    })
}

/** What Node says of its process: memory, processor time, event-loop delay, garbage collection. */
export function observeProcess({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry })
}

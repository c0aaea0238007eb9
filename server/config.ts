import { isIP } from 'node:net'
import { z } from 'zod'

const production = 'production'

/** What an operator got wrong, and what to do about it. */
export type ConfigProblem = { variable: string; problem: string; remedy: string }

/** Thrown by `readConfig` with every problem found, so that one start shows them all. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ variable, problem, remedy }) => `${variable} ${problem}. ${remedy}`).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

export type SigningAlgorithm = 'EdDSA' | 'ES256' | 'RS256'

/** The settings of one server instance. Frozen; durations carry their unit in the name. */
export type Config = Readonly<{
  production: boolean
  /** `null` means the embedded database in `dataDirectory`. */
  databaseUrl: string | null
  /** A direct connection for LISTEN and migrations, when `databaseUrl` is a transaction pooler. */
  databaseListenUrl: string | null
  dataDirectory: string
  /** Newest first. Empty outside production: the process then generates one into `dataDirectory`. */
  secrets: readonly string[]
  publicUrl: string
  host: string
  port: number
  /** Origins whose pages may call with cookies; always holds the origin of `publicUrl`. */
  allowedOrigins: readonly string[]
  cookieSameSite: 'strict' | 'lax' | 'none'
  trustedProxies: readonly string[]
  accessTokenTtlSeconds: number
  sessionIdleTtlSeconds: number
  sessionAbsoluteTtlSeconds: number
  refreshRetryWindowSeconds: number
  reuseRevokes: 'user' | 'session'
  signingAlgorithm: SigningAlgorithm
  signingKeyTtlSeconds: number
  tokenIssuer: string
  tokenAudience: string
  logLevel: string
  /** Where Prometheus finds `/metrics`, or `null`: then nothing is exposed. */
  metricsListen: { host: string; port: number } | null
  /** How long the instance is not ready, and serves as before, before it stops: for balancers to notice. */
  shutdownDelaySeconds: number
  /** Whether `/explorer` shows every procedure. */
  explorer: boolean
  tls: { certificateFile: string; keyFile: string } | null
  /** A file in MaxMind's format, or `null`: then nothing is located. */
  locationDatabase: string | null
  /** Where mail is handed in, or `null`: then it is written into `dataDirectory`. */
  smtpUrl: string | null
  /** The sender of all mail. */
  mailFrom: string
  /** Keys that go into every password hash and are kept apart from the database. Newest first; without any, hashes are plain Argon2id. */
  passwordPeppers: readonly string[]
  /** Where the first five characters of a password's SHA-1 find the rest of those that were leaked, or `null`. */
  breachedPasswordsUrl: string | null
}>

const secondsIn = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** A duration such as `30s`, `10m`, `12h` or `7d`, read as seconds and held between two bounds. */
function duration(minimum: string, maximum: string) {
  const seconds = (text: string): number => {
    const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
    return amount && unit ? Number(amount) * secondsIn[unit as keyof typeof secondsIn] : Number.NaN
  }
  return z
    .string()
    .transform(seconds)
    .refine(
      (value) => value >= seconds(minimum) && value <= seconds(maximum),
      `Write a duration from ${minimum} to ${maximum}, such as ${maximum}`,
    )
}

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, '')) return url.origin
  context.addIssue('Write an origin such as https://app.example.com, without a path')
  return z.NEVER
})

const cidr = z.string().refine((text) => {
  const [address = '', bits] = text.split('/')
  const size = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1
  return size > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size))
}, 'Write addresses or CIDR ranges separated by commas, such as 10.0.0.0/8')

/** 32 bytes are required (NIST SP 800-107 for HMAC-SHA-256 keys); a repeated pattern is no secret. */
const secret = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) >= 32 && new Set(text).size >= 10,
    'Use at least 32 random bytes, such as the output of: openssl rand -base64 48',
  )

const databaseUrl = z
  .string()
  .refine(
    (text) => text === 'embedded' || (/^postgres(ql)?:/.test(text) && URL.canParse(text)),
    'Write postgres://user:password@host:5432/name, or leave it out for the embedded database',
  )

const listOf = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item))

/** `host:port`; a host of IPv6 stands in brackets. */
const listenAddress = z.string().transform((text, context) => {
  const [, ipv6, name, port] = /^(?:\[([\da-f:]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? []
  if (Number(port) <= 65_535) return { host: ipv6 ?? name ?? '', port: Number(port) }
  context.addIssue('Write an address and a port, such as 127.0.0.1:9464')
  return z.NEVER
})

const variables = {
  NODE_ENV: z.string().default('development'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_LISTEN_URL: databaseUrl.optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  SECRET: listOf(secret).default([]),
  PUBLIC_URL: origin.optional(),
  HOST: z.string().min(1).default('localhost'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'Write a port number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'Write a port number from 0 to 65535')
    .default(3000),
  ALLOWED_ORIGINS: listOf(origin).default([]),
  COOKIE_SAME_SITE: z.enum(['strict', 'lax', 'none'], 'Write strict, lax or none').default('strict'),
  TRUSTED_PROXIES: listOf(cidr).default([]),
  ACCESS_TOKEN_TTL: duration('10s', '15m').default(600),
  SESSION_IDLE_TTL: duration('1m', '90d').default(7 * 86_400),
  SESSION_ABSOLUTE_TTL: duration('1m', '365d').default(30 * 86_400),
  REFRESH_RETRY_WINDOW: duration('0s', '60s').default(30),
  REUSE_REVOKES: z.enum(['user', 'session'], 'Write user or session').default('user'),
  SIGNING_ALGORITHM: z.enum(['EdDSA', 'ES256', 'RS256'], 'Write EdDSA, ES256 or RS256').default('EdDSA'),
  SIGNING_KEY_TTL: duration('1h', '365d').default(30 * 86_400),
  TOKEN_ISSUER: z.string().min(1).max(200).optional(),
  TOKEN_AUDIENCE: z.string().min(1).max(200).optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'Write info, warn or error')
    .default('info'),
  METRICS_LISTEN: listenAddress.optional(),
  SHUTDOWN_DELAY: duration('0s', '60s').default(0),
  EXPLORER: z.enum(['on', 'off'], 'Write on or off').optional(),
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  LOCATION_DATABASE: z.string().min(1).optional(),
  SMTP_URL: z
    .string()
    .refine(
      (text) => /^smtps?:/.test(text) && URL.canParse(text) && new URL(text).hostname !== '',
      'Write smtp://user:password@host:587 or smtps://user:password@host:465',
    )
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^<>\p{Cc}]*<?[^\s@<>]+@[^\s@<>]+>?$/u, 'Write an address such as Latchkey <no-reply@example.com>')
    .optional(),
  PASSWORD_PEPPER: listOf(secret).default([]),
  BREACHED_PASSWORDS_URL: z
    .string()
    .refine(
      (text) => /^https?:/.test(text) && URL.canParse(text) && text.endsWith('/'),
      'Write an address such as https://api.pwnedpasswords.com/range/',
    )
    .optional(),
}

const schema = z.object(variables)

/** Rules that concern more than one variable. */
function crossCheck(read: z.infer<typeof schema>): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const report = (variable: string, problem: string, remedy: string) => problems.push({ variable, problem, remedy })

  if (Boolean(read.TLS_CERT_FILE) !== Boolean(read.TLS_KEY_FILE))
    report('TLS_CERT_FILE', 'and TLS_KEY_FILE belong together', 'Set both, or neither')
  if (read.SESSION_IDLE_TTL > read.SESSION_ABSOLUTE_TTL)
    report('SESSION_IDLE_TTL', 'is longer than SESSION_ABSOLUTE_TTL', 'Shorten it, or lengthen SESSION_ABSOLUTE_TTL')
  if (read.COOKIE_SAME_SITE === 'none' && !read.PUBLIC_URL?.startsWith('https:'))
    report('COOKIE_SAME_SITE', 'is none, which browsers accept over https only', 'Set an https PUBLIC_URL')
  if (read.NODE_ENV !== production) return problems

  if (read.SECRET.length === 0)
    report('SECRET', 'is missing', 'Set it to at least 32 random bytes, such as the output of: openssl rand -base64 48')
  if (!read.PUBLIC_URL?.startsWith('https:'))
    report('PUBLIC_URL', 'must be an https address in production', 'Set it to the address that browsers use')
  if (!read.DATABASE_URL)
    report(
      'DATABASE_URL',
      'is missing',
      'Set a Postgres URL, or DATABASE_URL=embedded to accept one process and one disk',
    )
  return problems
}

/** Settings from environment variables. Throws one `ConfigError` that names every unreadable value and its remedy. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.keys(variables)
      .filter((name) => environment[name]?.trim())
      .map((name) => [name, environment[name]?.trim()]),
  )
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const unreadable = parsed.error.issues.map(({ path, message }) => ({
      variable: String(path[0]),
      problem: 'cannot be read',
      remedy: message,
    }))
    // Cross checks see the defaults where a value was unreadable, so that one start reports everything.
    const readable = Object.entries(given).filter(([name]) => !unreadable.some(({ variable }) => variable === name))
    const rest = schema.safeParse(Object.fromEntries(readable))
    const named = new Set(unreadable.map(({ variable }) => variable))
    const more = rest.success ? crossCheck(rest.data).filter(({ variable }) => !named.has(variable)) : []
    throw new ConfigError([...unreadable, ...more])
  }
  const read = parsed.data
  const problems = crossCheck(read)
  if (problems.length > 0) throw new ConfigError(problems)

  const scheme = read.TLS_CERT_FILE ? 'https' : 'http'
  const publicUrl = read.PUBLIC_URL ?? `${scheme}://localhost:${read.PORT}`
  return Object.freeze({
    production: read.NODE_ENV === production,
    databaseUrl: !read.DATABASE_URL || read.DATABASE_URL === 'embedded' ? null : read.DATABASE_URL,
    databaseListenUrl: read.DATABASE_LISTEN_URL ?? null,
    dataDirectory: read.DATA_DIR,
    secrets: read.SECRET,
    publicUrl,
    host: read.HOST,
    port: read.PORT,
    allowedOrigins: [...new Set([publicUrl, ...read.ALLOWED_ORIGINS])],
    cookieSameSite: read.COOKIE_SAME_SITE,
    trustedProxies: read.TRUSTED_PROXIES,
    accessTokenTtlSeconds: read.ACCESS_TOKEN_TTL,
    sessionIdleTtlSeconds: read.SESSION_IDLE_TTL,
    sessionAbsoluteTtlSeconds: read.SESSION_ABSOLUTE_TTL,
    refreshRetryWindowSeconds: read.REFRESH_RETRY_WINDOW,
    reuseRevokes: read.REUSE_REVOKES,
    signingAlgorithm: read.SIGNING_ALGORITHM,
    signingKeyTtlSeconds: read.SIGNING_KEY_TTL,
    tokenIssuer: read.TOKEN_ISSUER ?? publicUrl,
    tokenAudience: read.TOKEN_AUDIENCE ?? publicUrl,
    logLevel: read.LOG_LEVEL,
    metricsListen: read.METRICS_LISTEN ?? null,
    shutdownDelaySeconds: read.SHUTDOWN_DELAY,
    explorer: read.EXPLORER ? read.EXPLORER === 'on' : read.NODE_ENV !== production,
    tls:
      read.TLS_CERT_FILE && read.TLS_KEY_FILE
        ? { certificateFile: read.TLS_CERT_FILE, keyFile: read.TLS_KEY_FILE }
        : null,
    locationDatabase: read.LOCATION_DATABASE ?? null,
    smtpUrl: read.SMTP_URL ?? null,
    mailFrom: read.MAIL_FROM ?? `Latchkey <no-reply@${new URL(publicUrl).hostname}>`,
    passwordPeppers: read.PASSWORD_PEPPER,
    breachedPasswordsUrl: read.BREACHED_PASSWORDS_URL ?? null,
  })
}

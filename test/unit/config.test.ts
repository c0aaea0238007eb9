import { describe, expect, it } from 'vitest'
import { ConfigError, type ConfigProblem, readConfig } from '../../server/config.ts'

const secret = 'a secret that is only good for tests and long enough'

/** The problems with which these settings are refused; an error if they are not. */
function problemsOf(environment: Record<string, string>): readonly ConfigProblem[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('The settings were expected to be refused')
}

const variablesOf = (environment: Record<string, string>) => problemsOf(environment).map(({ variable }) => variable)

describe('without any setting', () => {
  it('these hold', () => {
    expect(readConfig({})).toMatchObject({
      production: false,
      databaseUrl: null,
      databaseListenUrl: null,
      dataDirectory: './data',
      secrets: [],
      publicUrl: 'http://localhost:3000',
      host: 'localhost',
      port: 3000,
      allowedOrigins: ['http://localhost:3000'],
      cookieSameSite: 'strict',
      trustedProxies: [],
      accessTokenTtlSeconds: 600,
      sessionIdleTtlSeconds: 7 * 86_400,
      sessionAbsoluteTtlSeconds: 30 * 86_400,
      refreshRetryWindowSeconds: 30,
      reuseRevokes: 'user',
      signingAlgorithm: 'EdDSA',
      signingKeyTtlSeconds: 30 * 86_400,
      tokenIssuer: 'http://localhost:3000',
      tokenAudience: 'http://localhost:3000',
      logLevel: 'info',
      metricsListen: null,
      shutdownDelaySeconds: 0,
      tls: null,
    })
  })

  it('a variable that is empty or blank counts as missing', () => {
    expect(readConfig({ PORT: '', ACCESS_TOKEN_TTL: ' ', SECRET: '\t' })).toEqual(readConfig({}))
  })

  it('what concerns somebody else is left alone', () => {
    expect(readConfig({ PATH: '/bin', HOME: '/root', port: '1' })).toEqual(readConfig({}))
  })
})

describe('settings', () => {
  it.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['metrics.internal:0', { host: 'metrics.internal', port: 0 }],
  ])('METRICS_LISTEN=%s is an address', (METRICS_LISTEN, metricsListen) => {
    expect(readConfig({ METRICS_LISTEN }).metricsListen).toEqual(metricsListen)
  })

  it.each(['9464', ':9464', '127.0.0.1', '127.0.0.1:70000', '::1:9464', 'http://127.0.0.1:9464'])(
    'METRICS_LISTEN=%s is not',
    (METRICS_LISTEN) => expect(variablesOf({ METRICS_LISTEN })).toEqual(['METRICS_LISTEN']),
  )

  it('are read', () => {
    const config = readConfig({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://user:pass@db:5432/latchkey',
      SECRET: `${secret} newest , ${secret}`,
      PUBLIC_URL: 'https://id.example.com/',
      ALLOWED_ORIGINS: 'https://app.example.com, https://admin.example.com:8443/',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1/128,192.0.2.1',
      PORT: '0',
      REUSE_REVOKES: 'session',
    })

    expect(config).toMatchObject({
      production: true,
      databaseUrl: 'postgres://user:pass@db:5432/latchkey',
      secrets: [`${secret} newest`, secret],
      publicUrl: 'https://id.example.com',
      allowedOrigins: ['https://id.example.com', 'https://app.example.com', 'https://admin.example.com:8443'],
      trustedProxies: ['10.0.0.0/8', '::1/128', '192.0.2.1'],
      port: 0,
      reuseRevokes: 'session',
      tokenIssuer: 'https://id.example.com',
      tokenAudience: 'https://id.example.com',
    })
  })

  it('cannot be changed afterwards', () => {
    const config = readConfig({})

    expect(Object.isFrozen(config)).toBe(true)
    expect(() => Object.assign(config, { production: true })).toThrow(TypeError)
  })

  it.each([
    ['10s', 10],
    ['10m', 600],
    ['15m', 900],
    ['600s', 600],
  ])('read %s as a duration of %i seconds', (text, seconds) => {
    expect(readConfig({ ACCESS_TOKEN_TTL: text }).accessTokenTtlSeconds).toBe(seconds)
  })

  it.each([
    ['1h', 3_600],
    ['7d', 7 * 86_400],
    ['90d', 90 * 86_400],
  ])('read %s as a duration of %i seconds', (text, seconds) => {
    const config = readConfig({ SESSION_IDLE_TTL: text, SESSION_ABSOLUTE_TTL: '365d' })
    expect(config.sessionIdleTtlSeconds).toBe(seconds)
  })

  it.each([
    '10',
    'm',
    '10 m',
    '10M',
    '-10m',
    '1.5m',
    '10m5s',
    '0',
    'ten minutes',
    '9999999s',
    '9s',
    '16m',
    '1h',
    'NaN',
  ])('refuse %j as the life of an access token, with the remedy', (text) => {
    expect(problemsOf({ ACCESS_TOKEN_TTL: text })).toEqual([
      {
        variable: 'ACCESS_TOKEN_TTL',
        problem: 'cannot be read',
        remedy: 'Write a duration from 10s to 15m, such as 15m',
      },
    ])
  })

  it.each([
    ['REFRESH_RETRY_WINDOW', '0s', true],
    ['REFRESH_RETRY_WINDOW', '60s', true],
    ['REFRESH_RETRY_WINDOW', '61s', false],
    ['SIGNING_KEY_TTL', '1h', true],
    ['SIGNING_KEY_TTL', '59m', false],
    ['PORT', '65535', true],
    ['PORT', '65536', false],
    ['PORT', '3000x', false],
    ['PORT', '-1', false],
    ['PUBLIC_URL', 'https://example.com', true],
    ['PUBLIC_URL', 'https://example.com/path', false],
    ['PUBLIC_URL', 'example.com', false],
    ['PUBLIC_URL', 'ftp://example.com', false],
    ['PUBLIC_URL', 'https://user@example.com', false],
    ['ALLOWED_ORIGINS', '*', false],
    ['ALLOWED_ORIGINS', 'null', false],
    ['ALLOWED_ORIGINS', 'https://*.example.com/x', false],
    ['ALLOWED_ORIGINS', 'https://a.example, nonsense', false],
    ['TRUSTED_PROXIES', '10.0.0.0/33', false],
    ['TRUSTED_PROXIES', '10.0.0.256', false],
    ['TRUSTED_PROXIES', '::1/129', false],
    ['TRUSTED_PROXIES', 'true', false],
    ['TRUSTED_PROXIES', '1', false],
    ['DATABASE_URL', 'postgresql://db/name', true],
    ['DATABASE_URL', 'embedded', true],
    ['DATABASE_URL', 'mysql://db/name', false],
    ['DATABASE_URL', 'db', false],
    ['COOKIE_SAME_SITE', 'lax', true],
    ['COOKIE_SAME_SITE', 'Lax', false],
    ['REUSE_REVOKES', 'nothing', false],
    ['SIGNING_ALGORITHM', 'ES256', true],
    ['SIGNING_ALGORITHM', 'RS256', true],
    ['SIGNING_ALGORITHM', 'HS256', false],
    ['SIGNING_ALGORITHM', 'none', false],
    ['LOG_LEVEL', 'loud', false],
    ['SECRET', secret, true],
    ['SECRET', secret.slice(0, 31), false],
    ['SECRET', 'x'.repeat(64), false],
    ['SECRET', `${secret},short`, false],
  ])('%s=%s', (variable, value, accepted) => {
    if (accepted) expect(() => readConfig({ [variable]: value })).not.toThrow()
    else expect(variablesOf({ [variable]: value })).toEqual([variable])
  })
})

describe('problems', () => {
  it('are reported all at once, each by its variable and with a remedy', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: 'http',
      ACCESS_TOKEN_TTL: '1h',
      SESSION_IDLE_TTL: '20d',
      SESSION_ABSOLUTE_TTL: '10d',
      TLS_CERT_FILE: 'cert.pem',
      COOKIE_SAME_SITE: 'none',
      ALLOWED_ORIGINS: '*',
    })

    expect(problems.map(({ variable }) => variable).sort()).toEqual([
      'ACCESS_TOKEN_TTL',
      'ALLOWED_ORIGINS',
      'COOKIE_SAME_SITE',
      'DATABASE_URL',
      'PORT',
      'PUBLIC_URL',
      'SECRET',
      'SESSION_IDLE_TTL',
      'TLS_CERT_FILE',
    ])
    for (const { problem, remedy } of problems) {
      expect(problem).not.toBe('')
      expect(remedy).toMatch(/^(Set|Write|Shorten|Use) /)
    }
  })

  it('are in the message of the error, and no secret is', () => {
    const error = new ConfigError(problemsOf({ SECRET: 'too short a canary', PORT: 'x' }))

    expect(error.message).toMatch(/^SECRET cannot be read\. Use at least 32 random bytes/m)
    expect(error.message).toMatch(/^PORT cannot be read\. Write a port number/m)
    expect(error.message).not.toContain('canary')
  })

  it('are named once for each variable', () => {
    expect(variablesOf({ NODE_ENV: 'production', SECRET: 'short', PUBLIC_URL: 'x', DATABASE_URL: 'y' }).sort()).toEqual(
      ['DATABASE_URL', 'PUBLIC_URL', 'SECRET'],
    )
  })
})

describe('in production', () => {
  const good = {
    NODE_ENV: 'production',
    SECRET: secret,
    PUBLIC_URL: 'https://id.example.com',
    DATABASE_URL: 'postgres://db/latchkey',
  }

  it('the server starts with a secret, an https address and a database', () => {
    expect(readConfig(good).production).toBe(true)
  })

  it.each([
    ['without a secret', { SECRET: '' }, 'SECRET'],
    ['with a weak secret', { SECRET: 'password' }, 'SECRET'],
    ['without an address', { PUBLIC_URL: '' }, 'PUBLIC_URL'],
    ['on plain http', { PUBLIC_URL: 'http://id.example.com' }, 'PUBLIC_URL'],
    ['with a database that nobody has chosen', { DATABASE_URL: '' }, 'DATABASE_URL'],
  ])('it does not start %s', (_what, change, variable) => {
    expect(variablesOf({ ...good, ...change })).toEqual([variable])
  })

  it('the embedded database is a choice', () => {
    expect(readConfig({ ...good, DATABASE_URL: 'embedded' }).databaseUrl).toBeNull()
  })
})

describe('with certificates', () => {
  it('the address is https', () => {
    const config = readConfig({ TLS_CERT_FILE: 'cert.pem', TLS_KEY_FILE: 'key.pem', PORT: '8443' })

    expect(config.publicUrl).toBe('https://localhost:8443')
    expect(config.tls).toEqual({ certificateFile: 'cert.pem', keyFile: 'key.pem' })
  })
})

it('cookies of a separate front end need https', () => {
  expect(variablesOf({ COOKIE_SAME_SITE: 'none' })).toEqual(['COOKIE_SAME_SITE'])
  expect(readConfig({ COOKIE_SAME_SITE: 'none', PUBLIC_URL: 'https://id.example.com' }).cookieSameSite).toBe('none')
})

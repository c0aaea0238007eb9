import { join } from 'node:path'
import fastifyCors from '@fastify/cors'
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Database } from './database/connect.ts'
import { boundConnections, defaultPatience, listenerOptions, type Patience } from './http/connections.ts'
import { registerCspReports } from './http/csp-reports.ts'
import { registerDashboard } from './http/dashboard.ts'
import { type Draining, registerDrain } from './http/drain.ts'
import { answerError, registerErrors } from './http/errors.ts'
import { registerGathering } from './http/gather.ts'
import { registerHealth } from './http/health.ts'
import { registerJwks } from './http/jwks.ts'
import { loggerOptions } from './http/logging.ts'
import { listenForMetrics, type MetricsListener } from './http/metrics-listener.ts'
import { registerOAuth } from './http/oauth.ts'
import { observeServices } from './http/observed.ts'
import { createRequestId } from './http/request-id.ts'
import { registerRpc } from './http/rpc.ts'
import { securityHeaders } from './http/security-headers.ts'
import { registerTransport } from './http/transport.ts'
import { registerTurns } from './http/turns.ts'
import { createDelivery } from './mail/deliver.ts'
import { outboxSender, type SendMail, smtpSender } from './mail/send-mail.ts'
import { createMetrics } from './metrics.ts'
import { createAdmission } from './rpc/admission.ts'
import { callerOf, type Services } from './rpc/context.ts'
import { createStreams } from './rpc/streams.ts'
import { createLastActive } from './session/last-active.ts'
import { type Locate, nowhere } from './session/location.ts'
import { createRefresh } from './session/refresh.ts'
import { createRevocationFeed } from './session/revocation-feed.ts'
import { startSweeping } from './session/sweep.ts'
import { createKeyRing } from './signing/key-ring.ts'
import { createVerify } from './signing/verify.ts'
import { deriveSecrets } from './token/derived-secrets.ts'
import { sealAgain } from './user/authenticator-app.ts'
import { createBreachCheck, unchecked } from './user/breached-passwords.ts'
import { createPasswordHasher } from './user/password.ts'

export type AppOptions = {
  config: Config
  database: Database
  clock: Clock
  /** The built dashboard; without it only the API is served. */
  dashboardDirectory?: string
  /** Where addresses are; by default nobody knows. */
  locate?: Locate
  /** Where log lines go. */
  logStream: { write(line: string): void }
  /** How long slow clients are waited for. */
  patience?: Patience
  /** How far hashing makes way for whatever else wants the processor, from 0 to 19. */
  hashingNiceness?: number
  /** How mail leaves, instead of through `SMTP_URL` or into the outbox. */
  sendMail?: SendMail
}

/** One server instance. Call `drain` before `close` when others are to take over. */
export type App = FastifyInstance & Pick<Draining, 'drain'>

/** Queries of ten calls in one URL. */
const longestProcedurePath = 1_000

/**
 * One server instance on an open, migrated database. `ready()` loads keys and the revocation feed; `close()` writes what is
 * pending and stops, but leaves the database to its owner. It never listens by itself.
 */
export async function buildApp({
  config,
  database,
  clock,
  dashboardDirectory,
  locate = nowhere,
  logStream,
  patience = defaultPatience,
  hashingNiceness = 10,
  sendMail = mailSender(config),
}: AppOptions): Promise<App> {
  const metrics = createMetrics()
  const app: FastifyInstance = Fastify({
    logger: { ...loggerOptions(config.logLevel), stream: logStream },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: createRequestId(config.trustedProxies),
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    routerOptions: { maxParamLength: longestProcedurePath },
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => void answerError(metrics, error, request, reply),
    ...listenerOptions(config, patience),
  } as FastifyServerOptions) as FastifyInstance
  const { log } = app
  boundConnections(app)

  const secrets = deriveSecrets(config.secrets)
  const keyRing = createKeyRing({ database, clock, secrets, config, log })
  const feed = createRevocationFeed({ database, clock, log })
  const lastActive = createLastActive({ database, clock, log })
  const services: Services = {
    config,
    database,
    clock,
    secrets,
    hasher: createPasswordHasher(config.passwordPeppers, { nice: hashingNiceness }),
    admission: createAdmission(),
    isBreached: config.breachedPasswordsUrl ? createBreachCheck(config.breachedPasswordsUrl) : unchecked,
    keyRing,
    feed,
    verify: createVerify({ keyRing, clock, config, callerOf }),
    refresh: createRefresh({ database, clock, config, secrets, keyRing, feed, log, metrics }),
    lastActive,
    locate,
    streams: createStreams(),
    metrics,
  }
  observeServices(services)

  registerErrors(app, metrics)
  const gathering = registerGathering(app)
  registerTurns(app)
  const { onReplies, onPages } = securityHeaders(config)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(onReplies).header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const procedures = (request.params as { path?: string } | null)?.path
    const milliseconds = Math.round(reply.elapsedTime)
    request.log.info({ event: 'request', method: request.method, procedures, status: reply.statusCode, milliseconds })
    done()
  })
  registerTransport(app, config)
  const allowedOrigins = [...config.allowedOrigins]
  await app.register(fastifyCors, {
    // A request without an Origin asks nothing of CORS.
    origin: (origin, answer) => answer(null, origin === undefined ? false : allowedOrigins),
    credentials: true,
    methods: ['GET', 'POST'],
    allowedHeaders: ['content-type', 'authorization', 'trpc-accept', 'last-event-id'],
    exposedHeaders: 'retry-after, x-request-id',
    maxAge: 600,
  })
  const draining = registerDrain(app, services.streams)
  registerHealth(app, services, draining)
  registerJwks(app, keyRing)
  await registerOAuth(app, services)
  await registerCspReports(app, clock)
  await registerRpc(app, services, gathering)
  // Read only where it is shown: it has a description of every reply, which nothing else needs.
  if (config.explorer) await (await import('./http/explorer.ts')).registerExplorer(app, onPages)
  if (dashboardDirectory) await registerDashboard(app, dashboardDirectory, onPages)

  const delivery = createDelivery({ database, clock, secrets, sendMail, log })
  const sweeping = startSweeping({ database, clock, log })
  let metricsListener: MetricsListener | undefined
  app.addHook('onReady', async () => {
    await feed.start()
    await keyRing.start()
    await sealAgain(database.orm, secrets)
    lastActive.start()
    await delivery.start()
    sweeping.start()
    if (!config.metricsListen) return
    metricsListener = await listenForMetrics(metrics, config.metricsListen, log)
    log.info({ event: 'metrics_listening', url: metricsListener.url }, 'Metrics are served')
  })
  app.addHook('preClose', async () => services.streams.close())
  app.addHook('onClose', async () => {
    await metricsListener?.close()
    sweeping.stop()
    await delivery.stop()
    await lastActive.stop()
    await keyRing.stop()
    await services.admission.close()
    await services.hasher.close()
    await feed.stop()
  })
  return Object.assign(app, { drain: draining.drain })
}

/** Through the operator's mail server, or into a folder beside the data. */
function mailSender({ smtpUrl, mailFrom, dataDirectory }: Config): SendMail {
  return smtpUrl ? smtpSender(smtpUrl, mailFrom) : outboxSender(join(dataDirectory, 'outbox'), mailFrom)
}

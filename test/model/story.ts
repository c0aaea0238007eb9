import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isNull } from 'drizzle-orm'
import { signingKeys, users } from '../../server/database/schema.ts'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import { encodeRefreshToken } from '../../server/token/refresh-token.ts'
import { generateSigningKey, wrapPrivateKey } from '../../server/token/signing-key.ts'
import { hashOnce } from '../../server/user/password.ts'
import { newEmail, startTestServer } from '../harness/test-server.ts'
import { type Families, type Family, isLive, type Policy } from './family.ts'
import { linearize } from './linearize.ts'
import { type Ask, replyTo, type World, worldOf } from './requests.ts'
import { readFamilies, sameFamilies } from './rows.ts'
import { type Carried, type Heard, Mint, readAccessToken, readRefreshToken, type SetCookie, send } from './wire.ts'

const oldSecret = 'the secret of last year is long enough for its purpose'
const newSecret = 'the secret of this year is no shorter than the other one'
const environment = { LOG_LEVEL: 'debug', TRUSTED_PROXIES: '127.0.0.1/32' }

/**
 * Two instances on one database in the middle of a change of `SECRET`: both know the two entries, and each calls the other
 * one the newest.
 */
export async function startWorld(policy: Policy) {
  const durations = {
    ...environment,
    ACCESS_TOKEN_TTL: `${policy.accessTtl / 1000}s`,
    SESSION_IDLE_TTL: `${policy.idleTtl / 1000}s`,
    SESSION_ABSOLUTE_TTL: `${policy.absoluteTtl / 1000}s`,
    REFRESH_RETRY_WINDOW: `${policy.retryWindow / 1000}s`,
    REUSE_REVOKES: policy.reuseRevokes,
  }
  const server = await startTestServer({ environment: { ...durations, SECRET: `${oldSecret},${newSecret}` } })
  const changed = await server.addInstance({ SECRET: `${newSecret},${oldSecret}` })
  return {
    policy,
    server,
    urls: [server.url, changed.url],
    /** Of the first password of everybody: hashed once, since that takes long. */
    passwordHash: await hashOnce(passwordNumber(0)),
    async close() {
      const unexpected = server.takeErrors().filter(({ event }) => event !== 'refresh_alarm')
      await server.close()
      if (unexpected.length > 0) throw new Error(`Unexpected errors were logged:\n${JSON.stringify(unexpected)}`)
    },
  }
}

export type ModelWorld = Awaited<ReturnType<typeof startWorld>>

const passwordNumber = (number: number) => `correct horse battery staple ${number}`

type Held = { text: string; until: number }
type Jar = { access?: Held; refresh?: Held }

/** Somebody with a cookie jar: a person's browser, or a thief with what was in one. */
type Actor = {
  honest: boolean
  userId: string
  address: string
  jar: Jar
  /** Replies that are still on their way. */
  underway: SetCookie[][]
}

/** What becomes of a reply on its way to a jar. */
export type Delivery = 'arrives' | 'is lost' | 'is late' | 'arrives twice'

export type Procedure = Ask['procedure'] | 'forge'

/** One request as the generator draws it: numbers pick among whoever and whatever there is. */
export type Call = { actor: number; procedure: Procedure; pick: number; instance: number; delivery: Delivery }

let addresses = 0

/** One person's and one neighbour's history, in which everything that can happen is compared with the model. */
export class Story {
  readonly #world: ModelWorld
  readonly #mint = new Mint()
  readonly #emails = new Map<string, string>()
  readonly #actors: Actor[] = []
  readonly #revokedKeys = new Set<string>()
  /** The latest access token of each session. */
  readonly #access = new Map<string, string>()
  #families: Families = { users: {}, sessions: {} }
  #passwords = 0
  /** What has happened, so that nobody trusts a story in which nothing did. */
  readonly happened: Map<string, number>

  constructor(world: ModelWorld, happened = new Map<string, number>()) {
    this.#world = world
    this.happened = happened
  }

  /** Two devices of one person and one of a neighbour. */
  async begin(): Promise<void> {
    const { server, passwordHash } = this.#world
    const owners = [randomUUID(), randomUUID()]
    const now = new Date(server.clock.now())
    for (const id of owners) {
      const email = newEmail()
      this.#emails.set(id, email)
      await server.database.orm
        .insert(users)
        .values({ id, email, passwordHash, passwordChangedAt: now, createdAt: now })
    }
    const owner = { tokenVersion: 0, password: passwordNumber(0), changes: 0 }
    this.#families = { users: Object.fromEntries(owners.map((id) => [id, owner])), sessions: {} }
    const [person = '', neighbour = ''] = owners
    for (const userId of [person, person, neighbour])
      this.#actors.push({ honest: true, userId, address: newAddress(), jar: {}, underway: [] })
    await this.together(
      this.#actors.map((_, actor) => ({
        actor,
        procedure: 'auth.signIn',
        pick: 0,
        instance: actor,
        delivery: 'arrives',
      })),
    )
  }

  get #now(): number {
    return this.#world.server.clock.now()
  }

  #count(event: string): void {
    this.happened.set(event, (this.happened.get(event) ?? 0) + 1)
  }

  #actor(number: number): Actor {
    return picked(this.#actors, number)
  }

  /** What a browser sends: cookies whose time is over are gone, by its clock, which is late. A thief has written everything down. */
  #carried({ jar, honest }: Actor): Carried {
    const sent = (held: Held | undefined) =>
      held && (!honest || held.until + 1_000 > this.#now) ? held.text : undefined
    return { access: sent(jar.access), refresh: sent(jar.refresh) }
  }

  /** A token that whoever knows `SECRET` can make: its MAC is right and its secret is not. */
  #forged(pick: number): string {
    const [sessionId, family] = picked(Object.entries(this.#families.sessions), pick)
    const generation = Math.max(0, family.generation + 1 - (pick % 4))
    return encodeRefreshToken({ sessionId, generation, secret: randomBytes(32) }, deriveSecrets([newSecret]).newest)
  }

  #asked(actor: Actor, { procedure, pick }: Call, carried: Carried): Ask {
    const { userId, honest } = actor
    const password = this.#families.users[userId]?.password ?? ''
    const signIn = { procedure: 'auth.signIn', userId, password, opens: null } as const
    // Whoever has been signed out signs in again.
    if (honest && !carried.access && !carried.refresh && pick % 4 > 0) return signIn
    switch (procedure) {
      case 'auth.signIn':
        return honest ? signIn : { procedure: 'auth.whoami' }
      case 'account.changePassword':
        if (!honest) return { procedure: 'auth.refresh' }
        return { procedure, from: password, to: passwordNumber(this.#passwords), andSignOutOthers: pick % 2 === 0 }
      case 'session.revoke':
        return { procedure, sessionId: picked([...Object.keys(this.#families.sessions), randomUUID()], pick) }
      case 'forge':
        return { procedure: 'token.refresh' }
      case 'auth.whoami':
      case 'auth.current':
      case 'auth.refresh':
      case 'auth.signOut':
      case 'session.list':
      case 'session.revokeOthers':
      case 'session.revokeAll':
      case 'token.refresh':
      case 'token.revoke':
        return { procedure }
    }
  }

  /** Requests that are sent at the same moment. Their replies and the rows must have one explanation in the model. */
  async together(calls: readonly Call[]): Promise<void> {
    const { policy, urls, server } = this.#world
    const before = this.#families
    this.#passwords++
    const sent = calls.map((call) => {
      const actor = this.#actor(call.actor)
      const own = this.#carried(actor)
      const carried = call.procedure === 'forge' ? { refresh: this.#forged(call.pick) } : own
      return { call, actor, carried, ask: this.#asked(actor, call, own), instance: call.instance % urls.length }
    })
    const heard = await Promise.all(
      sent.map(async ({ actor, carried, ask, instance }) => ({
        actor,
        carried,
        instance,
        ask,
        ...(await send({
          url: picked(urls, instance),
          ask,
          carried,
          address: actor.address,
          mint: this.#mint,
          emailOf: (userId) => this.#emails.get(userId) ?? '',
        })),
      })),
    )
    const circumstances = { policy, now: this.#now }
    const operations = heard.map(({ ask, carried, instance, invoked, responded, reply }) => {
      const known = { access: this.#readAccess(carried.access), refresh: this.#readRefresh(carried.refresh) }
      const opens = ask.procedure === 'auth.signIn' && typeof reply.data === 'string' ? { opens: reply.data } : {}
      const request = { ask: { ...ask, ...opens } as Ask, carried: known, instance, invoked, responded, circumstances }
      return {
        invoked,
        responded,
        acts: () => replyTo(request),
        fits: (predicted: unknown) => JSON.stringify(predicted) === JSON.stringify(reply),
      }
    })
    const actual = await readFamilies(server.database.orm, before)
    const explained = linearize<World, unknown>(worldOf(before), operations, ({ families }) =>
      sameFamilies(families, actual),
    )
    const account = () => accountOf({ before, actual, now: this.#now, heard })
    if (!explained) throw new Error(`No order of the model explains this:\n${account()}`)
    this.#families = { ...actual, users: explained.families.users }
    this.#checkAlways(before, heard, account)
    for (const { ask, reply, setCookies } of heard) {
      this.#count(`${ask.procedure} ${reply.reason ?? 'ok'}`)
      this.#noteAccess(setCookies)
    }
    for (const [index, { actor, setCookies }] of heard.entries())
      this.#deliver(actor, setCookies, calls[index]?.delivery)
    await this.#checkEnded(before)
  }

  #readAccess(text: string | undefined) {
    if (!text) return null
    const { sid, sub, exp, auth_time, keyId } = readAccessToken(text)
    // Five seconds of tolerance, as configured nowhere and documented.
    return {
      sessionId: sid,
      userId: sub,
      authenticatedAt: auth_time * 1000,
      good: this.#now < (exp + 5) * 1000 && !this.#revokedKeys.has(keyId),
    }
  }

  #readRefresh(text: string | undefined) {
    return text ? this.#mint.presented(text) : null
  }

  #noteAccess(setCookies: readonly SetCookie[]): void {
    const text = setCookies.find(({ name }) => name === 'access')?.text
    if (!text) return
    const { sid, exp } = readAccessToken(text)
    const family = this.#families.sessions[sid]
    if (!family || exp * 1000 > family.absoluteExpiresAt) throw new Error('An access token outlives its session')
    this.#access.set(sid, text)
  }

  #deliver(actor: Actor, setCookies: SetCookie[], delivery: Delivery | undefined): void {
    if (delivery === 'is late' || delivery === 'arrives twice') actor.underway.push(setCookies)
    if (delivery === 'arrives' || delivery === 'arrives twice') this.#keep(actor, setCookies)
  }

  #keep({ jar }: Actor, setCookies: readonly SetCookie[]): void {
    for (const { name, text, maxAgeSeconds } of setCookies) {
      if (name !== 'access' && name !== 'refresh') continue
      if (text === '') delete jar[name]
      else jar[name] = { text, until: this.#now + maxAgeSeconds * 1000 }
    }
  }

  /** Promises that hold whatever the model says; checked from the rows and replies alone. */
  #checkAlways(before: Families, heard: (Heard & Sent)[], account: () => string): void {
    const must = (holds: boolean, promise: string) => {
      if (!holds) throw new Error(`${promise}:\n${account()}`)
    }
    const now = this.#now
    for (const [id, was] of Object.entries(before.sessions)) {
      const is = this.#families.sessions[id]
      must(is !== undefined, 'a session keeps its row')
      if (!is) continue
      must(was.revoked === null || was.revoked === is.revoked, 'revoked is absorbing')
      must(is.generation >= was.generation, 'a generation never falls')
      // Each generation was handed to somebody, whether or not the reply arrived.
      must(is.generation - was.generation <= 2 * heard.length, 'a generation rises by one for each rotation')
      must(is.absoluteExpiresAt === was.absoluteExpiresAt, 'the absolute expiry stands')
    }
    for (const { carried, reply, ask } of heard) {
      const definitive = ['auth.signOut', 'session.revokeAll', 'session.revoke'].includes(ask.procedure)
      const ids = [this.#readAccess(carried.access)?.sessionId, this.#readRefresh(carried.refresh)?.sessionId]
      const ended = ids.some((id) => id !== undefined && !this.#works(this.#families, id, now))
      must(reply.cookies !== 'cleared' || definitive || ended, 'cookies are cleared only when their session has ended')
    }
    // Tabs of one browser that all carry what it was given last, or one before within the window, are never refused.
    const [first] = heard
    const harmless = ['auth.whoami', 'auth.current', 'session.list', 'auth.refresh']
    const token = first && this.#readRefresh(first.carried.refresh)
    const family = token && before.sessions[token.sessionId]
    const sameTabs = heard.every(
      ({ carried, ask }) =>
        carried.refresh === first?.carried.refresh &&
        carried.access === first?.carried.access &&
        harmless.includes(ask.procedure),
    )
    if (!sameTabs || !token?.genuine || !family || !this.#works(before, token.sessionId, now)) return
    const current = family.generation === token.generation
    const retry = family.generation === token.generation + 1 && now - family.rotatedAt < this.#world.policy.retryWindow
    if (!current && !retry) return
    this.#count(current ? 'honest request' : 'honest retry')
    for (const { reply } of heard)
      must(reply.status === 200 && reply.cookies !== 'cleared', 'an honest request or retry is never refused')
  }

  #works({ users: owners, sessions }: Families, id: string, now: number): boolean {
    const family: Family | undefined = sessions[id]
    return family !== undefined && isLive(family, now) && owners[family.userId]?.tokenVersion === family.tokenVersion
  }

  /** Nothing of a session that has just ended works any more, at any instance: neither its access token nor any refresh token. */
  async #checkEnded(before: Families): Promise<void> {
    const ended = Object.entries(this.#families.sessions).filter(
      ([id, { revoked }]) => revoked !== null && (before.sessions[id]?.revoked ?? null) === null,
    )
    for (const [id, { revoked }] of ended) {
      this.#count(`ended: ${revoked}`)
      for (const [index, url] of this.#world.urls.entries()) {
        await this.#untilRefused(id, url)
        const refresh = this.#mint.of(id)[index]
        if (refresh) await this.#expectEnded(url, refresh)
      }
    }
  }

  /** Presents everything that ever belonged to an ended session. */
  async end(): Promise<void> {
    const ended = Object.entries(this.#families.sessions).filter(([, { revoked }]) => revoked !== null)
    for (const [id] of ended)
      for (const [index, text] of this.#mint.of(id).slice(0, 4).entries())
        await this.#expectEnded(picked(this.#world.urls, index), text)
    const actual = await readFamilies(this.#world.server.database.orm, this.#families)
    if (!sameFamilies(actual, this.#families)) throw new Error('Presenting tokens of ended sessions changed something')
  }

  async #expectEnded(url: string, refresh: string): Promise<void> {
    const ask = { procedure: 'token.refresh' } as const
    const { reply } = await send({ url, ask, carried: { refresh }, address: newAddress(), mint: this.#mint })
    if (reply.reason !== 'SESSION_REVOKED') throw new Error(`A token of an ended session: ${JSON.stringify(reply)}`)
  }

  /** The other instance hears of a revocation at once, though not in the same instant. */
  async #untilRefused(sessionId: string, url: string): Promise<void> {
    const bearer = this.#access.get(sessionId)
    if (!bearer || !this.#readAccess(bearer)?.good) return
    const giveUpAt = performance.now() + 5_000
    for (;;) {
      const ask = { procedure: 'auth.whoami' } as const
      const { reply } = await send({ url, ask, carried: {}, address: newAddress(), mint: this.#mint, bearer })
      if (reply.reason === 'SESSION_REVOKED') return
      if (reply.status !== 200 || performance.now() > giveUpAt)
        throw new Error(`An access token of the ended session ${sessionId} is answered ${JSON.stringify(reply)}`)
      await delay(5)
    }
  }

  /** Time passes. */
  advance(milliseconds: number): void {
    this.#world.server.clock.advance(milliseconds)
  }

  /** A thief copies a jar, to use it at any time. */
  steal(victim: number): void {
    const { userId, jar } = this.#actor(victim)
    if (!jar.refresh) return
    this.#count('stolen')
    const thief = { honest: false, userId, address: newAddress(), jar: { ...jar }, underway: [] }
    const thieves = this.#actors.filter(({ honest }) => !honest)
    const [oldest] = thieves
    if (oldest && thieves.length >= 3) this.#actors.splice(this.#actors.indexOf(oldest), 1)
    this.#actors.push(thief)
  }

  /** A reply that was on its way arrives after all. */
  arrive(number: number): void {
    const actor = this.#actor(number)
    const late = actor.underway.shift()
    if (late) this.#keep(actor, late)
  }

  /** A new key signs from now on; in an emergency the others are no longer trusted. */
  async changeSigningKey({ emergency }: { emergency: boolean }): Promise<void> {
    const { server, urls } = this.#world
    const { orm } = server.database
    const key = await generateSigningKey('EdDSA')
    const now = new Date(this.#now)
    const replaced = await orm
      .update(signingKeys)
      .set(emergency ? { revokedAt: now } : { trustedUntil: new Date(this.#now + 905_000) })
      .where(emergency ? isNull(signingKeys.revokedAt) : isNull(signingKeys.trustedUntil))
      .returning({ id: signingKeys.id })
    await orm.insert(signingKeys).values({
      id: key.id,
      algorithm: key.algorithm,
      publicKey: key.publicKey,
      encryptedPrivateKey: wrapPrivateKey(key.id, key.privateKey, deriveSecrets([newSecret])),
      createdAt: now,
      signsFrom: now,
    })
    if (emergency) for (const { id } of replaced) this.#revokedKeys.add(id)
    for (const url of urls) await this.#untilKnown(url, key.id)
    this.#count(emergency ? 'signing key revoked' : 'signing key rotated')
  }

  async #untilKnown(url: string, keyId: string): Promise<void> {
    const giveUpAt = performance.now() + 6_000
    while (performance.now() < giveUpAt) {
      const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
      const ids = keys.map(({ kid }) => kid)
      if (ids.includes(keyId) && !ids.some((id) => this.#revokedKeys.has(id))) return
      await delay(5)
    }
    throw new Error('An instance did not hear of a signing key')
  }
}

type Sent = { ask: Ask; carried: Carried; instance: number }

/** Each in a network of its own, as limits count networks. */
function newAddress(): string {
  addresses++
  return `10.${(addresses >> 8) & 255}.${addresses & 255}.1`
}

function picked<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

/** A failure as somebody can read it, without tokens. */
function accountOf(told: { before: Families; actual: Families; now: number; heard: (Heard & Sent)[] }): string {
  const { before, actual, now, heard } = told
  const read = (text: string | undefined) => {
    if (!text) return null
    const { sessionId, generation } = readRefreshToken(text)
    return `${sessionId}:${generation}`
  }
  const access = (text: string | undefined) => {
    if (!text) return null
    const { sid, exp } = readAccessToken(text)
    return `${sid} until ${exp * 1000}`
  }
  return JSON.stringify(
    {
      now,
      before,
      requests: heard.map(({ ask, carried, instance, reply }) => ({
        ask,
        access: access(carried.access),
        refresh: read(carried.refresh),
        instance,
        reply,
      })),
      actual,
    },
    null,
    2,
  )
}

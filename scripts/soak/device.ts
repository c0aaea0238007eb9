import { setTimeout as delay } from 'node:timers/promises'
import { ownNetwork, password } from '../../test/harness/fleet.ts'
import { type Reply, reasonOf, TestBrowser } from '../../test/harness/test-browser.ts'
import { type Ledger, readRefreshToken } from './ledger.ts'

/** Where browsers send their requests; chosen anew for each, as a load balancer would. */
export type Servers = { pick(): string }

/** How long a page waits before it gives a request up, and how long a person waits before they call it broken. */
const patienceMilliseconds = 8_000
const despairMilliseconds = 60_000

/** A number from 0 to below `limit`. */
export const random = (limit: number) => Math.floor(Math.random() * limit)

/**
 * One browser of an honest person: it asks in several tabs, loses replies, asks again, and signs in again when it has been
 * signed out for a reason that the soak knows of.
 */
export class Device {
  readonly browser: TestBrowser
  readonly email: string
  /** Somebody ended this session on purpose, or may have: to be told so is no fault. */
  endingExpected = false
  private readonly servers: Servers
  private readonly ledger: Ledger
  private asleep = false
  private asking: Promise<unknown> = Promise.resolve()

  constructor(email: string, servers: Servers, ledger: Ledger) {
    this.email = email
    this.servers = servers
    this.ledger = ledger
    this.browser = new TestBrowser(servers.pick(), ownNetwork())
  }

  get generation(): number {
    return readRefreshToken(this.browser.cookie('refresh') ?? '').generation
  }

  get sessionId(): string {
    const { sessionId } = readRefreshToken(this.browser.cookie('refresh') ?? '')
    return sessionId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** Asks until there is an answer other than "try again". */
  async ask(path: string, init: RequestInit = {}, jar: TestBrowser = this.browser): Promise<Reply> {
    const giveUpAt = Date.now() + despairMilliseconds
    for (;;) {
      this.ledger.requests++
      const signal = AbortSignal.timeout(patienceMilliseconds)
      const reply = await jar.send(`${this.servers.pick()}/trpc/${path}`, { ...init, signal }).catch(() => null)
      if (reply) this.ledger.observe(reply)
      if (reply && reply.status !== 503) {
        if (![200, 401, 404, 409].includes(reply.status))
          this.ledger.remark('unexpectedAnswers', `${path}: ${reply.status} ${reasonOf(reply)}`)
        return reply
      }
      if (Date.now() > giveUpAt) throw new Error(`${path} was not answered for ${despairMilliseconds / 1000} s`)
      this.ledger.retries++
      await delay(100 + random(200))
    }
  }

  call(procedure: string, input: unknown): Promise<Reply> {
    const headers = { 'content-type': 'application/json' }
    return this.ask(procedure, { method: 'POST', headers, body: JSON.stringify(input) })
  }

  async signUp(): Promise<void> {
    // A retry of a sign-up whose reply was lost finds the address taken.
    const reply = await this.call('auth.signUp', { email: this.email, password })
    if (reply.status !== 200) await this.signIn()
  }

  async signIn(): Promise<void> {
    this.browser.cookies.clear()
    const reply = await this.call('auth.signIn', { email: this.email, password })
    if (reply.status !== 200)
      return this.ledger.remark('unexpectedAnswers', `sign-in: ${reply.status} ${reasonOf(reply)}`)
    this.ledger.signIns++
    this.endingExpected = false
  }

  /** Nothing is asked until `wake`. */
  async sleep(): Promise<void> {
    this.asleep = true
    await this.asking.catch(() => {})
  }

  wake(): void {
    this.asleep = false
  }

  async live(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      if (!this.asleep) {
        this.asking = this.askInTabs()
        await this.asking
      }
      await delay(200 + random(1_200))
    }
  }

  private async askInTabs(): Promise<void> {
    if (random(20) === 0) await this.loseReply()
    const replies = await Promise.all(Array.from({ length: 1 + random(4) }, () => this.ask('auth.whoami')))
    const refused = replies.find(({ status }) => status === 401)
    if (!refused) return
    if (!this.endingExpected)
      this.ledger.remark('honestSignedOut', `${this.email} ${this.describe()} was told ${reasonOf(refused)}`)
    await this.signIn()
  }

  /** The request arrives, the answer does not. */
  private async loseReply(): Promise<void> {
    const lost = this.browser.clone()
    lost.drop('access')
    this.ledger.lostReplies++
    const signal = AbortSignal.timeout(patienceMilliseconds)
    const reply = await lost.send(`${this.servers.pick()}/trpc/auth.whoami`, { signal }).catch(() => null)
    if (reply) this.ledger.observe(reply)
    this.browser.drop('access')
  }

  private describe(): string {
    return this.browser.cookie('refresh')
      ? `with generation ${this.generation} of ${this.sessionId}`
      : 'without cookies'
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { type Reply, reasonOf, type TestBrowser } from './test-browser.ts'

/** People who go on using their browsers while something fails. */
export type Crowd = {
  /** Answers so far. */
  answered(): number
  /** Resolves after that many more answers. */
  more(count: number): Promise<void>
  /** Ends it, and answers everything that a person would have noticed: refusals other than "try again". */
  stop(): Promise<{ status: number; reason: string | undefined }[]>
}

/** How long a page waits for an answer before it asks again. */
const patienceMilliseconds = 12_000

/**
 * Every browser asks one server after the other, every second time without an access token, in one to three tabs at once that
 * share its cookies; it asks again when there is no answer or when it is told to try again.
 */
export function startCrowd(browsers: readonly TestBrowser[], urls: readonly string[]): Crowd {
  const noticed: { status: number; reason: string | undefined }[] = []
  let answered = 0
  let stopped = false

  async function ask(browser: TestBrowser, turn: number): Promise<Reply> {
    const url = urls[turn % urls.length] ?? browser.baseUrl
    return browser.send(`${url}/trpc/auth.whoami`, { signal: AbortSignal.timeout(patienceMilliseconds) })
  }

  async function askUntilAnswered(browser: TestBrowser, firstTurn: number): Promise<void> {
    for (let turn = firstTurn; ; turn++) {
      const reply = await ask(browser, turn).catch(() => null)
      if (reply && reply.status !== 503) {
        answered++
        if (reply.status !== 200) noticed.push({ status: reply.status, reason: reasonOf(reply) })
        return
      }
      if (stopped && turn > firstTurn + 100) return
      await delay(100)
    }
  }

  async function use(browser: TestBrowser, start: number): Promise<void> {
    for (let turn = start; !stopped && noticed.length === 0; turn++) {
      if (turn % 2 === 0) browser.drop('access')
      const tabs = 1 + (turn % 3)
      await Promise.all(Array.from({ length: tabs }, (_, tab) => askUntilAnswered(browser, turn + tab)))
      await delay(20 + ((turn * 7) % 40))
    }
  }

  const using = Promise.all(browsers.map(use))

  return {
    answered: () => answered,
    async more(count) {
      const goal = answered + count
      while (answered < goal && noticed.length === 0) await delay(20)
    },
    async stop() {
      stopped = true
      await using
      return noticed
    },
  }
}

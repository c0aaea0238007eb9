import { describe, expect, it } from 'vitest'
import { assessPassword } from '../../server/user/password-policy.ts'
import { text } from '../../web/text/en.ts'

const context = { known: ['someone@example.com', 'Ada King Lovelace', null, undefined], secondFactor: false }
const adviceFor = async (password: string, more = {}) =>
  (await assessPassword(password, { ...context, ...more })).advice

describe('advice against a password', () => {
  it.each([
    ['fourteen chars', /at least 15/],
    ['ﬁfteen letter', /at least 15/],
    ['é'.normalize('NFD').repeat(14), /at least 15/],
    ['x'.repeat(257), /at most 256/],
    ['aaaabbbbccccdddd', /./],
    ['aAaAaAaAaAaAaAaA', /repetition/],
    ['passwordpassword', /repetition/],
    ['letmeinletmeinletmein', /repetition/],
    ['qwertyuiopasdfghjkl', /common|keys/],
    ['123456789012345', /common|sequences/],
    ['abcdefghijklmnopqrstuvwxyz', /sequences/],
    ['1qaz2wsx3edc4rfv', /common|keys/],
    ['administrator123', /./],
    ['someone@example.com', /your e-mail address/],
    ['SomeoneSomeoneSomeone', /your e-mail address/],
    ['Ada King Lovelace', /your e-mail address/],
    ['latchkeylatchkeylatchkey', /./],
  ])('is given for %j, and the dashboard has words of its own', async (password, advice) => {
    expect(await adviceFor(password)).toMatch(advice)
    const { problem } = await assessPassword(password, context)
    expect(text.fieldProblem(problem ?? '')).not.toBe(text.fieldProblem(''))
  })

  it.each([
    'correct horse battery staple',
    'x1 y2 z3 a4 b5 c',
    'someone else entirely unlike me',
    'Ada has a long story to tell',
    'vier Wörter, die keiner errät',
    '正しい馬電池ステープルを使いましょうね',
  ])('is not given for %j', async (password) => {
    expect(await adviceFor(password)).toBeNull()
  })

  it('asks for eight characters beside a second factor, and fifteen alone', async () => {
    expect(await adviceFor('tr7 mq1x')).toMatch(/at least 15/)
    expect(await adviceFor('tr7 mq1x', { secondFactor: true })).toBeNull()
    expect(await adviceFor('tr7 mq1', { secondFactor: true })).toMatch(/at least 8/)
  })

  it('comes with a score from 0 to 4', async () => {
    expect((await assessPassword('passwordpassword', context)).score).toBe(0)
    expect((await assessPassword('correct horse battery staple', context)).score).toBe(4)
  })
})

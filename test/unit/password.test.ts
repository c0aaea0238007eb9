import { describe, expect, it } from 'vitest'
import { createPasswordHasher } from '../../server/user/password.ts'
import { normalizeEmail } from '../../server/user/user.ts'

describe('hashing a password', () => {
  // From the test suite of the reference implementation of Argon2.
  const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

  it('understands hashes that others have made', async () => {
    const hasher = await createPasswordHasher()
    expect(await hasher.verify('password', known)).toBe(true)
    expect(await hasher.verify('passwore', known)).toBe(false)
  })

  it('is Argon2id with a salt of its own each time', async () => {
    const hasher = await createPasswordHasher()
    const [one, other] = [await hasher.hash('the same words'), await hasher.hash('the same words')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/)
    expect(one).not.toBe(other)
    expect(await hasher.verify('the same words', one)).toBe(true)
    expect(hasher.needsRehash(one)).toBe(false)
  })

  it('does the same work for nobody, and says no', async () => {
    const hasher = await createPasswordHasher()
    expect(await hasher.verify('nobody has this password', null)).toBe(false)
  })

  it.each([
    '$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ])('would be done anew for %s', async (weaker) => {
    expect((await createPasswordHasher()).needsRehash(weaker)).toBe(true)
  })

  it('with a pepper is worth nothing without it', async () => {
    const [old, young] = ['an old pepper that is long enough', 'a young pepper that is long enough']
    const plain = await createPasswordHasher()
    const peppered = await createPasswordHasher([old])
    const rotated = await createPasswordHasher([young, old])
    const hash = await peppered.hash('the same words')

    expect(hash).toMatch(/^[\w-]{6}:\$argon2id\$/)
    expect(await peppered.verify('the same words', hash)).toBe(true)
    expect(await peppered.verify('other words', hash)).toBe(false)
    expect(await rotated.verify('the same words', hash)).toBe(true)
    expect(rotated.needsRehash(hash)).toBe(true)
    expect(peppered.needsRehash(hash)).toBe(false)
    for (const without of [plain, await createPasswordHasher([young])])
      expect(await without.verify('the same words', hash)).toBe(false)
    // A hash from before there was a pepper still fits, and is made anew.
    const before = await plain.hash('the same words')
    expect(await peppered.verify('the same words', before)).toBe(true)
    expect(peppered.needsRehash(before)).toBe(true)
  })

  it('takes on a few hundred at once, and refuses more', async () => {
    const hasher = await createPasswordHasher()
    // A hash that is none is refused by Argon2 at once, so that a full queue costs nothing here.
    const waiting = Array.from({ length: 205 }, () =>
      hasher.verify('password', 'no hash').catch((error: Error) => error.name),
    )

    expect(hasher.pending()).toBeLessThanOrEqual(202)
    const outcomes = await Promise.all(waiting)
    expect(outcomes.filter((name) => name === 'PasswordHashingBusy').length).toBeGreaterThan(0)
    expect(outcomes.filter((name) => name === 'PasswordHashingBusy').length).toBeLessThanOrEqual(5)
    expect(hasher.pending()).toBe(0)
  })
})

it.each([
  ['Someone@Example.COM', 'someone@example.com'],
  ['ｓomeone@example.com', 'someone@example.com'],
  ['ﬁsh@example.com', 'fish@example.com'],
])('%s is the address %s', (given, kept) => {
  expect(normalizeEmail(given)).toBe(kept)
  expect(normalizeEmail(kept)).toBe(kept)
})

import { afterAll, describe, expect, it } from 'vitest'
import { createPasswordHasher, type PasswordHasher } from '../../server/user/password.ts'
import { normalizeEmail } from '../../server/user/user.ts'

describe('hashing a password', () => {
  const hashers: PasswordHasher[] = []
  function hasherWith(...peppers: string[]): PasswordHasher {
    const hasher = createPasswordHasher(peppers)
    hashers.push(hasher)
    return hasher
  }
  afterAll(() => Promise.all(hashers.map((hasher) => hasher.close())))

  it.each([
    // From the test suite of the reference implementation of Argon2.
    ['password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    // From node-argon2, which names the parameters in another order.
    [
      'the same words',
      '$argon2id$v=19$m=19456,p=1,t=2$c2l4dGVlbiBieXRlcyBvaw$oZQFle5Wi73QDIG5BcIMOwaFIGjwTfnUdVlf6WcoW20',
    ],
  ])('understands hashes that others have made of %j', async (password, hash) => {
    const hasher = hasherWith()
    expect(await hasher.verify(password, hash)).toBe(true)
    expect(await hasher.verify(`${password}!`, hash)).toBe(false)
    expect(hasher.needsRehash(hash)).toBe(false)
  })

  it('understands hashes that others have made with a pepper', async () => {
    const hasher = hasherWith('an old pepper that is long enough')
    const name = (await hasher.hash('anything at all')).split(':')[0]
    const hash = `${name}:$argon2id$v=19$m=19456,p=1,t=2$c2l4dGVlbiBieXRlcyBvaw$Q9EJXqchHAnc7lXEz6fBBWWwsij6rLISdfDvrMdwy5o`
    expect(await hasher.verify('the same words', hash)).toBe(true)
    expect(await hasher.verify('other words', hash)).toBe(false)
  })

  it('is Argon2id with a salt of its own each time', async () => {
    const hasher = hasherWith()
    const [one, other] = [await hasher.hash('the same words'), await hasher.hash('the same words')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(other)
    expect(await hasher.verify('the same words', one)).toBe(true)
    expect(hasher.needsRehash(one)).toBe(false)
  })

  it('does the same work for nobody, and says no', async () => {
    const hasher = hasherWith()
    const hash = await hasher.hash('the same words')
    const took = async (given: string | null) => {
      const startedAt = performance.now()
      expect(await hasher.verify('other words', given)).toBe(false)
      return performance.now() - startedAt
    }
    const [forNobody, forSomebody]: [number[], number[]] = [[], []]
    for (let time = 0; time < 10; time++) {
      forNobody.push(await took(null))
      forSomebody.push(await took(hash))
    }

    // Refusing what is no hash would take a hundredth of it.
    expect(Math.min(...forNobody)).toBeGreaterThan(Math.min(...forSomebody) / 3)
  })

  it.each([
    '$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ])('would be done anew for %s', (weaker) => {
    expect(hasherWith().needsRehash(weaker)).toBe(true)
  })

  it('with a pepper is worth nothing without it', async () => {
    const [old, young] = ['an old pepper that is long enough', 'a young pepper that is long enough']
    const plain = hasherWith()
    const peppered = hasherWith(old)
    const rotated = hasherWith(young, old)
    const hash = await peppered.hash('the same words')

    expect(hash).toMatch(/^[\w-]{6}:\$argon2id\$/)
    expect(await peppered.verify('the same words', hash)).toBe(true)
    expect(await peppered.verify('other words', hash)).toBe(false)
    expect(await rotated.verify('the same words', hash)).toBe(true)
    expect(rotated.needsRehash(hash)).toBe(true)
    expect(peppered.needsRehash(hash)).toBe(false)
    for (const without of [plain, hasherWith(young)]) expect(await without.verify('the same words', hash)).toBe(false)
    // A hash from before there was a pepper still fits, and is made anew.
    const before = await plain.hash('the same words')
    expect(await peppered.verify('the same words', before)).toBe(true)
    expect(peppered.needsRehash(before)).toBe(true)
  })

  it('leaves the event loop free', async () => {
    const hasher = hasherWith()
    await hasher.hash('the same words')
    let turns = 0
    const timer = setInterval(() => {
      turns++
    }, 1)
    await Promise.all(Array.from({ length: 8 }, () => hasher.hash('the same words')))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(4)
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

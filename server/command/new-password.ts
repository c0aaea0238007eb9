import { createBreachCheck } from '../user/breached-passwords.ts'
import { hashOnce } from '../user/password.ts'
import { assessPassword } from '../user/password-policy.ts'
import type { Answer } from './answer.ts'
import { readPassword } from './password-input.ts'
import type { Workplace } from './workplace.ts'

/** A password from standard input, hashed; or why it will not do. The rules are those for everybody. */
export async function newPasswordHash(
  { config }: Workplace,
  known: readonly (string | null | undefined)[],
): Promise<{ kind: 'hashed'; passwordHash: string } | Answer> {
  const password = await readPassword()
  if (password === null) return { kind: 'usage', text: 'The two passwords differ.' }
  if (password === '') return { kind: 'usage', text: 'Write the password to standard input.' }
  const { advice } = await assessPassword(password, { known, secondFactor: false })
  if (advice) return { kind: 'refused', text: advice }
  if (config.breachedPasswordsUrl && (await createBreachCheck(config.breachedPasswordsUrl)(password)) === 'breached')
    return { kind: 'refused', text: 'This password has been leaked somewhere, and is tried first. Choose another one.' }
  return { kind: 'hashed', passwordHash: await hashOnce(password, config.passwordPeppers) }
}

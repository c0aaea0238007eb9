import { eq } from 'drizzle-orm'
import { users } from '../../server/database/schema.ts'
import { signedIn, signedUp, type TestInstance } from './test-server.ts'

/** A browser in which somebody of this role is signed in. */
export async function signedInAs(instance: TestInstance, role: string) {
  const { email, user } = await signedUp(instance)
  await instance.database.orm.update(users).set({ role }).where(eq(users.id, user.id))
  return { ...(await signedIn(instance, email)), email, user }
}

/** A browser in which an administrator is signed in. */
export const signedInAdministrator = (instance: TestInstance) => signedInAs(instance, 'admin')

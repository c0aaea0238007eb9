import { eq } from 'drizzle-orm'
import { users } from '../../server/database/schema.ts'
import { signedIn, signedUp, type TestInstance } from './test-server.ts'

/** A browser in which an administrator is signed in. */
export async function signedInAdministrator(instance: TestInstance) {
  const { email, user } = await signedUp(instance)
  await instance.database.orm.update(users).set({ role: 'admin' }).where(eq(users.id, user.id))
  return { ...(await signedIn(instance, email)), email, user }
}

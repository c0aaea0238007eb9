import { router } from '../trpc.ts'
import { overview } from './overview.ts'
import { sessions } from './sessions.ts'
import { signingKeys } from './signing-keys.ts'
import { users } from './users.ts'

/** What support and administrators do. Every act asks for a reason, is recorded with it, and needs a fresh proof of who acts. */
export const admin = router({ ...overview, ...users, ...sessions, ...signingKeys })

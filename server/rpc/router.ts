import { account } from './account.ts'
import { admin } from './admin/admin.ts'
import { auth } from './auth.ts'
import { revocation } from './revocation.ts'
import { service } from './service.ts'
import { session } from './session.ts'
import { token } from './token.ts'
import { router as createRouter } from './trpc.ts'

/** Every procedure that the server answers, under `/trpc`. */
export const router = createRouter({ auth, session, account, token, revocation, service, admin })

/** What typed clients are made from: `createTRPCClient<Router>`. */
export type Router = typeof router

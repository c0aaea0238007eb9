import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { localPath } from './local-path.ts'
import { code } from './page-code.ts'
import { readFilter } from './pages/activity/activity-filter.ts'
import { prefetchActivity } from './pages/activity/activity-query.ts'
import { requirePolicy } from './pages/admin/access.ts'
import { readAuditSearch, readSessionSearch, readUserSearch } from './pages/admin/admin-search.ts'
import { prefetchDevices } from './pages/devices/sessions-query.ts'
import { BrokenPage, BrokenPart } from './shell/broken-page.tsx'
import { MissingPage } from './shell/missing-page.tsx'
import { Pending } from './shell/pending.tsx'
import { queryClient, trpc } from './trpc.ts'

const departures = ['everywhere', 'deleted'] as const
type Departure = (typeof departures)[number]

const guides = ['unrecognised', 'factors', 'event'] as const
export type SecurityGuide = (typeof guides)[number]

interface SecuritySearch {
  after?: SecurityGuide | undefined
  /** When the device that wasn't recognised had signed in. */
  since?: string | undefined
}

// A search that is read answers every key: the router keeps what the address says for a key that is left out.
interface EntranceSearch {
  /** Where to go after signing in: a path of this dashboard. */
  next?: string | undefined
  /** What the person has just left behind. */
  signedOut?: Departure | undefined
}

const rootRoute = createRootRoute({ component: Outlet, errorComponent: BrokenPage, notFoundComponent: MissingPage })

const entranceRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'entrance',
  component: lazyRouteComponent(
    code(() => import('./shell/entrance.tsx')),
    'Entrance',
  ),
  errorComponent: BrokenPage,
  validateSearch: (search: Record<string, unknown>): EntranceSearch => ({
    next: typeof search.next === 'string' ? search.next : undefined,
    signedOut: departures.find((departure) => departure === search.signedOut),
  }),
  beforeLoad: async ({ search }) => {
    // When the server can't say who this is, the form is still the right page: signing in will say what is wrong.
    const current = await queryClient.ensureQueryData(trpc.auth.current.queryOptions()).catch(() => null)
    if (current !== null) throw redirect({ to: localPath(search.next), replace: true })
  },
})

const signInRoute = createRoute({
  getParentRoute: () => entranceRoute,
  path: '/sign-in',
  component: lazyRouteComponent(
    code(() => import('./pages/sign-in/sign-in-page.tsx')),
    'SignInPage',
  ),
})

const signUpRoute = createRoute({
  getParentRoute: () => entranceRoute,
  path: '/sign-up',
  component: lazyRouteComponent(
    code(() => import('./pages/sign-up/sign-up-page.tsx')),
    'SignUpPage',
  ),
})

/** Links in mails lead here, whoever is signed in: they are about an account, not about this browser's session. */
const openRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'open',
  component: lazyRouteComponent(
    code(() => import('./shell/entrance.tsx')),
    'Entrance',
  ),
  errorComponent: BrokenPage,
})

const forgotPasswordRoute = createRoute({
  getParentRoute: () => openRoute,
  path: '/forgot-password',
  component: lazyRouteComponent(
    code(() => import('./pages/recovery/forgot-password-page.tsx')),
    'ForgotPasswordPage',
  ),
})

const resetPasswordRoute = createRoute({
  getParentRoute: () => openRoute,
  path: '/reset-password',
  component: lazyRouteComponent(
    code(() => import('./pages/recovery/reset-password-page.tsx')),
    'ResetPasswordPage',
  ),
})

const confirmSignUpRoute = createRoute({
  getParentRoute: () => openRoute,
  path: '/confirm-sign-up',
  component: lazyRouteComponent(
    code(() => import('./pages/recovery/confirm-sign-up-page.tsx')),
    'ConfirmSignUpPage',
  ),
})

const confirmEmailRoute = createRoute({
  getParentRoute: () => openRoute,
  path: '/confirm-email',
  component: lazyRouteComponent(
    code(() => import('./pages/recovery/confirm-email-page.tsx')),
    'ConfirmEmailPage',
  ),
})

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  component: lazyRouteComponent(
    code(() => import('./shell/signed-in.tsx')),
    'SignedIn',
  ),
  errorComponent: BrokenPage,
  beforeLoad: async ({ cause, location }) => {
    const current = await queryClient.ensureQueryData(trpc.auth.current.queryOptions())
    // From one signed-in page to another: the layout says in place that the session is over.
    if (cause === 'stay') return
    if (current === null) {
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, replace: true })
    }
  },
})

const devicesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  component: lazyRouteComponent(
    code(() => import('./pages/devices/devices-page.tsx')),
    'DevicesPage',
  ),
  // Started, not awaited: the code of the page and its data arrive side by side.
  loader: prefetchDevices,
})

const securityRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/security',
  component: lazyRouteComponent(
    code(() => import('./pages/security/security-page.tsx')),
    'SecurityPage',
  ),
  // Set by the paths that start at a device or an event which wasn't recognised.
  validateSearch: (search: Record<string, unknown>): SecuritySearch => ({
    after: guides.find((guide) => guide === search.after),
    since: typeof search.since === 'string' && !Number.isNaN(Date.parse(search.since)) ? search.since : undefined,
  }),
  loader: () => void queryClient.prefetchQuery(trpc.account.credentials.queryOptions()),
})

const activityRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/activity',
  component: lazyRouteComponent(
    code(() => import('./pages/activity/activity-page.tsx')),
    'ActivityPage',
  ),
  validateSearch: readFilter,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => prefetchActivity(deps),
})

const apiAccessRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/api-access',
  component: lazyRouteComponent(
    code(() => import('./pages/api-access/api-access-page.tsx')),
    'ApiAccessPage',
  ),
  loader: () => void queryClient.prefetchQuery(trpc.service.list.queryOptions()),
})

const setUpRoute = createRoute({
  getParentRoute: () => openRoute,
  path: '/set-up',
  component: lazyRouteComponent(
    code(() => import('./pages/set-up/set-up-page.tsx')),
    'SetUpPage',
  ),
})

const overviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin',
  beforeLoad: () => requirePolicy('overview:read'),
  component: lazyRouteComponent(
    code(() => import('./pages/admin/overview-page.tsx')),
    'OverviewPage',
  ),
})

const usersRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin/users',
  beforeLoad: () => requirePolicy('users:read'),
  component: lazyRouteComponent(
    code(() => import('./pages/admin/users-page.tsx')),
    'UsersPage',
  ),
  validateSearch: readUserSearch,
})

const userRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin/users/$userId',
  beforeLoad: () => requirePolicy('users:read'),
  component: lazyRouteComponent(
    code(() => import('./pages/admin/user-page.tsx')),
    'UserPage',
  ),
})

const sessionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin/sessions',
  beforeLoad: () => requirePolicy('sessions:read-any'),
  component: lazyRouteComponent(
    code(() => import('./pages/admin/sessions-page.tsx')),
    'SessionsPage',
  ),
  validateSearch: readSessionSearch,
})

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin/audit',
  beforeLoad: () => requirePolicy('audit:read'),
  component: lazyRouteComponent(
    code(() => import('./pages/admin/audit-page.tsx')),
    'AuditPage',
  ),
  validateSearch: readAuditSearch,
})

const signingKeysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin/signing-keys',
  beforeLoad: () => requirePolicy('keys:manage'),
  component: lazyRouteComponent(
    code(() => import('./pages/admin/signing-keys-page.tsx')),
    'SigningKeysPage',
  ),
})

const adminRoutes = [overviewRoute, usersRoute, userRoute, sessionsRoute, auditRoute, signingKeysRoute] as const

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    entranceRoute.addChildren([signInRoute, signUpRoute]),
    openRoute.addChildren([forgotPasswordRoute, resetPasswordRoute, confirmSignUpRoute, confirmEmailRoute, setUpRoute]),
    signedInRoute.addChildren([devicesRoute, securityRoute, activityRoute, apiAccessRoute, ...adminRoutes]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPart,
  defaultPendingComponent: Pending,
  defaultPendingMs: 200,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

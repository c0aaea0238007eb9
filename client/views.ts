/** A signed-in device. Dates are ISO 8601. */
export type Session = {
  id: string
  /** Whether it is the session that asked. */
  current: boolean
  name: string | null
  device: Device
  ipAddress: string | null
  firstIpAddress: string | null
  location: string | null
  createdAt: string
  lastActiveAt: string
  authenticatedAt: string
  expiresAt: string
  amr: string[]
}

/** What a person recognises of a device. */
export type Device = {
  kind: 'desktop' | 'mobile' | 'tablet' | 'app' | 'unknown'
  browser: string | null
  os: string | null
}

/** A device that was signed out, and why. */
export type EndedSession = {
  id: string
  name: string | null
  device: Device
  ipAddress: string | null
  lastActiveAt: string
  endedAt: string
  reason: string
  /** From where; `null` when it is not known. */
  endedBy: { ipAddress: string | null; device: string | null } | null
}

/** A user of Latchkey as they see themselves. */
export type User = {
  id: string
  email: string
  name: string | null
  role: string
  emailVerified: boolean
  createdAt: string
}

/** A program that calls in its own name, with its live keys. */
export type ServiceAccount = {
  id: string
  name: string
  scopes: string[]
  createdAt: string
  keys: { id: string; hint: string; createdAt: string; expiresAt: string; lastUsedAt: string | null }[]
}

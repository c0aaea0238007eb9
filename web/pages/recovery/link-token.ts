import { useLocation } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

/**
 * The token of a mailed link, from the fragment of the address; `null` when there is none. It leaves the address bar at once, so
 * that it stays in no history, and is presented only when the person says so.
 */
export function useLinkToken(): string | null {
  const { hash, pathname } = useLocation()
  const [token, setToken] = useState(hash)
  useEffect(() => {
    if (hash === '') return
    setToken(hash)
    window.history.replaceState(window.history.state, '', pathname)
  }, [hash, pathname])
  return hash || token || null
}

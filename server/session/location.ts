import type { Reader, Response } from 'maxmind'

/** Roughly where an address is, in words such as "Berlin, Germany"; `null` when nothing is known. */
export type Locate = (ipAddress: string | null) => string | null

type Place = Response & {
  city?: { names?: { en?: string } }
  country?: { names?: { en?: string } }
}

/** Locates nothing: what an operator who has no database of places gets. */
export const nowhere: Locate = () => null

/** A database of places in MaxMind's format (city or country), the operator's own; it is read again when the file changes. */
export async function openLocationDatabase(file: string): Promise<Locate> {
  const { open } = await import('maxmind')
  const reader: Reader<Place> = await open<Place>(file, { watchForUpdates: true, watchForUpdatesNonPersistent: true })
  return (ipAddress) => {
    if (ipAddress === null) return null
    const place = reader.get(ipAddress)
    return [place?.city?.names?.en, place?.country?.names?.en].filter(Boolean).join(', ') || null
  }
}

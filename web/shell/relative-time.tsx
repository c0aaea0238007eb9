import { formatMomentWithZone, formatRelative } from '../dates.ts'
import { useNow } from './now.ts'

interface RelativeTimeProps {
  iso: string
  /** The words around the time: they belong to the catalogue, and their order to the language. */
  sentence: (when: string) => string
}

/** "Last active 2 hours ago", with the exact moment in the markup and under the pointer. */
export function RelativeTime({ iso, sentence }: RelativeTimeProps) {
  const now = useNow(30_000)
  return (
    <time dateTime={iso} title={formatMomentWithZone(iso)}>
      {sentence(formatRelative(iso, now))}
    </time>
  )
}

import { formatMoment, formatMomentWithZone } from '../dates.ts'

interface ExactTimeProps {
  iso: string
  sentence?: (when: string) => string
}

/** "Signed in 3 Oct 2026, 14:02", with the time zone under the pointer. */
export function ExactTime({ iso, sentence = (when) => when }: ExactTimeProps) {
  return (
    <time dateTime={iso} title={formatMomentWithZone(iso)}>
      {sentence(formatMoment(iso))}
    </time>
  )
}

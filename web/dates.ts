import { text } from './text.ts'

// The reader's own regional formats when they read the language of the page, else those of its catalogue.
const locale = navigator.languages.find((tag) => tag.split('-')[0] === text.language) ?? text.defaultLocale

const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
const momentWithZone = new Intl.DateTimeFormat(locale, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
const day = new Intl.DateTimeFormat(locale, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' })
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** "3 Oct 2026, 14:02" */
export function formatMoment(iso: string): string {
  return moment.format(new Date(iso))
}

/** "3 Oct 2026, 14:02 CEST" */
export function formatMomentWithZone(iso: string): string {
  return momentWithZone.format(new Date(iso))
}

/** "3 Oct" for "2026-10-03": a day of the calendar, which has no time zone. */
export function formatShortDay(day: string): string {
  return day === '' ? '' : shortDay.format(new Date(`${day}T00:00:00Z`))
}

/** "14:02" */
export function formatClock(iso: string): string {
  return clock.format(new Date(iso))
}

/** "just now", "2 hours ago", "yesterday", "in 5 days". */
export function formatRelative(iso: string, nowMs: number): string {
  const distanceMs = new Date(iso).getTime() - nowMs
  const sizeMs = Math.abs(distanceMs)
  if (sizeMs < minuteMs) return text.justNow
  if (sizeMs < hourMs) return relative.format(Math.trunc(distanceMs / minuteMs), 'minute')
  if (sizeMs < dayMs) return relative.format(Math.trunc(distanceMs / hourMs), 'hour')
  if (sizeMs < 30 * dayMs) return relative.format(Math.round(distanceMs / dayMs), 'day')
  if (sizeMs < 365 * dayMs) return relative.format(Math.round(distanceMs / (30 * dayMs)), 'month')
  return relative.format(Math.trunc(distanceMs / (365 * dayMs)), 'year')
}

/** The heading of a day: "Today", "Yesterday", "Tuesday, 3 November 2026". */
export function formatDay(iso: string, nowMs: number): string {
  const date = new Date(iso)
  const today = new Date(nowMs)
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1)
  if (date.toDateString() === today.toDateString()) return text.today
  if (date.toDateString() === yesterday.toDateString()) return text.yesterday
  return day.format(date)
}

/** Whether something happened in the 48 hours before now. */
export function isRecent(iso: string, nowMs: number): boolean {
  return nowMs - new Date(iso).getTime() < 48 * hourMs
}

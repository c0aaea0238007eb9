/** The path to return to after signing in, or home when it would lead off this site. */
export function localPath(next: string | undefined): string {
  if (next === undefined || !URL.canParse(next, window.location.origin)) return '/'
  const url = new URL(next, window.location.origin)
  return url.origin === window.location.origin ? url.pathname + url.search + url.hash : '/'
}

/** A pattern for LIKE that fits what starts with `text`, whatever characters it has. */
export function startsWith(text: string): string {
  return `${text.replace(/[\\%_]/g, '\\$&')}%`
}

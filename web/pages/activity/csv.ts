/**
 * A table as CSV (RFC 4180): lines end in CRLF, fields with a comma, a quote or a line break are quoted. A field that a
 * spreadsheet would take for a formula is preceded by an apostrophe (OWASP, "CSV Injection").
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(toField).join(',')}\r\n`).join('')
}

function toField(value: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

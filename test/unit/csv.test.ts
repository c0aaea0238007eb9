import { describe, expect, it } from 'vitest'
import { toCsv } from '../../web/pages/activity/csv.ts'

describe('a table as CSV', () => {
  it('separates fields by commas and ends every line in CRLF', () => {
    expect(
      toCsv([
        ['Time', 'Kind'],
        ['2026-10-03', 'signed_in'],
      ]),
    ).toBe('Time,Kind\r\n2026-10-03,signed_in\r\n')
    expect(toCsv([])).toBe('')
    expect(toCsv([['', '']])).toBe(',\r\n')
  })

  it('quotes what would end a field or a line, and doubles quotes', () => {
    expect(toCsv([['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines']])).toBe(
      '"a,b","say ""hi""","two\nlines","two\r\nlines"\r\n',
    )
    expect(toCsv([[' spaced ', 'Zürich 🔑']])).toBe(' spaced ,Zürich 🔑\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@sum(a1)', '\t=1', '\r=1', '=cmd|\' /c calc\'!"A1"'])(
    'does not let a spreadsheet compute %j',
    (value) => {
      const field = toCsv([[value]]).trimEnd()
      expect(field.replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )
})

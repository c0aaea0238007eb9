import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../drizzle', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))

/** What the instances of the previous release, which still run while this one migrates, would fail at or lose. */
const breaking: Record<string, RegExp> = {
  'takes something away': /\bdrop\s+(table|column|constraint|index|type|sequence|view|schema|default)\b/i,
  'renames something': /\brename\b/i,
  'changes the type of a column': /\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b/i,
  'makes a column obligatory': /\bset\s+not\s+null\b/i,
  'adds an obligatory column without a default': /\badd\s+column\s+(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/i,
  'adds what a new row cannot omit': /\badd\s+constraint\b(?![^;]*\bforeign\s+key\b)/i,
  'empties a table': /^\s*(truncate|delete\s+from)\b/im,
}

/** How a migration breaks the previous release, if it does. */
function breaks(text: string): string[] {
  const withoutComments = text.replaceAll(/^\s*--.*$/gm, '')
  return Object.entries(breaking).flatMap(([how, pattern]) => (pattern.test(withoutComments) ? [how] : []))
}

describe('the previous release survives', () => {
  it.each(files)('%s', (file) => {
    expect(breaks(readFileSync(join(folder, file), 'utf8'))).toEqual([])
  })

  it.each([
    ['ALTER TABLE "users" DROP COLUMN "name";', 'takes something away'],
    ['ALTER TABLE "users" RENAME COLUMN "name" TO "label";', 'renames something'],
    ['ALTER TABLE "users" ALTER COLUMN "name" SET DATA TYPE integer;', 'changes the type of a column'],
    ['ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;', 'makes a column obligatory'],
    ['ALTER TABLE "users" ADD COLUMN "shoe" text NOT NULL;', 'adds an obligatory column without a default'],
    ['ALTER TABLE "users" ADD CONSTRAINT "one" UNIQUE("name");', 'adds what a new row cannot omit'],
    ['DELETE FROM users;', 'empties a table'],
  ])('and this would be noticed: %s', (text, how) => {
    expect(breaks(text)).toEqual([how])
  })

  it('a column with a default, or without an obligation, breaks nothing', () => {
    expect(
      breaks(
        'ALTER TABLE "users" ADD COLUMN "shoe" integer DEFAULT 0 NOT NULL;\nALTER TABLE "users" ADD COLUMN "hat" text;',
      ),
    ).toEqual([])
  })
})

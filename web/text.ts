import type { Catalogue } from './text/en.ts'
import { text as english } from './text/en.ts'

/** Every catalogue there is: a file in the folder is enough. */
const catalogues = Object.values(import.meta.glob<Catalogue>('./text/*.ts', { import: 'text', eager: true }))

/** What the dashboard says, in the first language of the reader's that there is a catalogue for. */
export const text: Catalogue =
  navigator.languages
    .map((tag) => catalogues.find(({ language }) => language === tag.split('-')[0]))
    .find((catalogue) => catalogue !== undefined) ?? english

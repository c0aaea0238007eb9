import { readFile } from 'node:fs/promises'

/** What Babel's and oxc's runtimes make of an object spread: every property is asked after and defined by itself. */
const helper = /function _objectSpread2\(e\) \{\n[\s\S]*?\n\}/

const native = 'const _objectSpread2 = Object.assign;'

/**
 * tRPC ships its object spreads translated for engines that have none, and copies a call several times for each of its middlewares: in a profile the translation was an
 * eighth of an authenticated call. What the engine has does the same: own enumerable properties, symbols included, onto a fresh object.
 */
export const nativeSpread = {
  name: 'native-spread',
  setup(build) {
    let replaced = 0
    build.onLoad({ filter: /[/\\]@trpc[/\\]server[/\\]dist[/\\].*\.mjs$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8')
      if (!helper.test(contents)) return { contents }
      replaced++
      return { contents: contents.replace(helper, native) }
    })
    build.onEnd(({ errors }) => {
      if (errors.length === 0 && replaced !== 1)
        throw new Error(
          `@trpc/server has its helper for object spreads ${replaced} times, and native-spread.js replaces one`,
        )
    })
  },
}

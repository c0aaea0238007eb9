// Bundles the server and what it imports: finding, reading and linking the 1,500 modules one by one is two thirds of a start.
import { join } from 'node:path'
import { build } from 'esbuild'

/** Stay where npm put them: they have files beside them, native or WebAssembly, are served as files, or are rarely used CommonJS. */
const external = ['@node-rs/argon2', 'piscina', '@electric-sql/pglite', 'swagger-ui-dist', 'maxmind']

/** CommonJS packages in the bundle ask for what Node has built in. */
const requireOfNode =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/** Of a CommonJS module that is imported dynamically a bundle exports nothing by name, where Node does: that would be found out by the first caller. */
function refuseDynamicCommonJs({ inputs }) {
  for (const [importer, { imports }] of Object.entries(inputs))
    for (const { path, kind, external: outside } of imports)
      if (kind === 'dynamic-import' && !outside && inputs[path]?.format === 'cjs')
        throw new Error(
          `${importer} imports ${path} dynamically, which is CommonJS: add its package to those that stay outside`,
        )
}

/**
 * What is imported dynamically becomes a file of its own, named by its content. Such files of earlier builds are left alone: an instance that still
 * runs from one may not have read all of its own yet.
 */
export async function bundleServer(sources, folder) {
  const { metafile } = await build({
    entryPoints: { main: join(sources, 'main.ts'), 'hashing-thread': join(sources, 'user/hashing-thread.js') },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    // Modules before CommonJS, where a package without `exports` has both.
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'node20.19',
    chunkNames: '[name]-[hash]',
    banner: { js: requireOfNode },
    external,
    logLevel: 'silent',
    metafile: true,
  })
  refuseDynamicCommonJs(metafile)
}

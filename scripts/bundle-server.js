// Bundles the server and what it imports: finding, reading and linking the 1,500 modules one by one is two thirds of a start.
import { join } from 'node:path'
import { build } from 'esbuild'

/** Stay where npm put them: they have files beside them (native, WebAssembly, threads), or are served as files. */
const external = ['@node-rs/argon2', 'piscina', '@electric-sql/pglite', 'swagger-ui-dist']

/** CommonJS packages in the bundle ask for what Node has built in. */
const requireOfNode =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/**
 * What is imported dynamically becomes a file of its own, named by its content. Such files of earlier builds are left alone: an instance that still
 * runs from one may not have read all of its own yet.
 */
export async function bundleServer(sources, folder) {
  await build({
    entryPoints: { main: join(sources, 'main.ts'), 'hashing-thread': join(sources, 'user/hashing-thread.js') },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    chunkNames: '[name]-[hash]',
    banner: { js: requireOfNode },
    external,
    logLevel: 'silent',
  })
}

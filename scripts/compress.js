import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const toGzip = promisify(gzip)
const toBrotli = promisify(brotliCompress)
const compressible = /\.(?:css|js|svg)$/
// A file that fits into one packet arrives no sooner for being smaller.
const worthwhileBytes = 1_200

/**
 * Writes a `.br` and a `.gz` beside every static file below the folder that gets smaller by it, for the server to send instead. Once per
 * build, so as small as they get. The page itself stays as it is: it holds a nonce, and a secret is not compressed with anything.
 */
export async function compressFiles(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => compressible.test(name))
  await Promise.all(names.map((name) => compressFile(join(folder, name))))
}

async function compressFile(path) {
  if ((await stat(path)).size < worthwhileBytes) return
  const content = await readFile(path)
  await writeFile(`${path}.gz`, await toGzip(content, { level: constants.Z_BEST_COMPRESSION }))
  await writeFile(
    `${path}.br`,
    await toBrotli(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  )
}

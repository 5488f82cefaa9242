/** Writes beside each file of the built page what a server sends in its place: `.br` and `.gz`. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** Only ONNX Runtime is larger: compressing it would take longer than the build, and few ask for it. */
const largestBytes = 1_000_000

/** The best quality, 11, takes twice as long for 2 % less. */
const params = { [constants.BROTLI_PARAM_QUALITY]: 10 }

/** A file that shrinks by less is sent as it is. */
const worthwhile = 0.95

export function compressedFiles(): Plugin {
  return {
    name: 'compressed-files',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: ({ name }) => name === 'client',
    async writeBundle({ dir }) {
      const names = await readdir(dir!, { recursive: true })
      // Folders have no ending.
      const files = names.filter((name) => /\.\w+$/.test(name) && !/\.(br|gz)$/.test(name))
      await Promise.all(files.map((name) => compress(join(dir!, name))))
    },
  }
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path)
  if (content.length > largestBytes) return
  const made = {
    '.br': await promisify(brotliCompress)(content, { params }),
    '.gz': await promisify(gzip)(content, { level: 9 }),
  }
  for (const [ending, bytes] of Object.entries(made))
    if (bytes.length < worthwhile * content.length) await writeFile(path + ending, bytes)
}

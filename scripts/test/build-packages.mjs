/** The packages as they are published, once for all tests that use them. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const script = fileURLToPath(new URL('../pack.mjs', import.meta.url))

/**
 * Packs them into `folder`, which has to lie in the repository: FOLDER/packages/NAME finds the other packages in
 * FOLDER/node_modules and everything else in the repository's. Returns `folder`.
 */
export async function buildPackages(folder) {
  await promisify(execFile)(process.execPath, [script, folder])
  const scope = join(folder, 'node_modules/@tiny-recursive-models')
  mkdirSync(scope, { recursive: true })
  for (const name of readdirSync(join(folder, 'packages')))
    symlinkSync(join(folder, 'packages', name), join(scope, name), 'junction')
  return folder
}

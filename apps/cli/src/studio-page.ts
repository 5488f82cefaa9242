/** Where the built page of the studio is. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { InputError } from '@tiny-recursive-models/trm'

/** Inside the package: the page lies beside the built program. */
const packed = fileURLToPath(new URL('./studio', import.meta.url))
/** Inside the repository. */
const repository = fileURLToPath(new URL('../../../', import.meta.url))
const source = join(repository, 'apps/studio')

/** What a build of the page reads, from the root of the repository on. */
const ingredients = [
  'apps/studio/build',
  'apps/studio/index.html',
  'apps/studio/package.json',
  'apps/studio/public',
  'apps/studio/src',
  'apps/studio/svelte.config.js',
  'apps/studio/vite.config.ts',
  'apps/http-server/src/problem.ts',
  'apps/studio-server/src/api.ts',
  'package-lock.json',
  'packages/tensor/src',
  'packages/trm/models',
  'packages/trm/src',
]

/**
 * The folder of the built page. Inside the repository it is built where it is missing or older than its sources.
 *
 * @param onBuild told before a build, which takes some seconds
 */
export async function studioPage(onBuild: (reason: 'missing' | 'old') => void): Promise<string> {
  if (existsSync(join(packed, 'index.html'))) return packed
  const built = join(source, 'dist')
  const builtMs = await modified(join(built, 'index.html'))
  const newest = await Promise.all(ingredients.map((name) => newestIn(join(repository, name))))
  if (builtMs !== null && Math.max(...newest) <= builtMs) return built
  onBuild(builtMs === null ? 'missing' : 'old')
  await build()
  return built
}

/** The one function of Vite's JavaScript interface that is needed. It is installed with the page, not with `trm`. */
interface Vite {
  build(options: { root: string; logLevel: 'error' }): Promise<unknown>
}

async function build(): Promise<void> {
  try {
    const entry = createRequire(join(source, 'package.json')).resolve('vite')
    const vite = (await import(pathToFileURL(entry).href)) as Vite
    await vite.build({ root: source, logLevel: 'error' })
  } catch (cause) {
    throw new InputError(
      {
        who: 'the page of the studio',
        expected: 'a successful build',
        got: cause instanceof Error ? cause.message : String(cause),
        hint: 'Run `npm ci`, then `npm run studio:build` to see more.',
      },
      { cause },
    )
  }
}

/** When the newest file in there was changed, in ms; 0 where there is none. */
async function newestIn(path: string): Promise<number> {
  const own = await modified(path)
  if (own === null) return 0
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const inside = await Promise.all(
    entries.map(({ name }) => (name.startsWith('.') ? 0 : newestIn(join(path, name)))),
  )
  // The time of a folder is that of its last removal, too: without a file the page is another one.
  return Math.max(own, ...inside)
}

const modified = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  )

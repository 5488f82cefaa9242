/** Where the built page of the studio is. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
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

const run = promisify(execFile)

/** In a process of its own: what a build takes, most of a gigabyte, goes with it. Vite is installed with the page. */
async function build(): Promise<void> {
  try {
    const manifest = createRequire(join(source, 'package.json')).resolve('vite/package.json')
    const program = join(dirname(manifest), 'bin', 'vite.js')
    await run(process.execPath, [program, 'build', '--logLevel', 'error'], { cwd: source })
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message?: string }
    throw new InputError(
      {
        who: 'the page of the studio',
        expected: 'a successful build',
        got: stderr?.trim() || message || String(cause),
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

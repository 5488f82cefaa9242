/** What `trm` loads before it answers: the commands of everyday must not wait for the whole library. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { commands } from '../src/commands.ts'

const launcher = fileURLToPath(new URL('../bin/trm.js', import.meta.url))
const repository = new URL('../../../', import.meta.url).href

/** The files of this project and of its packages that a command loads, from the root of the repository on. */
function loadedBy(...words: string[]): { output: string; files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'trm-loaded-'))
  try {
    const env = { ...process.env, NO_COLOR: '1', NODE_V8_COVERAGE: folder }
    const output = execFileSync(process.execPath, [launcher, ...words], { env, encoding: 'utf8' })
    const urls = readdirSync(folder).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] }
      return result.map(({ url }) => url.split('?')[0]!)
    })
    const own = urls.filter((url) => url.startsWith(repository)).map((url) => url.slice(repository.length))
    return { output, files: own.filter((path) => !/^node_modules\/(tsx|esbuild|get-tsconfig)\//.test(path)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('--version loads nothing but the launcher', () => {
  const { output, files } = loadedBy('--version')
  assert.match(output, /^\d+\.\d+\.\d+\n$/)
  assert.deepEqual(files, ['apps/cli/bin/trm.js'])
})

test('--help lists every command and loads none', () => {
  const { output, files } = loadedBy('--help')
  for (const { words } of commands) assert.match(output, new RegExp(`^ {2}${words.split(' ')[0]} {2,}`, 'm'))
  // Number words are small, depend on nothing, and show progress.
  const heavy =
    /^packages\/(?!trm\/src\/format\/)|^node_modules\/(zod|yaml|hono|@hono|@huggingface|onnxruntime)|\/src\/commands\//
  assert.deepEqual(
    files.filter((path) => heavy.test(path)),
    ['packages/tensor/src/errors.ts'],
  )
  assert.ok(files.includes('apps/cli/src/program.ts'), 'the list of files is that of this program')
})

test('recipes loads no training, no evaluation and no runtime', () => {
  const { files } = loadedBy('recipes')
  assert.deepEqual(
    files.filter((path) =>
      /^packages\/trm\/src\/(train|evaluate|checkpoint|export|node|shipped)\/|^node_modules\/(onnxruntime-(node|web)|@huggingface)\//.test(
        path,
      ),
    ),
    [],
  )
  assert.ok(files.includes('packages/trm/src/recipes/index.ts'))
})

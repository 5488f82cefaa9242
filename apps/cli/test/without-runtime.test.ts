/** `trm` where the native library of ONNX Runtime does not load: in a copy of the packages that lacks parts of it. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { builtFolder, type Outcome, startTrm, tiny } from './run-trm.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'trm-without-runtime-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const modules = join(repository, 'node_modules')
const scope = '@tiny-recursive-models'
const servers = ['apps/http-server', 'apps/model-server', 'apps/studio-server']
const platformFolder = `bin/napi-v6/${process.platform}/${process.arch}`

/** Copies this project's packages beside links to all others and these parts of the runtime; returns a way to run it. */
function copyWithRuntime(name: string, parts: readonly string[]): (...words: string[]) => Promise<Outcome> {
  const copy = join(folder, name)
  const link = (target: string, path: string) => symlinkSync(target, path, 'junction')
  mkdirSync(join(copy, 'node_modules', scope), { recursive: true })
  for (const entry of readdirSync(modules))
    if (entry !== scope && entry !== 'onnxruntime-node' && !entry.startsWith('.'))
      link(join(modules, entry), join(copy, 'node_modules', entry))
  for (const path of ['packages/tensor', 'packages/trm', ...servers, 'apps/cli']) {
    const name = path.split('/')[1]!
    const from = builtFolder ? join(builtFolder, 'packages', name) : join(repository, path)
    const program = builtFolder ? 'dist' : 'src'
    for (const part of ['package.json', program, 'bin', 'models']) {
      const source = join(from, part)
      const filter = (file: string): boolean => file !== join(from, 'dist/studio')
      if (existsSync(source)) cpSync(source, join(copy, path, part), { recursive: true, filter })
    }
    link(join(copy, path), join(copy, 'node_modules', scope, name))
  }
  for (const part of parts)
    cpSync(join(modules, 'onnxruntime-node', part), join(copy, 'node_modules/onnxruntime-node', part), {
      recursive: true,
    })
  return (...words) => startTrm(words, folder, join(copy, 'apps/cli/bin/trm.js')).ended
}

const script = ['package.json', 'dist']
const withoutLibrary = copyWithRuntime('without-library', [
  ...script,
  `${platformFolder}/onnxruntime_binding.node`,
])

test('what computes nothing works without the runtime', async () => {
  for (const line of [
    '--version',
    '--help',
    'help train',
    'train --help',
    'recipes',
    'models',
    'data sudoku-4x4',
    'data generate sudoku-4x4 --count 3 --out three.csv',
    'data check three.csv',
    'runs .',
  ]) {
    const { code, stdout, stderr } = await withoutLibrary(...line.split(' '))
    assert.equal(code, 0, `trm ${line}: ${stderr}`)
    assert.notEqual(stdout, '', line)
  }
})

test('what computes says why the runtime does not load, where it is asked for', async () => {
  for (const line of ['solve ..1.3....32.12.4', `train ${tiny.join(' ')} --out refused`]) {
    const { code, stderr } = await withoutLibrary(...line.split(' '), '--executor', 'onnxruntime')
    assert.equal(code, 1, line)
    assert.match(stderr, /^trm: onnxruntime-node\n {2}expected {2}the native library of ONNX Runtime for /m)
    assert.match(stderr, /\n {2}got {7}one that does not load \(.*libonnxruntime.*\)\n/)
    assert.match(stderr, /\n {2}hint {6}.* Or compute with --executor wasm, which needs no such library\.\n$/)
  }
  assert.ok(!existsSync(join(folder, 'refused')), 'no run folder is begun')
})

test('doctor says what computes and why the rest does not', async () => {
  const { code, stdout } = await withoutLibrary('doctor', '--json', '--threads', '1')
  const { executors, products } = JSON.parse(stdout) as {
    executors: { executor: string; device: string; works: boolean; detail: string }[]
    products: { executor: string; gigaflopsPerSecond: number }[]
  }
  assert.equal(code, 0)
  assert.deepEqual(
    executors
      .filter(({ executor }) => executor !== 'onednn')
      .map(({ executor, device, works }) => [executor, device, works]),
    [
      ['wasm', 'cpu', true],
      ['onnxruntime', 'cpu', false],
      ['onnxruntime', 'webgpu', false],
    ],
  )
  assert.match(
    executors.find(({ executor }) => executor === 'onnxruntime')!.detail,
    /^one that does not load \(.*\)\. .*glibc.* Or compute with --executor wasm/,
  )
  assert.deepEqual(
    products.map(({ executor }) => executor).filter((executor) => executor !== 'onednn'),
    ['wasm'],
  )
})

test('everything computes without the native library', async () => {
  const solved = await withoutLibrary('solve', '..1.3....32.12.4')
  assert.match(solved.stdout, /solved after 6 steps: a valid solution\n$/, solved.stderr)
  const trained = await withoutLibrary('train', ...tiny, '--out', 'run')
  assert.match(trained.stdout, /trained 20 steps in /, trained.stderr)
  const longer = await withoutLibrary('train', '--resume', '--out', 'run', '--steps', '22')
  assert.match(longer.stderr, /wasm, \d+ threads?/)
  assert.doesNotMatch(longer.stderr, /warning/)
  assert.match(longer.stdout, /trained 22 steps in /, longer.stderr)
  const measured = await withoutLibrary('eval', 'run')
  assert.match(measured.stdout, /^all 4 steps +[\d.]+ % exact/m, measured.stderr)
})

test('a platform without a library and a package that was not installed are told apart', async () => {
  const platform = await copyWithRuntime('without-platform', script)(
    'solve',
    '..1.3....32.12.4',
    '--executor',
    'onnxruntime',
  )
  assert.match(platform.stderr, /got {7}a package that has none \(Cannot find module .*onnxruntime_binding/)
  assert.match(platform.stderr, /hint {6}It is built for Linux and Windows on x64 and arm64, /)
  const absent = await copyWithRuntime('without-package', [])(
    'solve',
    '..1.3....32.12.4',
    '--executor',
    'onnxruntime',
  )
  assert.match(absent.stderr, /got {7}no such package: /)
  assert.match(absent.stderr, /hint {6}Run `npm install --ignore-scripts`: /)
})

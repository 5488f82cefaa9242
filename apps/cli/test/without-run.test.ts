import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { onednnVersion } from '@tiny-recursive-models/trm/node'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const trm = (...words: string[]) => runTrm(folder, ...words)

test('recipes are listed, printed and read back from a file', async () => {
  assert.match((await trm('recipes')).stdout, /\nsudoku-6x6 +\d+ +fields +[\d,]+ {2}6×6 Sudoku/)
  const ofOne = (await trm('recipes', 'sudoku-4x4-trm', '--fields')).stdout
  assert.match(ofOne, /\noptimizer\.learningRate +[\d.]+ +how far a step moves the weights/)
  assert.match(ofOne, /\ndata\.boxRows +2 +rows of a box/)
  assert.doesNotMatch(ofOne, /data\.canvas/)
  assert.match((await trm('recipes', '--fields')).stdout, /\ndata\.canvas +arc +side of the canvas/)
  const { stdout } = await trm('recipes', 'sudoku-4x4-trm')
  writeFileSync(join(folder, 'mine.json'), stdout.replace('"minimal": true', '"minimal": false'))
  const data = await trm('data', 'mine.json', '--json')
  assert.equal((JSON.parse(data.stdout) as { train: { count: number } }).train.count, 400)
})

test('data files are generated and checked', async () => {
  const { stdout } = await trm('data', 'generate', 'sudoku-6x6', '--count', '3', '--seed', '7')
  const lines = stdout.trim().split('\n')
  assert.equal(lines[0], 'source,question,answer,rating')
  assert.match(lines[3]!, /^generated,[.1-6]{36},[1-6]{36},$/)
  writeFileSync(join(folder, 'good.csv'), stdout)
  const good = await trm('data', 'check', 'good.csv')
  assert.equal(good.code, 0)
  assert.match(
    good.stdout,
    /^3 of 3 puzzles are valid \(6×6 Sudoku\)\n {2}generated: 3\nchecksum [0-9a-f]{16}\n$/,
  )
  lines[2] = lines[2]!.replace(/,[.1-6]/, ',%')
  writeFileSync(join(folder, 'bad.csv'), lines.join('\n'))
  const bad = await trm('data', 'check', 'bad.csv')
  assert.equal(bad.code, 1)
  assert.match(bad.stdout, /^line 3: question: row 1, column 1: expected a digit from 1 to 6/)
  assert.match(bad.stdout, /2 of 3 puzzles are valid/)
  writeFileSync(join(folder, 'twice.csv'), `${stdout}${lines[1]}\n`)
  const twice = await trm('data', 'check', 'twice.csv')
  assert.equal(twice.code, 0)
  assert.match(twice.stdout, /\nwarning: 1 puzzle repeats an earlier one: line 5 repeats line 2\n$/)
  assert.equal((await trm('data', 'check', 'twice.csv', '--strict')).code, 1)
  assert.equal((await trm('data', 'check', 'good.csv', '--strict')).code, 0)
})

test('doctor tries the executors and measures a product on each', async () => {
  const { code, stdout, stderr } = await trm('doctor', '--threads', '1', '--json')
  assert.equal(code, 0, stderr)
  const facts = JSON.parse(stdout) as {
    executors: { executor: string; device: string; works: boolean; detail: string }[]
    products: { executor: string; precision: string; gigaflopsPerSecond: number }[]
    onnxruntime: string
    onednn: { version: string; bfloat16: boolean } | null
  }
  assert.match(facts.onnxruntime, /^\d+\.\d+\.\d+$/)
  const [ours, onednn, runtime, webgpu] = facts.executors
  assert.deepEqual(ours, { executor: 'wasm', device: 'cpu', works: true, detail: 'wasm, 1 thread' })
  const version = await onednnVersion()
  assert.equal(facts.onednn?.version ?? null, version)
  assert.deepEqual([onednn?.executor, onednn?.works], ['onednn', version !== null])
  if (version === null) assert.match(onednn!.detail, /TRM_ONEDNN|koffi|npm ci/, 'what to do is told')
  else assert.equal(onednn!.detail, `onednn ${version}, 1 thread`)
  assert.deepEqual(runtime, {
    executor: 'onnxruntime',
    device: 'cpu',
    works: true,
    detail: 'onnxruntime cpu, 1 thread',
  })
  assert.equal(webgpu?.device, 'webgpu')
  assert.ok(webgpu.works || webgpu.detail.length > 10, 'a reason is given')
  assert.deepEqual(
    facts.products.map(({ executor, precision }) => `${executor}, ${precision}`),
    [
      'wasm, float32',
      ...(version === null ? [] : ['onednn, float32']),
      ...(facts.onednn?.bfloat16 ? ['onednn, bfloat16'] : []),
      'onnxruntime, float32',
    ],
  )
  for (const { gigaflopsPerSecond } of facts.products) assert.ok(gigaflopsPerSecond > 0.1)
})

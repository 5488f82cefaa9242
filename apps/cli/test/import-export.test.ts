import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { modelConfig, recipes } from '@tiny-recursive-models/trm'
import {
  encodeTorchFile,
  officialPrefix,
  type StoredTensor,
  toOfficialName,
} from '@tiny-recursive-models/trm/checkpoint'
import { initialWeights } from '@tiny-recursive-models/trm/models'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-cli-import-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const trm = (...arguments_: string[]) => runTrm(folder, ...arguments_)
const path = (name: string) => join(folder, name)

/** A 4×4 Sudoku model that has learnt nothing, as PyTorch would store it. */
function writeCheckpoint(name: string): void {
  const { model } = recipes['sudoku-4x4-trm']
  const config = modelConfig({ ...model, width: 16 }, { cells: 16, symbols: 6, identifiers: 1 })
  const tensors = new Map<string, StoredTensor>()
  for (const [weight, { shape, data }] of Object.entries(initialWeights(config, 1)))
    tensors.set(officialPrefix + toOfficialName(weight), {
      dtype: 'float32',
      shape,
      data: data as Float32Array,
    })
  tensors.set('step', { dtype: 'int64', shape: [], data: BigInt64Array.of(5n) })
  writeFileSync(path(name), encodeTorchFile(tensors, 'small'))
}

test('a checkpoint is imported, measured, solved with and exported', async () => {
  writeCheckpoint('step_300')
  writeFileSync(path('all_config.yaml'), 'arch: {H_cycles: 2, L_cycles: 1, num_heads: 2, hidden_size: 16}\n')
  const imported = await trm('import', 'step_300', '--out', 'model', '--set', 'model.supervisionSteps=2')
  assert.equal(imported.code, 0, imported.stderr)
  assert.equal(
    imported.stdout,
    [
      'step_300 → model: 49,378 parameters, step 300',
      '  model     trm, mlp, 2 blocks, width 16, expansion 4, positions none, 2 recursions × 1 latent updates',
      '  puzzles   16 cells, 6 symbols, 1 identifier',
      '  settings  all_config.yaml',
      '  unused    step',
      '  trm eval model --data FILE evaluates it.',
      '',
    ].join('\n'),
  )
  const without = await trm('eval', 'model')
  assert.equal(without.code, 1)
  assert.match(without.stderr, /expected {2}a run with test puzzles, or --data FILE/)
  const generated = await trm(
    'data',
    'generate',
    'sudoku-4x4',
    '--set',
    'data.minimal=false',
    '--count',
    '4',
    '--out',
    'puzzles.csv',
  )
  assert.equal(generated.code, 0, generated.stderr)
  const measured = await trm('eval', 'model', '--data', 'puzzles.csv', '--threads', '1', '--json')
  assert.equal(measured.code, 0, measured.stderr)
  const { checkpoint, full } = JSON.parse(measured.stdout) as {
    checkpoint: unknown
    full: { puzzles: number; maxSteps: number }
  }
  assert.deepEqual(checkpoint, { which: 'file', source: 'model', step: 300 })
  assert.deepEqual([full.puzzles, full.maxSteps], [4, 2])

  const exported = await trm('export', 'model', '--out', 'small.pt', '--json')
  assert.equal(exported.code, 0, exported.stderr)
  const facts = JSON.parse(exported.stdout) as Record<string, unknown>
  const bytes = readFileSync(path('small.pt'))
  assert.deepEqual(facts, {
    out: 'small.pt',
    format: 'pt',
    dtype: 'float32',
    bytes: bytes.length,
    source: 'model',
    which: 'file',
    step: 300,
  })
  const again = await trm(
    'import',
    'small.pt',
    '--out',
    'again',
    '--set',
    'model.supervisionSteps=2',
    '--json',
  )
  assert.equal(again.code, 0, again.stderr)
  await trm('export', 'again', '--out', 'again.pt')
  assert.equal(readFileSync(path('again.pt')).length, bytes.length)
  await trm('export', 'again', '--out', 'small2.safetensors')
  await trm('export', 'model', '--out', 'small1.safetensors')
  // The name of a model is that of its file, so that only the tensors are alike.
  assert.ok(
    readFileSync(path('small1.safetensors'))
      .subarray(-1000)
      .equals(readFileSync(path('small2.safetensors')).subarray(-1000)),
  )
})

test('what is assumed is said', async () => {
  writeCheckpoint('alone.pt')
  writeFileSync(path('all_config.yaml'), 'arch: {}\n')
  const { stdout, code } = await trm('import', 'alone.pt', '--out', 'model', '--force')
  assert.equal(code, 0)
  const lines = [
    '  assumed   model.recursions 3, model.latentUpdates 6, model.supervisionSteps 16 (as published; the file does not say)',
    '  --set key=value, --data or --config FILE changes the assumptions.',
  ]
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.includes('assum')),
    lines,
  )
})

test('wrong words and files are told apart', async () => {
  assert.equal((await trm('import', 'x')).code, 2)
  assert.equal((await trm('import', 'x', '--out', 'y', '--data', 'chess')).code, 2)
  assert.equal((await trm('export', 'x', '--out', 'y', '--format', 'bin')).code, 2)
  const ending = await trm('export', 'x', '--out', 'y')
  assert.equal(ending.code, 1)
  assert.match(
    ending.stderr,
    /expected {2}a name that ends with \.safetensors or \.pt or \.onnx, or --format/,
  )
  writeFileSync(path('bad.pt'), 'PK\u0003\u0004')
  const bad = await trm('import', 'bad.pt', '--out', 'y', '--json')
  assert.equal(bad.code, 1)
  assert.deepEqual(JSON.parse(bad.stderr), {
    error: {
      who: 'bad.pt',
      expected: 'a zip archive',
      got: 'a file without the end of one',
      hint: 'The archive is damaged: copy or download it again.',
    },
  })
})

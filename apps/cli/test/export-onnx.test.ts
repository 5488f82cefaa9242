import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { modelConfig, recipes } from '@tiny-recursive-models/trm'
import { encodeTorchFile, type StoredTensor, toOfficialName } from '@tiny-recursive-models/trm/checkpoint'
import { initialWeights } from '@tiny-recursive-models/trm/models'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-cli-onnx-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const trm = (...words: string[]) => runTrm(folder, ...words)

test('export writes ONNX files, and says which options they have', async () => {
  const { model } = recipes['sudoku-4x4-trm']
  const config = modelConfig({ ...model, width: 16 }, { cells: 16, symbols: 6, identifiers: 1 })
  const tensors = Object.entries(initialWeights(config, 1)).map(
    ([name, { shape, data }]): [string, StoredTensor] => [
      toOfficialName(name),
      { dtype: 'float32', shape, data: data as Float32Array },
    ],
  )
  writeFileSync(join(folder, 'step_7'), encodeTorchFile(new Map(tensors), 'small'))
  const settings = [
    'model.heads=2',
    'model.recursions=2',
    'model.latentUpdates=1',
    'model.supervisionSteps=4',
  ]
  const imported = await trm(
    'import',
    'step_7',
    '--out',
    'model',
    ...settings.flatMap((text) => ['--set', text]),
  )
  assert.equal(imported.code, 0, imported.stderr)

  const solver = await trm('export', 'model', '--out', 's.onnx', '--format', 'onnx-solver', '--steps', '2')
  assert.equal(solver.code, 0, solver.stderr)
  assert.match(
    solver.stdout,
    /^s\.onnx: model, step 7, float32, [\d,]+ bytes\n {2}all supervision steps for ONNX/,
  )
  assert.ok(readFileSync(join(folder, 's.onnx')).includes('Loop'))

  const step = await trm('export', 'model', '--out', 'x.onnx', '--standard', '--dtype', 'float16', '--json')
  assert.equal((JSON.parse(step.stdout) as { format: string }).format, 'onnx')
  assert.ok(!readFileSync(join(folder, 'x.onnx')).includes('SimplifiedLayerNormalization'))

  assert.equal(
    (await trm('export', 'model', '--out', 'y.onnx', '--format', 'onnx-solver', '--steps', '0')).code,
    2,
  )
  const foreign = await trm('export', 'model', '--out', 'y.pt', '--without-puzzle-table')
  assert.equal(foreign.code, 1)
  assert.equal(
    foreign.stderr,
    [
      'trm: export as pt',
      '  expected  no --without-puzzle-table',
      '  got       --without-puzzle-table',
      '  hint      Leave it out, or use --format onnx or onnx-solver.',
      '',
    ].join('\n'),
  )
})

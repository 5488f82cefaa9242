import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { InputError } from '@tiny-recursive-models/tensor'
import { ModelProtoSchema } from 'onnx-buf'
import { encodeTorchFile } from '../../src/checkpoint/torch/write.ts'
import { exportModel } from '../../src/node/export-model.ts'
import { writeFileAtomically } from '../../src/node/files.ts'
import { importFile } from '../../src/node/import-file.ts'
import { attention, officialTensors } from '../checkpoint/import/official-model.ts'

const folder = await mkdtemp(join(tmpdir(), 'trm-onnx-'))
after(() => rm(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
await writeFileAtomically(at('x.pt'), encodeTorchFile(officialTensors(attention)))
await importFile(at('x.pt'), { out: at('model') })

async function metadataOf(file: string): Promise<Record<string, string>> {
  const { metadataProps } = fromBinary(ModelProtoSchema, await readFile(file))
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))
}

test('both ONNX formats, with their options', async () => {
  await exportModel(at('model'), { out: at('step.onnx'), format: 'onnx' })
  assert.equal((await metadataOf(at('step.onnx'))).program, 'supervision step')
  await exportModel(at('model'), { out: at('solver.onnx'), format: 'onnx-solver' })
  const { program, steps } = await metadataOf(at('solver.onnx'))
  assert.deepEqual([program, steps], ['solver', String(attention.supervisionSteps)])
  const small = { out: at('small.onnx'), format: 'onnx-solver', steps: 3, operators: 'standard' } as const
  const { bytes } = await exportModel(at('model'), { ...small, dtype: 'float16' })
  assert.equal((await metadataOf(at('small.onnx'))).steps, '3')
  assert.ok(bytes < (await exportModel(at('model'), { ...small, out: at('large.onnx') })).bytes)
})

test('options of other formats are refused', async () => {
  const steps = await exportModel(at('model'), { out: at('y.onnx'), format: 'onnx', steps: 3 }).catch(
    (error) => error,
  )
  assert.ok(steps instanceof InputError)
  const { who, expected, got, hint } = steps
  assert.deepEqual(
    { who, expected, got, hint },
    {
      who: 'export as onnx',
      expected: 'no `steps`',
      got: '`steps: 3`',
      hint: 'Leave it out, or use `format: onnx-solver`.',
    },
  )
  await assert.rejects(
    exportModel(at('model'), { out: at('y.pt'), format: 'pt', operators: 'standard' }),
    /Leave it out, or use `format: onnx or onnx-solver`/,
  )
  await assert.rejects(
    exportModel(at('model'), { out: at('y.onnx'), format: 'onnx', dtype: 'bfloat16' }),
    /expected numbers of type float32 or float16, got bfloat16/,
  )
})

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { encodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { encodeTorchFile } from '../../src/checkpoint/torch/write.ts'
import { encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { exportModel } from '../../src/node/export-model.ts'
import { importFile } from '../../src/node/import-file.ts'
import { openModel } from '../../src/node/model-files.ts'
import { attention, hierarchical, mlp, officialTensors } from '../checkpoint/import/official-model.ts'

const folder = await mkdtemp(join(tmpdir(), 'trm-import-'))
after(() => rm(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

for (const [name, config] of Object.entries({ attention, mlp, hierarchical })) {
  test(`${name}: import, export and import again gives the same bytes`, async () => {
    const first = encodeTorchFile(officialTensors(config), name)
    await writeFile(at(`${name}.pt`), first)
    await importFile(at(`${name}.pt`), { out: at('model'), replace: true })
    const opened = await openModel(at('model'))
    assert.deepEqual({ ...opened.model.config }, config)
    assert.equal(opened.which, 'file')

    await mkdir(at('out'), { recursive: true })
    const written = await exportModel(at('model'), { out: at(`out/${name}.pt`), format: 'pt' })
    assert.equal(written.source, at('model'))
    const again = await readFile(at(`out/${name}.pt`))
    assert.equal(written.bytes, again.length)
    await importFile(at(`out/${name}.pt`), { out: at('model2'), replace: true })
    await exportModel(at('model2'), { out: at(`out2-${name}.pt`), format: 'pt' })
    // The start vectors count up by 0.001 and are no numbers of bfloat16, so that they stay float32 as they were.
    assert.equal(Buffer.compare(first, again), 0)
    assert.deepEqual(await readFile(at('model2')), await readFile(at('model')))

    await exportModel(at('model'), { out: at('plain.safetensors'), replace: true, format: 'safetensors' })
    const back = await importFile(at('plain.safetensors'), { out: at('model3'), replace: true })
    assert.deepEqual(back.assumed, {})
    assert.equal(back.config, at('plain.safetensors'))
    assert.deepEqual(await readFile(at('model3')), await readFile(at('model')))
  })
}

test('settings beside the checkpoint are read, and its step from its name', async () => {
  await mkdir(at('run'))
  const file = at('run/step_21700')
  await writeFile(file, encodeTorchFile(officialTensors(attention)))
  await writeFile(at('run/all_config.yaml'), 'arch:\n  num_heads: 4\n  hidden_size: 32\n')
  const beside = await importFile(file, { out: at('model'), replace: true })
  assert.equal(beside.config, at('run/all_config.yaml'))
  assert.equal(beside.state.recipe.model.heads, 4)
  assert.equal(beside.state.recipe.name, 'step_21700')
  assert.equal(beside.state.step, 21_700)
  assert.equal('model.heads' in beside.assumed, false)
  await writeFile(at('other.yaml'), 'arch: {num_heads: 2}')
  const named = await importFile(file, { out: at('model'), replace: true, config: at('other.yaml') })
  assert.equal(named.state.recipe.model.heads, 2)
  await assert.rejects(
    importFile(file, { out: at('model'), replace: true, config: at('none.yaml') }),
    /no such file/,
  )
})

test('official names in safetensors are read as well', async () => {
  await writeFile(at('official.safetensors'), encodeSafetensors(officialTensors(mlp, 'model.inner.')))
  const { prefix, config } = await importFile(at('official.safetensors'), { out: at('model'), replace: true })
  assert.equal(prefix, 'model.inner.')
  assert.equal(config, null)
})

test('one NaN is refused by the name of its tensor; every command that opens a model says so', async () => {
  const tensors = new Map(officialTensors(mlp))
  const [name, tensor] = [...tensors].find(([, { shape }]) => shape.length === 2)!
  assert.equal(tensor.dtype, 'float32')
  const data = Float32Array.from(tensor.data as Float32Array).fill(Number.NaN, 7, 8)
  tensors.set(name, { dtype: 'float32', shape: tensor.shape, data })
  await writeFile(at('nan.pt'), encodeTorchFile(tensors))
  await assert.rejects(importFile(at('nan.pt'), { out: at('nan-model') }), {
    who: at('nan.pt'),
    got: `NaN in ${name} (1 of ${data.length})`,
  })
  await assert.rejects(readFile(at('nan-model')), /ENOENT/)

  await writeFile(at('good.pt'), encodeTorchFile(officialTensors(mlp)))
  const { state } = await importFile(at('good.pt'), { out: at('model'), replace: true })
  const [weight, stored] = [...state.tensors][0]!
  const spoilt = Float32Array.from(stored.data as Float32Array).fill(Number.NaN, 0, 1)
  const damaged = new Map(state.tensors).set(weight, { dtype: 'float32', shape: stored.shape, data: spoilt })
  await writeFile(at('nan-model'), encodeTrainingState({ ...state, tensors: damaged }))
  const refusal = { who: at('nan-model'), got: `NaN in ${weight} (1 of ${spoilt.length})` }
  await assert.rejects(openModel(at('nan-model')), refusal)
  await assert.rejects(exportModel(at('nan-model'), { out: at('nan-out.pt'), format: 'pt' }), refusal)
})

test('what cannot be imported leaves no file', async () => {
  await writeFile(at('text'), 'no checkpoint at all')
  await assert.rejects(importFile(at('text'), { out: at('none') }), {
    message: `${at('text')}: expected a file written by torch.save (a zip archive), got other bytes. The file is damaged or not a PyTorch checkpoint: copy it again.`,
  })
  await writeFile(at('sound.pt'), encodeTorchFile(officialTensors(mlp)))
  await assert.rejects(
    importFile(at('sound.pt'), { out: at('sound.pt') }),
    /expected different input and output files/,
  )
  await importFile(at('sound.pt'), { out: at('model'), replace: true })
  await assert.rejects(importFile(at('model'), { out: at('none') }), {
    message: `${at('model')}: expected a checkpoint of the published code, got a model file of this library. There is nothing to import: use the file as it is.`,
  })
  await assert.rejects(readFile(at('none')), /ENOENT/)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplesOf, printedBy } from '../../../testing/examples.ts'

test('the training loop of the README learns', async () => {
  const [loop, ...others] = examplesOf('packages/tensor/README.md', 'js')
  assert.deepEqual(others, [])
  const losses = [...(await printedBy(loop!)).matchAll(/^step (\d+): loss (\S+)$/gm)]
  assert.deepEqual(
    losses.map(([, step]) => step),
    ['50', '100', '150', '200'],
  )
  // Chance is ln 2 = 0.693.
  assert.equal(Number(losses.at(-1)![2]), 0.005)
})

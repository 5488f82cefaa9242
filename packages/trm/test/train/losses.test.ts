import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradients, integerTensor, sumAll } from '@tiny-recursive-models/tensor'
import { cellLoss } from '../../src/programs/losses.ts'
import { run, values } from '../optim/run.ts'

test('label smoothing mixes the loss with the mean surprise over symbols, and its gradient is p − target', async () => {
  const [cells, symbols, smoothing] = [3, 5, 0.2]
  const logits = { dtype: 'float32', shape: [1, cells, symbols], data: values(15).map((x) => 4 * x) } as const
  const labels = [2, -1, 4]
  const feeds = { logits, labels: integerTensor([1, cells], labels) }
  const { loss, gradient } = await run(feeds, (inputs) => {
    const perCell = cellLoss(inputs.logits!, inputs.labels!, { loss: 'softmax', labelSmoothing: smoothing })
    return { loss: perCell, gradient: gradients(sumAll(perCell), [inputs.logits!])[0]! }
  })
  for (const [cell, label] of labels.entries()) {
    const row = Array.from(logits.data.slice(cell * symbols, (cell + 1) * symbols))
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0))
    const target = row.map((_, symbol) => (1 - smoothing) * Number(symbol === label) + smoothing / symbols)
    const wanted = row.reduce((sum, x, symbol) => sum + target[symbol]! * (total - x), 0)
    assert.ok(Math.abs(loss!.data[cell]! - (label < 0 ? 0 : wanted)) < 2e-6, `loss of cell ${cell}`)
    for (const [symbol, x] of row.entries()) {
      const slope = label < 0 ? 0 : Math.exp(x - total) - target[symbol]!
      assert.ok(Math.abs(gradient!.data[cell * symbols + symbol]! - slope) < 1e-6, `slope ${cell}, ${symbol}`)
    }
  }
})

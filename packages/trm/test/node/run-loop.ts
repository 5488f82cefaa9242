/** A child for run-folder.test.ts: a trainer that only records steps and saves states, until it is killed. */
import { encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { createRunFolder, openRunFolder } from '../../src/node/run-folder.ts'
import { recipes } from '../../src/recipes/index.ts'

const path = process.argv[2]
if (path === undefined) throw new Error('usage: run-loop.ts PATH [resume]')
const recipe = recipes['sudoku-4x4-trm']
const run = process.argv[3] === 'resume' ? await openRunFolder(path) : await createRunFolder(path, recipe)
let step = process.argv[3] === 'resume' ? ((await run.resume())?.step ?? 0) : 0
for (;;) {
  step++
  await run.appendEvent({ type: 'step', step, loss: 1 / step })
  if (step % 5 === 0) {
    const data = new Float32Array(50_000).fill(step)
    const state = encodeTrainingState({
      recipe,
      sizes: null,
      step,
      nextDraw: step,
      slotDraws: [],
      best: null,
      dataChecksum: '',
      microBatch: 2,
      elapsedMs: 0,
      threads: 1,
      device: 'cpu',
      tensors: new Map([['weights.w', { dtype: 'float32', shape: [data.length], data }]]),
    })
    await run.saveCheckpoint(state, step)
    await run.appendEvent({ type: 'checkpoint', step })
  }
  if (step % 10 === 0) process.stdout.write('ready\n')
}

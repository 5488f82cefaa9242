/** Ranks on two machines, as far as one machine can have them: addresses and names of their own, and a cable between them. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { launchers } from '../../../../testing/mpirun.ts'
import { type Network, openNetwork, skipWithoutNetwork } from '../../../../testing/network.ts'
import { overrideRecipe } from '../../src/recipes/index.ts'
import { course, recipe, trainOn, weightsOf } from './mpi-runs.ts'

const sound = { delayMs: 0, loss: 0 }
const short = overrideRecipe(recipe, ['training.steps=12'])

describe('training over a network', skipWithoutNetwork, () => {
  let parent: string
  let network: Network
  let whole: string
  before(async () => {
    parent = mkdtempSync(join(tmpdir(), 'trm-mpi-network-'))
    network = await openNetwork(2)
    whole = join(parent, 'whole')
    // Without a network.
    const { code, complaint } = await trainOn(launchers[0]!, 2, whole, { recipe: short })
    assert.equal(code, 0, complaint)
  })
  after(() => {
    network?.close()
    rmSync(parent, { recursive: true, force: true })
  })

  test('20 ms each way and 1 % of the packets lost: slower, and the same bits', async () => {
    await network.lay({ delayMs: 20, loss: 0.01 })
    const folder = join(parent, 'slow')
    const { code, complaint } = await trainOn(network.launcher, 2, folder, { recipe: short })
    assert.equal(code, 0, complaint)
    assert.deepEqual(weightsOf(folder), weightsOf(whole))
  })

  test('a cable that is pulled ends both sides, by the name of the machine; then the same command goes on', async () => {
    await network.lay(sound)
    const folder = join(parent, 'cut')
    const processes: number[] = []
    let pulledAt = 0
    const { code, told, complaint } = await trainOn(network.launcher, 2, folder, {
      recipe: short,
      words: ['--timeout', '3'],
      hear: ({ type, pid, step }) => {
        if (type === 'process') processes.push(pid!)
        if (type !== 'step' || step !== 6) return
        pulledAt = performance.now()
        void network.lay({ delayMs: 0, loss: 1 })
      },
    })
    const seconds = (performance.now() - pulledAt) / 1000
    assert.notEqual(code, 0)
    assert.match(
      complaint,
      /rank 0 of 2 \(machine-1\): expected a sign of life .* none from rank 1 of 2 \(machine-2\)/,
    )
    assert.ok(!told.some(({ type }) => type === 'done'))
    // 3 s of silence are allowed; TCP, which mpirun waits for, tries a few times more.
    assert.ok(seconds < 60, `${seconds} s`)
    assert.equal(processes.length, 2)
    for (const pid of processes) assert.throws(() => process.kill(pid, 0), /ESRCH/)

    await network.lay(sound)
    const { code: again, complaint: why } = await trainOn(network.launcher, 2, folder, { recipe: short })
    assert.equal(again, 0, why)
    assert.deepEqual(weightsOf(folder), weightsOf(whole))
    assert.deepEqual(await course(folder), await course(whole))
  })
})

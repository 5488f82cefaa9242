import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Launcher, launchers, skipWithoutMpi, startRanks } from '../../../../testing/mpirun.ts'
import { launchOf } from '../../src/node/mpi/launch.ts'

const script = fileURLToPath(new URL('mpi-ranks-child.ts', import.meta.url))

const run = (launcher: Launcher, count: number, ...words: string[]) =>
  startRanks(launcher, count, script, words).ended

describe('ranks over MPI', skipWithoutMpi, () => {
  for (const launcher of launchers) {
    test(`${launcher.name}: sums, broadcasts and gathers, the same bits on every rank`, async () => {
      const { code, output, complaint } = await run(launcher, 3, 'exchange')
      assert.equal(code, 0, complaint)
      const found = JSON.parse(output)
      assert.equal(found.size, 3)
      assert.equal(found.localSize, 3)
      assert.match(found.library, new RegExp(`^${launcher.name} \\d+\\.\\d+`))
      assert.match(found.described, /^rank 1 of 3 \(.+\)$/)
      const expected = (index: number) => [0, 1, 2].reduce((sum, of) => sum + Math.sin(index * 3 + of), 0)
      for (const [place, index] of [0, 1, 2, 3, 4, 100_002].entries())
        assert.ok(Math.abs(found.sums[place] - expected(index)) < 1e-6)
      assert.equal(new Set(found.sameBits).size, 1, String(found.sameBits))
      assert.equal(found.text, 'from rank 0')
      assert.equal(found.empty, 0)
      assert.deepEqual(found.gathered, [0.5, 1.5, 1.5, 2.5, 2.5, 2.5])
    })

    test(`${launcher.name}: a rank that hangs ends all, by its name`, async () => {
      const { code, complaint } = await run(launcher, 3, 'silent', '2')
      assert.notEqual(code, 0)
      assert.match(
        complaint,
        /rank [01] of 3 .*expected a sign of life from every rank.*none from rank 2 of 3/,
      )
    })

    test(`${launcher.name}: a rank that is slow, but lives, is waited for`, async () => {
      const { code, output, complaint } = await run(launcher, 2, 'slow', '1')
      assert.equal(code, 0, complaint)
      assert.deepEqual(JSON.parse(output), { sum: 2 })
    })
  }

  test('a library of another family than the launcher is refused', async () => {
    const [first, second] = launchers
    if (!first || !second) return
    const other = { 'Open MPI': 'libmpi.so.40', MPICH: 'libmpich.so.12' }[second.name]
    const before = process.env.TRM_MPI
    process.env.TRM_MPI = other
    try {
      const { code, complaint } = await run(first, 2, 'exchange')
      assert.notEqual(code, 0)
      assert.match(complaint, /expected the 2 ranks that .* has started, got 1 by/)
    } finally {
      if (before === undefined) delete process.env.TRM_MPI
      else process.env.TRM_MPI = before
    }
  })
})

describe('launch', () => {
  test('is told by the variables of each launcher', () => {
    assert.deepEqual(launchOf({ OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4', PMIX_RANK: '2' }), {
      launcher: 'mpirun of Open MPI',
      rank: 2,
      size: 4,
      family: 'openmpi',
    })
    assert.deepEqual(launchOf({ PMI_RANK: '0', PMI_SIZE: '3' }), {
      launcher: 'mpiexec of MPICH',
      rank: 0,
      size: 3,
      family: 'mpich',
    })
    const step = { SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2', SLURM_STEP_ID: '0' }
    const bySlurm = { launcher: 'srun', rank: 1, size: 2, family: null }
    assert.deepEqual(launchOf(step), bySlurm)
    assert.deepEqual(launchOf({ ...step, PMIX_RANK: '1' }), bySlurm)
    assert.deepEqual(launchOf({ ...step, PMI_RANK: '1', PMI_SIZE: '2' }), bySlurm)
  })

  test('is not taken from a batch job, a step of one task, or what is no number', () => {
    assert.equal(launchOf({}), null)
    assert.equal(launchOf({ SLURM_PROCID: '0', SLURM_NTASKS: '4' }), null)
    assert.equal(launchOf({ SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '1', SLURM_STEP_ID: '0' }), null)
    assert.equal(launchOf({ PMI_RANK: 'first', PMI_SIZE: '2' }), null)
  })
})

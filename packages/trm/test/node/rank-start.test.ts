import assert from 'node:assert/strict'
import { cpus } from 'node:os'
import { describe, test } from 'node:test'
import { bindingWarning, threadsOfRank } from '../../src/node/rank-start.ts'

const cores = cpus().length

describe('cores of a rank', { skip: cores < 2 && 'one core' }, () => {
  test('are a share of the machine, but never more than it may use', () => {
    assert.equal(threadsOfRank(cores, 1), cores)
    assert.equal(threadsOfRank(cores, 2), Math.floor(cores / 2))
    assert.equal(threadsOfRank(1, 1), 1)
    assert.equal(threadsOfRank(cores, 10 * cores), 1)
  })

  test('of which the launcher has taken most are told, with the option that gives them back', () => {
    const told = `bound this rank to 1 of ${cores} cores, where ${cores} could compute: with Open MPI start \`mpirun --bind-to none\``
    assert.ok(bindingWarning(1, 1)?.includes(told))
    assert.ok(bindingWarning(1, cores, 2)?.includes('where 2 could compute'))
  })

  test('are enough where each rank has its own, or one thread was asked for', () => {
    assert.equal(bindingWarning(1, cores), null)
    assert.equal(bindingWarning(cores, 1), null)
    assert.equal(bindingWarning(1, 1, 1), null)
    // A container of eight cores on a large machine is none of the launcher's doing.
    assert.equal(bindingWarning(8, 1, 64), null)
  })
})

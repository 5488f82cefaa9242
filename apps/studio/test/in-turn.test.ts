import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { inTurn, next } from '../src/lib/in-turn.ts'

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout'] })
})

/** The tasks of a moment. */
const soon = () => mock.timers.tick(5)

test('work is done in turn, a task for each; what belongs to the work before comes first', () => {
  const done: string[] = []
  const tell = (name: string) => () => void done.push(name)
  inTurn(() => {
    done.push('a')
    next(tell('part of a'))
    // Within the task of what asks, nothing else is done.
    assert.deepEqual(done, ['a'])
  })
  const takeBack = inTurn(tell('taken back'))
  inTurn(tell('b'))
  takeBack()
  assert.deepEqual(done, [])
  soon()
  assert.deepEqual(done, ['a', 'part of a', 'b'])
  inTurn(tell('c'))
  soon()
  assert.equal(done.at(-1), 'c')
})

test('work that fails leaves the turn to the others', () => {
  let isDone = false
  inTurn(() => {
    throw new Error('a fault')
  })
  inTurn(() => {
    isDone = true
  })
  assert.throws(soon, /a fault/)
  soon()
  assert.equal(isDone, true)
})

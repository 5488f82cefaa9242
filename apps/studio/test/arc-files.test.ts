import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zipSync } from 'fflate'
import { readTasks } from '../src/puzzles/arc-files.ts'

const task = { train: [{ input: [[1]], output: [[2]] }], test: [{ input: [[3]], output: [[4]] }] }
const open = (name: string, value: unknown) => ({
  name,
  bytes: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
})

test('tasks are read in every layout, plain and from a zip archive', async () => {
  const challenges = open('arc-agi_evaluation_challenges.json', { a1: { ...task, test: [{ input: [[3]] }] } })
  const solutions = open('arc-agi_evaluation_solutions.json', { a1: [[[7]]] })
  const sets = open('arc1.json', { train: { b1: task }, eval: { b2: task } })
  const packed = { name: 'c1.json', bytes: zipSync({ 'c1.json': open('', task).bytes }) }
  const tasks = await readTasks([challenges, solutions, sets, packed])
  assert.deepEqual(
    tasks.map(({ id, subset, test: [first] }) => [id, subset, first!.output!.colours[0]]),
    [
      ['a1', 'arc-agi_evaluation', 7],
      ['b1', 'train', 4],
      ['b2', 'eval', 4],
      ['c1', 'opened files', 4],
    ],
  )
})

test('a task that is there twice, and pairs without a test, are refused by name', async () => {
  const json = JSON.stringify(task)
  for (const name of ['mine.json', 'arc-agi_evaluation_challenges.json'])
    await assert.rejects(readTasks([open(name, `{"a1": ${json}, "a1": ${json}}`)]), {
      name: 'InputError',
      message: new RegExp(`^${name}: expected unique keys, got a1 twice`),
    })
  await assert.rejects(readTasks([open('a1.json', task.train)]), /a list of 1 pair without a test, as RE-ARC/)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arcStream } from '../../../src/puzzles/arc/arc-stream.ts'
import { applyTransform, unpackTransform } from '../../../src/puzzles/arc/augment.ts'
import { encodeGrid, encodeLabels } from '../../../src/puzzles/arc/encode.ts'
import type { ArcPair } from '../../../src/puzzles/arc/task.ts'
import { arcVersions } from '../../../src/puzzles/arc/versions.ts'
import { sampleTask } from './sample-tasks.ts'

const canvas = 7
const tasks = ['a', 'b', 'c', 'd'].map((id, shift) => sampleTask(id, 's', shift))
const trainingPairs = tasks.map(({ train, test }, index): ArcPair[] =>
  index % 2 === 0 ? [...train] : [...train, test[0] as ArcPair],
)
const perEpoch = 3 + 4 + 3 + 4
const versions = arcVersions(tasks, { augmentations: 6, seed: 0 })
const stream = (seed = 5) => arcStream({ canvas, versions, trainingPairs, seed })

/** Task, version and pair of a draw, and where its grids stand. */
function explain({ inputs, labels, identifier }: ReturnType<ReturnType<typeof stream>['draw']>) {
  const task = tasks.findIndex((_, index) => identifier < versions.starts[index + 1]!)
  const transform = unpackTransform(versions.packed[identifier]!)
  for (const [pair, { input, output }] of trainingPairs[task]!.entries()) {
    const [from, to] = [applyTransform(transform, input), applyTransform(transform, output)]
    for (let row = 0; row + Math.max(from.rows, to.rows) <= canvas; row++) {
      for (let column = 0; column + Math.max(from.columns, to.columns) <= canvas; column++) {
        const offset = { row, column }
        const same =
          encodeGrid(from, canvas, offset).join() === inputs.join() &&
          encodeLabels(to, canvas, offset).join() === labels.join()
        if (same) return { task, pair, version: identifier - versions.starts[task]!, row, column }
      }
    }
  }
  throw new Error('the draw is no pair of its version')
}

test('an epoch visits every task once and takes all pairs of one version', () => {
  const { draw } = stream()
  const orders = new Set<string>()
  const taken = new Set<string>()
  for (let epoch = 0; epoch < 20; epoch++) {
    const draws = Array.from({ length: perEpoch }, (_, index) => explain(draw(epoch * perEpoch + index)))
    const visits: (typeof draws)[] = []
    for (const each of draws) {
      if (visits.at(-1)?.[0]?.task === each.task) visits.at(-1)!.push(each)
      else visits.push([each])
    }
    assert.equal(visits.length, 4)
    assert.deepEqual(visits.map(([first]) => first!.task).sort(), [0, 1, 2, 3])
    for (const visit of visits) {
      const { task, version } = visit[0]!
      assert.ok(visit.every((each) => each.version === version))
      const pairs = visit.map(({ pair }) => pair)
      assert.deepEqual([...pairs].sort(), [...trainingPairs[task]!.keys()])
      assert.ok(
        visit.some(({ row, column }) => row === 0 && column === 0),
        'one stands in the corner',
      )
      taken.add(`${task}-${version}`)
    }
    orders.add(visits.map(([first]) => first!.task).join())
  }
  assert.ok(orders.size >= 10, `${orders.size} orders`)
  assert.ok(taken.size >= 20, `${taken.size} of 28 versions`)
})

test('pairs are moved to every place of the canvas', () => {
  const { draw } = stream()
  const places = new Map<string, number>()
  for (let index = 0; index < 1400; index++) {
    const { row, column } = explain(draw(index))
    places.set(`${row},${column}`, (places.get(`${row},${column}`) ?? 0) + 1)
  }
  // A 2×3 grid has 6·5 places, turned 5·6; they share 5·5.
  assert.equal(places.size, 35)
  // 4 of 14 pairs of an epoch stand in the corner on purpose, the others in one of 30 places: 0.31.
  const corner = places.get('0,0')! / 1400
  assert.ok(corner > 0.25 && corner < 0.37, `${corner}`)
})

test('a draw depends on the seed and its number alone', () => {
  const [forward, backward, other] = [stream(), stream(), stream(6)]
  const numbers = Array.from({ length: 60 }, (_, index) => index)
  const first = new Map(numbers.map((index) => [index, forward.draw(index)]))
  for (const index of [...numbers].reverse()) assert.deepEqual(backward.draw(index), first.get(index))
  assert.ok(numbers.some((index) => other.draw(index).identifier !== first.get(index)!.identifier))
  assert.deepEqual(forward.draw(10 ** 9), backward.draw(10 ** 9))
  assert.throws(() => forward.draw(-1), {
    message:
      'ARC training pairs: expected the number of an example, a whole number from 0, got -1. Count the examples drawn since the start of the run.',
  })
})

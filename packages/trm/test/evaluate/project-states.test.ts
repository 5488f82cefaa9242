import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { projectStates } from '../../src/evaluate/project-states.ts'

const random = new RandomStream(1, 'states')
const width = 6

test('finds the plane in which states lie, and their places in it', () => {
  // Two orthogonal directions, the first with three times the spread, moved away from 0.
  const [along, across] = [
    [1, 1, 0, 0, 1, 1].map((value) => value / 2),
    [1, -1, 1, -1, 0, 0].map((value) => value / 2),
  ]
  const points = Array.from({ length: 40 }, () => [3 * random.normal(), random.normal()] as const)
  const stateOf = (chosen: typeof points): Float32Array =>
    Float32Array.from(chosen.flatMap(([x, y]) => along!.map((value, at) => 5 + x * value + y * across![at]!)))
  const { places, explained } = projectStates(
    [stateOf(points.slice(0, 10)), stateOf(points.slice(10))],
    width,
  )
  assert.deepEqual(
    places.map(({ length }) => length),
    [20, 60],
  )
  assert.ok(Math.abs(explained[0] + explained[1] - 1) < 1e-5)
  assert.ok(explained[0] > 0.7)
  // Distances are those of the points: a plane that holds everything changes none.
  const flat = [...places[0]!, ...places[1]!]
  for (let at = 1; at < points.length; at++) {
    const real = Math.hypot(points[at]![0] - points[0]![0], points[at]![1] - points[0]![1])
    const found = Math.hypot(flat[2 * at]! - flat[0]!, flat[2 * at + 1]! - flat[1]!)
    assert.ok(Math.abs(real - found) < 1e-3, `${real} and ${found}`)
  }
})

test('is the same every time, and stays finite where nothing moves', () => {
  const state = Float32Array.from({ length: 5 * width }, () => random.normal())
  assert.deepEqual(projectStates([state], width), projectStates([state], width))
  const { places, explained } = projectStates([new Float32Array(2 * width).fill(3)], width)
  assert.deepEqual([...places[0]!], [0, 0, 0, 0])
  assert.deepEqual(explained, [0, 0])
})

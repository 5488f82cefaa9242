import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { arcFigures } from '../../../src/evaluate/arc/pass-at.ts'
import { submissionOf } from '../../../src/evaluate/arc/submission.ts'
import { ArcVotes, restorePrediction } from '../../../src/evaluate/arc/vote.ts'
import { type ArcTransform, applyTransform, drawTransform } from '../../../src/puzzles/arc/augment.ts'
import { encodeGrid } from '../../../src/puzzles/arc/encode.ts'
import { type Grid, gridFromJson, gridToJson } from '../../../src/puzzles/arc/grid.ts'

const grid = (...rows: number[][]): Grid => gridFromJson(rows, 'test grid')
/** An output of one cell, told apart by its colour. */
const dot = (colour: number): Grid => grid([colour])
const question = grid([1, 2], [3, 4])

/** Votes for one test input of the task `a`: [colour of the output, halting score] each. */
function votesOf(...cast: readonly (readonly [colour: number, haltLogit: number])[]): ArcVotes {
  const votes = new ArcVotes()
  for (const [colour, haltLogit] of cast)
    votes.add({ task: 'a', input: question, output: dot(colour), haltLogit })
  return votes
}

const ranked = (votes: ArcVotes, task = 'a', input = question) =>
  votes.ranking(task, input).map(({ output, votes: count }) => [output.colours[0], count])

test('more votes go before more belief, and more belief decides between as many votes', () => {
  const votes = votesOf([5, 9], [6, -3], [7, 0], [6, -2], [8, 2])
  assert.deepEqual(ranked(votes), [
    [6, 2],
    [5, 1],
    [8, 1],
    [7, 1],
  ])
  const [best, , , last] = votes.ranking('a', question)
  // sigmoid(−3) = 0.0474259, sigmoid(−2) = 0.1192029
  assert.ok(Math.abs(best!.meanProbability - 0.0833144) < 1e-7)
  assert.equal(last!.meanProbability, 0.5)
  assert.equal(votes.predictions, 5)
})

test('of outputs equal in both the one that was predicted first wins, by place where places are given', () => {
  assert.deepEqual(ranked(votesOf([4, 1], [3, 1], [9, 1])), [
    [4, 1],
    [3, 1],
    [9, 1],
  ])
  const votes = new ArcVotes()
  for (const [colour, place] of [
    [4, 7],
    [3, 2],
    [9, 5],
  ] as const)
    votes.add({ task: 'a', input: question, output: dot(colour), haltLogit: 1, place })
  assert.deepEqual(ranked(votes), [
    [3, 1],
    [9, 1],
    [4, 1],
  ])
})

test('a score that is not a number is no belief, and does not disturb the order', () => {
  assert.deepEqual(ranked(votesOf([4, Number.NaN], [3, -50], [5, Number.NaN], [6, 1])), [
    [6, 1],
    [3, 1],
    [4, 1],
    [5, 1],
  ])
})

test('every augmentation is undone, whatever it is', () => {
  const random = new RandomStream(3, 'vote test')
  const input = grid([1, 2, 0], [3, 0, 0])
  const output = grid([0, 5, 6, 7], [0, 0, 8, 9], [1, 0, 2, 3])
  const votes = new ArcVotes()
  for (let place = 0; place < 40; place++) {
    const transform: ArcTransform = { ...drawTransform(random), dihedral: place % 8 }
    const onCanvas = (value: Grid) => encodeGrid(applyTransform(transform, value), 6)
    const [inputs, answer] = [onCanvas(input), onCanvas(output)]
    votes.add(restorePrediction({ task: 't', transform, side: 6, inputs, answer, haltLogit: 0 }))
  }
  const ranking = votes.ranking('t', input)
  assert.equal(ranking.length, 1)
  assert.equal(ranking[0]!.votes, 40)
  assert.deepEqual(gridToJson(ranking[0]!.output), gridToJson(output))
})

test('an answer without a colour at its corner is a vote for nothing', () => {
  const answer = encodeGrid(dot(5), 4)
  answer[0] = 1
  const transform = { dihedral: 3, colours: [0, 9, 8, 7, 6, 5, 4, 3, 2, 1] }
  const inputs = encodeGrid(applyTransform(transform, question), 4)
  const votes = new ArcVotes()
  votes.add(restorePrediction({ task: 'a', transform, side: 4, inputs, answer, haltLogit: 3 }))
  votes.add({ task: 'a', input: question, output: dot(5), haltLogit: -3 })
  const [first, second] = votes.ranking('a', question)
  assert.deepEqual([first!.output.rows, first!.output.columns], [0, 0])
  assert.deepEqual(gridToJson(second!.output), [[5]])
  const [attempts] = submissionOf(votes, [{ id: 'a', test: [{ input: question }] }]).get('a')!
  assert.deepEqual(attempts!.map(gridToJson), [[], [[5]]])
})

test('pass@k averages over the test inputs of a task, then over tasks; no prediction is wrong', () => {
  const other = grid([7])
  const votes = votesOf([1, 0], [1, 0], [2, 0], [3, 1], [3, 1], [4, -1])
  votes.add({ task: 'b', input: other, output: dot(2), haltLogit: 0 })
  const tasks = [
    // Ranked 3, 1, 2, 4: the output is third for the first test input, and nothing is known of the second.
    {
      id: 'a',
      test: [
        { input: question, output: dot(2) },
        { input: other, output: dot(2) },
      ],
    },
    { id: 'b', test: [{ input: other, output: dot(2) }] },
    { id: 'nobody was asked', test: [{ input: other, output: dot(2) }] },
  ]
  assert.deepEqual(arcFigures(votes, tasks), {
    passAt: { 1: 1 / 3, 2: 1 / 3, 5: 0.5, 10: 0.5, 100: 0.5, 1000: 0.5 },
    tasks: 3,
    testInputs: 4,
    predictions: 7,
  })
})

test('test inputs of a task that are equal share their votes', () => {
  const votes = votesOf([1, 0], [2, 0], [2, 0], [1, 5])
  const tasks = [
    {
      id: 'a',
      test: [
        { input: question, output: dot(1) },
        { input: grid([1, 2], [3, 4]), output: dot(2) },
      ],
    },
  ]
  const { passAt } = arcFigures(votes, tasks)
  assert.deepEqual([passAt![1], passAt![2]], [0.5, 1])
  const entries = submissionOf(votes, tasks).get('a')!
  assert.deepEqual(
    entries.map((attempts) => attempts.map(gridToJson)),
    [
      [[[1]], [[2]]],
      [[[1]], [[2]]],
    ],
  )
})

test('one output stands twice in a submission, and none is empty in its place', () => {
  const votes = votesOf([6, 0])
  const tasks = [
    { id: 'a', test: [{ input: dot(0) }, { input: question }] },
    { id: 'b', test: [{ input: question }] },
  ]
  const submission = submissionOf(votes, tasks)
  const written = (task: string) => submission.get(task)!.map((attempts) => attempts.map(gridToJson))
  assert.deepEqual(written('a'), [
    [[], []],
    [[[6]], [[6]]],
  ])
  assert.deepEqual(written('b'), [[[], []]])
})

test('tasks whose solutions are not all known are not scored', () => {
  const votes = votesOf([6, 0])
  const known = { id: 'a', test: [{ input: question, output: dot(6) }] }
  const half = {
    id: 'b',
    test: [
      { input: question, output: dot(6) },
      { input: question, output: null },
    ],
  }
  const figures = arcFigures(votes, [known, half])
  assert.deepEqual([figures.passAt![1], figures.tasks, figures.testInputs], [1, 1, 1])
  assert.deepEqual(arcFigures(votes, [half]), { passAt: null, tasks: 0, testInputs: 0, predictions: 1 })
})

test('a new count begins empty: nothing is carried from one evaluation to the next', () => {
  const before = votesOf([1, 5], [1, 5], [1, 5])
  const after = votesOf([2, -5])
  assert.deepEqual(ranked(before), [[1, 3]])
  assert.deepEqual(ranked(after), [[2, 1]])
  assert.deepEqual(new ArcVotes().ranking('a', question), [])
})

test('ten thousand equal predictions are held as one', () => {
  const votes = new ArcVotes()
  for (let place = 0; place < 10_000; place++)
    votes.add({ task: 'a', input: question, output: dot(place % 3), haltLogit: 0 })
  assert.deepEqual(ranked(votes), [
    [0, 3334],
    [1, 3333],
    [2, 3333],
  ])
})

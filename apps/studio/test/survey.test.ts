import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boardOf } from '@tiny-recursive-models/trm'
import { boxShapes } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { drawPuzzles } from '../src/puzzles/generate.ts'
import {
  byCertainty,
  countOutcomes,
  outcomeOf,
  type Surveyed,
  solvedByStep,
  solvedFrom,
  voteOf,
} from '../src/think/survey.ts'

const kind = { puzzle: 'sudoku', shape: boxShapes['4x4'] }
const puzzle = { kind, question: boardOf(kind).empty() }
const surveyed = (marks: string, certainty = 1): Surveyed => ({
  puzzle,
  solved: [...marks].map((mark) => mark === '+'),
  certainty,
})

describe('a survey', () => {
  test('tells what is solved at once, later and never', () => {
    const cases = {
      '++++': 'once',
      '-+++': 'once',
      '--++': 'later',
      '+-++': 'later',
      '+++-': 'never',
      '----': 'never',
    }
    for (const [marks, outcome] of Object.entries(cases))
      assert.equal(outcomeOf(surveyed(marks)), outcome, marks)
    assert.deepEqual(countOutcomes(Object.keys(cases).map((marks) => surveyed(marks))), {
      once: 2,
      later: 2,
      never: 2,
    })
    assert.equal(solvedFrom(surveyed('-+-++').solved), 4)
  })

  test('counts by step, and the last answer of a puzzle holds where others go on', () => {
    assert.deepEqual(solvedByStep([surveyed('-+'), surveyed('+-++'), surveyed('----')]), [1, 1, 2, 2])
    assert.deepEqual(solvedByStep([]), [])
  })

  test('compares certainty with being right', () => {
    const all = [surveyed('+', 0.95), surveyed('-', 0.9), surveyed('+', 0.3)]
    assert.deepEqual(byCertainty(all, 0.9), { sure: { right: 1, of: 2 }, unsure: { right: 1, of: 1 } })
  })

  test('votes cell by cell', () => {
    const answers = [
      [1, 2, 3],
      [1, 3, 4],
      [2, 3, 5],
    ].map((cells) => Int32Array.from(cells))
    assert.deepEqual([...voteOf(answers)], [1, 3, 3])
    assert.deepEqual([...voteOf([])], [])
  })

  test('draws as many puzzles as it is asked for, with their answers', () => {
    const puzzles = drawPuzzles(kind, null, 7, 5)
    assert.equal(puzzles.length, 5)
    const board = boardOf(kind)
    for (const { question, answer } of puzzles) assert.equal(board.rule!.isSolved(question, answer!), true)
  })
})

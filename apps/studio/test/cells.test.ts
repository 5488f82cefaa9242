import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boardOf, type Thought } from '@tiny-recursive-models/trm'
import { encodeGrid, gridFromJson } from '@tiny-recursive-models/trm/puzzles/arc'
import { parseMaze } from '@tiny-recursive-models/trm/puzzles/maze'
import { boxShapes, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { judgeArc } from '../src/arc/judge.ts'
import { cellViews, hasDots, hasPencilMarks } from '../src/grid/cells.ts'
import { regionEdges } from '../src/puzzles/cells.ts'
import { isDoubtful, pencilMarks } from '../src/think/pencil-marks.ts'

const board = boardOf({ puzzle: 'sudoku', shape: boxShapes['4x4'] })
const question = parseSudoku('1...............').tokens

/** Answers 2 everywhere: 60 % sure, else 3. */
function thoughtOf(step: number, changed: readonly number[]): Thought {
  const probabilities = new Float32Array(16 * 6)
  for (let cell = 0; cell < 16; cell++) {
    probabilities[cell * 6 + 3] = 0.6
    probabilities[cell * 6 + 4] = 0.4
  }
  return {
    step,
    answer: new Int32Array(16).fill(3),
    confidence: new Float32Array(16).fill(0.6),
    probabilities,
    changed,
    haltProbability: 0.5,
    answerChange: 1,
    latentChange: 1,
  }
}

describe('cells', () => {
  test('of a question show what is given', () => {
    const views = cellViews(board, question, undefined, [], [0])
    assert.equal(views[0]!.label, 'Row 1, column 1: 1, given, in conflict with another cell')
    assert.equal(views[1]!.label, 'Row 1, column 2: blank')
    assert.equal(views[1]!.confidence, null)
  })

  test('of an answer keep the given, and tell the rest with its candidates', () => {
    const views = cellViews(board, question, thoughtOf(2, [1]), [1], [])
    assert.deepEqual([views[0]!.name, views[0]!.confidence, views[0]!.candidates], ['1', null, []])
    assert.equal(
      views[1]!.label,
      'Row 1, column 2: answer 2, confidence 60 %, or 3 (40 %), changed in this step, wrong',
    )
    assert.deepEqual(
      views[1]!.candidates.map(({ name, probability }) => `${name} ${probability.toFixed(1)}`),
      ['1 0.0', '2 0.6', '3 0.4', '4 0.0'],
    )
  })

  test('that are doubtful have their candidates pencilled in, the likelier the larger', () => {
    const views = cellViews(board, question, thoughtOf(2, [1]), [1], [])
    assert.deepEqual([views[0]!, views[1]!].map(isDoubtful), [false, true])
    const { columns, rows, marks } = pencilMarks(views[1]!)
    assert.deepEqual([columns, rows], [2, 2])
    assert.deepEqual(
      marks.map(({ text, column, row, strength, isBest }) => [
        text,
        column,
        row,
        strength.toFixed(2),
        isBest,
      ]),
      [
        ['2', 1, 0, '0.77', true],
        ['3', 0, 1, '0.63', false],
      ],
    )
  })

  test('that are given are not marked as changed where what is shown is the same', () => {
    const [given] = cellViews(board, question, thoughtOf(2, [0]), [], [])
    assert.equal(given?.isChanged, false)
  })

  test('are not marked as changed in the first step, when all of them are new', () => {
    const marked = (step: number, changed: readonly number[]): number =>
      cellViews(board, question, thoughtOf(step, changed), [], []).filter(({ isChanged }) => isChanged).length
    const all = [...question.keys()]
    assert.deepEqual([marked(1, all), marked(1, [1, 2]), marked(2, [1, 2])], [0, 2, 2])
  })
})

describe('cells of a maze', () => {
  const maze = boardOf({ puzzle: 'maze', size: 3 })

  test('say what is a wall, and what else is given goes without saying', () => {
    const views = cellViews(maze, parseMaze('S#.\n...\n..G').tokens, undefined, [], [])
    assert.deepEqual(
      [0, 1, 2, 8].map((cell) => views[cell]!.label),
      [
        'Row 1, column 1: start',
        'Row 1, column 2: wall, given',
        'Row 1, column 3: open',
        'Row 3, column 3: goal',
      ],
    )
  })

  test('show how likely the path is there, and no pencil marks', () => {
    assert.deepEqual([hasDots(maze), hasPencilMarks(maze)], [true, false])
    assert.deepEqual([hasDots(board), hasPencilMarks(board)], [false, true])
  })
})

describe('regions', () => {
  test('meet inside the grid only', () => {
    const six = boardOf({ puzzle: 'sudoku', shape: boxShapes['6x6'] })
    const marked = (side: 'right' | 'bottom'): number[] =>
      [...six.empty().keys()].filter((cell) => regionEdges(six, cell)[side])
    assert.deepEqual(marked('right'), [2, 8, 14, 20, 26, 32])
    assert.deepEqual(marked('bottom'), [6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23])
    const maze = boardOf({ puzzle: 'maze', size: 3 })
    assert.deepEqual(regionEdges(maze, 4), { right: false, bottom: false })
  })

  test('need not have as many rows as columns', () => {
    const wide = { ...board, rows: 2, columns: 4, regionOf: [0, 0, 1, 1, 2, 2, 1, 1] }
    assert.deepEqual(
      [0, 1, 3, 5].map((cell) => regionEdges(wide, cell)),
      [
        { right: false, bottom: true },
        { right: true, bottom: true },
        { right: false, bottom: false },
        { right: true, bottom: false },
      ],
    )
  })
})

describe('an answer to an ARC task', () => {
  const grid = (rows: number[][]) => gridFromJson(rows, 'test')
  const right = grid([
    [1, 2],
    [3, 4],
  ])

  test('is right where its grid is', () =>
    assert.equal(judgeArc(encodeGrid(right, 4), 4, right).isSolved, true))

  test('has its wrong cells on the canvas', () => {
    const { isSolved, wrong, reason } = judgeArc(
      encodeGrid(
        grid([
          [1, 2],
          [9, 4],
        ]),
        4,
      ),
      4,
      right,
    )
    assert.deepEqual([isSolved, wrong, reason], [false, [4], '1 of 4 cells is wrong.'])
  })

  test('of another size is told by its size', () => {
    const { wrong, reason } = judgeArc(encodeGrid(grid([[1, 2, 3]]), 4), 4, right)
    assert.deepEqual([wrong, reason], [[], 'Its grid has 1×3 cells instead of 2×2.'])
  })

  test('is not judged where the right one is not known', () =>
    assert.equal(judgeArc(encodeGrid(right, 4), 4, null).isSolved, false))
})

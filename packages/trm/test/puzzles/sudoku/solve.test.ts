import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { checkAnswer, checkQuestion, findContradictions } from '../../../src/puzzles/sudoku/check.ts'
import { blankToken, boxShapes, sudokuLayout } from '../../../src/puzzles/sudoku/shape.ts'
import {
  countSolutions,
  isClueNeeded,
  randomSolution,
  solveSudoku,
} from '../../../src/puzzles/sudoku/solve.ts'
import { formatSudokuLine, parseSudoku } from '../../../src/puzzles/sudoku/text.ts'

const nine = boxShapes['9x9']
// The first row of the published-format file and its answer: 17 clues.
const question = '4..5.........8..9...........93.7.........34.2......5...8....76............62.4...'
const answer = '438529617625781394917346825593472186861953472742618539284195763359867241176234958'

test('a 17-clue puzzle has exactly its published answer', () => {
  const { tokens } = parseSudoku(question)
  assert.equal(countSolutions(nine, tokens), 1)
  assert.equal(formatSudokuLine(solveSudoku(nine, tokens)!), answer)
  assert.deepEqual(checkQuestion(nine, tokens), [])
  assert.deepEqual(checkAnswer(nine, tokens, parseSudoku(answer).tokens), [])
})

test('the numbers of all 4×4 grids and of two 6×6 openings are the known ones', () => {
  const empty = new Int32Array(16).fill(blankToken)
  assert.equal(countSolutions(boxShapes['4x4'], empty, 1000), 288)
  assert.equal(countSolutions(boxShapes['4x4'], empty), 2, 'counting stops at the limit')
  // 28,200,960 grids of 6×6, 6! first rows: 39,168 for each.
  const six = parseSudoku(`123456${'.'.repeat(30)}`)
  assert.equal(countSolutions(six.shape, six.tokens, 100_000), 39_168)
})

test('solutions agree with trying every digit, on 4×4 grids with random givens', () => {
  const shape = boxShapes['4x4']
  const random = new RandomStream(1, 'givens')
  const seen = [0, 0, 0]
  for (let trial = 0; trial < 400; trial++) {
    const tokens = new Int32Array(16).fill(blankToken)
    for (let given = 0; given < 6; given++) tokens[random.integer(16)] = 2 + random.integer(4)
    const expected = slowCount(tokens, 0)
    assert.equal(countSolutions(shape, tokens, 1000), expected)
    assert.equal(solveSudoku(shape, tokens) === undefined, expected === 0)
    seen[Math.min(expected, 2)]! += 1
  }
  assert.ok(
    seen.every((count) => count > 10),
    `none, one, several: ${seen}`,
  )
})

test('a clue is needed exactly when leaving it out allows a second solution', () => {
  const random = new RandomStream(2, 'clues')
  for (const shape of Object.values(boxShapes)) {
    const { cells } = sudokuLayout(shape)
    const tokens = randomSolution(shape, random)
    assert.deepEqual(findContradictions(shape, tokens), [])
    assert.ok(tokens.every((token) => token > blankToken))
    for (const cell of random.permutation(cells)) {
      const without = tokens.slice()
      without[cell] = blankToken
      const needed = isClueNeeded(shape, tokens, cell)
      assert.equal(needed, countSolutions(shape, without)! > 1)
      if (!needed) tokens.set(without)
    }
  }
})

test('problems are named by cell', () => {
  const shape = boxShapes['4x4']
  const tokens = parseSudoku('3..3............').tokens
  assert.deepEqual(findContradictions(shape, tokens), [
    {
      kind: 'contradiction',
      unit: 'row',
      digit: 3,
      cells: [3, 0],
      message: 'row 1, column 4: 3 is already in row 1, column 1, the same row',
    },
  ])
  const messages = (text: string) =>
    checkQuestion(shape, parseSudoku(text).tokens).map((problem) => problem.message)
  assert.deepEqual(messages('2.......2.......'), [
    'row 3, column 1: 2 is already in row 1, column 1, the same column',
  ])
  assert.deepEqual(messages('2....2..........'), [
    'row 2, column 2: 2 is already in row 1, column 1, the same box',
  ])
  assert.deepEqual(messages('22..............'), [
    'row 1, column 2: 2 is already in row 1, column 1, the same row',
  ])
  assert.deepEqual(messages('1234............'), ['the puzzle has more than one solution'])
  assert.deepEqual(messages('123....4........'), ['the puzzle has no solution'])
  assert.deepEqual(
    findContradictions(shape, Int32Array.of(1, 0, 6, ...new Array(13).fill(1))).map(
      (problem) => problem.message,
    ),
    [
      'row 1, column 2: neither a digit from 1 to 4 nor a blank (token 0)',
      'row 1, column 3: neither a digit from 1 to 4 nor a blank (token 6)',
    ],
  )
  assert.deepEqual(findContradictions(shape, [1, 1]), [
    { kind: 'wrong-length', cells: [], message: 'expected 16 cells, got 2' },
  ])
})

test('an answer must be full, valid and agree with the givens', () => {
  const shape = boxShapes['4x4']
  const check = (givens: string, full: string) =>
    checkAnswer(shape, parseSudoku(givens).tokens, parseSudoku(full).tokens).map(
      ({ kind, message }) => `${kind}: ${message}`,
    )
  assert.deepEqual(check('1...............', '1234341221434321'), [])
  assert.deepEqual(check('.3..............', '1234341221434321'), [
    'answer-differs: row 1, column 2: the answer is 2, the given is 3',
  ])
  assert.deepEqual(check('................', '12343412214343.1'), [
    'answer-blank: row 4, column 3: the answer is blank',
  ])
  assert.deepEqual(check('................', '1234341221434323'), [
    'contradiction: row 4, column 4: 3 is already in row 4, column 2, the same row',
    'contradiction: row 4, column 4: 3 is already in row 3, column 4, the same column',
  ])
})

/** Every way to fill the grid from `cell` on, by trial. */
function slowCount(tokens: Int32Array, cell: number): number {
  if (findContradictions(boxShapes['4x4'], tokens).length > 0) return 0
  if (cell === 16) return 1
  if (tokens[cell]! > blankToken) return slowCount(tokens, cell + 1)
  let count = 0
  for (let token = 2; token <= 5; token++) {
    const tried = tokens.slice()
    tried[cell] = token
    count += slowCount(tried, cell + 1)
  }
  return count
}

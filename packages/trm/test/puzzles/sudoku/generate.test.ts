import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import type { SolvedPuzzle } from '../../../src/data/puzzle-set.ts'
import { applySymmetry, drawSymmetry } from '../../../src/puzzles/sudoku/augment.ts'
import { checkAnswer, checkQuestion } from '../../../src/puzzles/sudoku/check.ts'
import { sudokuFingerprint } from '../../../src/puzzles/sudoku/fingerprint.ts'
import { generatePuzzle } from '../../../src/puzzles/sudoku/generate.ts'
import {
  type BoxShape,
  blankToken,
  boxShapeOfCells,
  boxShapes,
  sudokuLayout,
} from '../../../src/puzzles/sudoku/shape.ts'
import { isClueNeeded, solveSudoku } from '../../../src/puzzles/sudoku/solve.ts'
import { formatSudokuLine } from '../../../src/puzzles/sudoku/text.ts'
import { generatePuzzles } from '../families.ts'

/** Those that are generated. */
const shapes = [boxShapes['4x4'], boxShapes['6x6'], boxShapes['9x9'], { boxRows: 3, boxColumns: 2 }]

function clues(tokens: Int32Array): number {
  return tokens.filter((token) => token > blankToken).length
}

test('generated puzzles have one solution, and minimal ones no clue to spare', () => {
  const random = new RandomStream(1, 'generate')
  for (const shape of shapes) {
    for (let trial = 0; trial < 15; trial++) {
      const { question, answer } = generatePuzzle(shape, random, { minimal: true })
      assert.deepEqual(checkQuestion(shape, question), [])
      assert.deepEqual(checkAnswer(shape, question, answer), [])
      assert.deepEqual(solveSudoku(shape, question), answer)
      question.forEach((token, cell) => {
        if (token > blankToken) assert.ok(isClueNeeded(shape, question, cell), `clue in cell ${cell}`)
      })
    }
  }
})

test('puzzles that are not minimal have more clues and still one solution', () => {
  const mean = (minimal: boolean) => {
    let sum = 0
    for (const { question } of generatePuzzles(boxShapes['6x6'], 100, 3, { minimal })) {
      assert.deepEqual(checkQuestion(boxShapes['6x6'], question), [])
      sum += clues(question)
    }
    return sum / 100
  }
  const [fewer, more] = [mean(true), mean(false)]
  assert.ok(fewer > 9 && fewer < 11, `${fewer}`)
  assert.ok(more > 15 && more < 18, `${more}`)
})

test('a symmetry keeps puzzles valid, moves question and answer alike, and reaches every cell and digit', () => {
  const random = new RandomStream(4, 'symmetry')
  for (const shape of shapes) {
    const { size, cells } = sudokuLayout(shape)
    const { question, answer } = generatePuzzle(shape, random, { minimal: true })
    const cellsReached = new Set<number>()
    const digitsReached = new Set<number>()
    for (let trial = 0; trial < 1500; trial++) {
      const symmetry = drawSymmetry(shape, random)
      cellsReached.add(symmetry.cellFrom[0]!)
      digitsReached.add(symmetry.tokenTo[2]!)
      if (trial >= 30) continue
      const movedQuestion = applySymmetry(symmetry, question)
      const movedAnswer = applySymmetry(symmetry, answer)
      assert.deepEqual(checkAnswer(shape, movedQuestion, movedAnswer), [])
      assert.deepEqual(solveSudoku(shape, movedQuestion), movedAnswer)
      assert.equal(clues(movedQuestion), clues(question))
    }
    assert.deepEqual([cellsReached.size, digitsReached.size], [cells, size])
  }
})

test('half of the symmetries of a square box are transposed, none of a 2×3 box', () => {
  const random = new RandomStream(5, 'transpose')
  const transposedShare = (shape: BoxShape) => {
    const { size } = sudokuLayout(shape)
    let transposed = 0
    for (let trial = 0; trial < 2000; trial++) {
      const { cellFrom } = drawSymmetry(shape, random)
      // Neighbours in a row come from the same row unless the grid is transposed.
      if (Math.floor(cellFrom[0]! / size) !== Math.floor(cellFrom[1]! / size)) transposed += 1
    }
    return transposed / 2000
  }
  assert.equal(transposedShare(boxShapes['6x6']), 0)
  assert.ok(Math.abs(transposedShare(boxShapes['4x4']) - 0.5) < 0.045)
  assert.ok(Math.abs(transposedShare(boxShapes['9x9']) - 0.5) < 0.045)
})

test('symmetric copies share a fingerprint', () => {
  const random = new RandomStream(6, 'fingerprint')
  for (const shape of shapes) {
    for (let trial = 0; trial < 25; trial++) {
      const { question, answer } = generatePuzzle(shape, random, { minimal: trial % 2 === 0 })
      const expected = sudokuFingerprint(shape, question, answer)
      assert.match(expected, /^[0-9a-f]{16}$/)
      for (let copy = 0; copy < 10; copy++) {
        const symmetry = drawSymmetry(shape, random)
        const moved = [applySymmetry(symmetry, question), applySymmetry(symmetry, answer)] as const
        assert.equal(sudokuFingerprint(shape, ...moved), expected)
      }
    }
  }
})

test('a grid of the most symmetric kind still has one fingerprint for all its copies', () => {
  const random = new RandomStream(7, 'most canonical')
  const shape = boxShapes['9x9']
  // Row r of the cyclic grid is 1..9 shifted by 3·(r mod 3) + floor(r / 3): 648 symmetries of its own.
  const answer = Int32Array.from({ length: 81 }, (_, cell) => {
    const row = Math.floor(cell / 9)
    return 2 + (((cell % 9) + 3 * (row % 3) + Math.floor(row / 3)) % 9)
  })
  const question = answer.slice()
  for (let row = 0; row < 9; row++) question[10 * row] = blankToken
  for (let copy = 0; copy < 10; copy++) {
    const symmetry = drawSymmetry(shape, random)
    assert.equal(
      sudokuFingerprint(shape, applySymmetry(symmetry, question), applySymmetry(symmetry, answer)),
      sudokuFingerprint(shape, question, answer),
    )
  }
})

test('one clue more or less gives another fingerprint', () => {
  const random = new RandomStream(8, 'different')
  const seen = new Set<string>()
  const puzzle = generatePuzzle(boxShapes['9x9'], random, { minimal: true })
  seen.add(sudokuFingerprint(puzzle.shape, puzzle.question, puzzle.answer))
  for (let cell = 0; cell < 81; cell++) {
    const question = puzzle.question.slice()
    question[cell] = question[cell] === blankToken ? puzzle.answer[cell]! : blankToken
    seen.add(sudokuFingerprint(puzzle.shape, question, puzzle.answer))
  }
  assert.equal(seen.size, 82)
})

test('6×6 fingerprints tell apart what the exact least form tells apart', () => {
  const puzzles = Array.from({ length: 60 }, (_, index) =>
    generatePuzzle(boxShapes['6x6'], new RandomStream(9, index), { minimal: true }),
  )
  const exact = new Set(puzzles.map(leastForm))
  const fingerprints = new Set(
    puzzles.map(({ shape, question, answer }) => sudokuFingerprint(shape, question, answer)),
  )
  assert.equal(fingerprints.size, exact.size)
})

test('all 36 minimal 4×4 puzzles are found and told apart, and no more', () => {
  // The count is known, with 13, 22 and 1 puzzles of 4, 5 and 6 clues; the least form confirms it here.
  const puzzles: SolvedPuzzle[] = []
  assert.throws(
    () => {
      for (const puzzle of generatePuzzles(boxShapes['4x4'], 37, 1, { minimal: true })) puzzles.push(puzzle)
    },
    {
      name: 'InputError',
      message:
        'sudoku-generated: expected 37 different puzzles (4×4 Sudoku), got 36 before 3000 duplicates in a row. Ask for fewer, or set minimal to false, or use a larger grid.',
    },
  )
  const byClues = [4, 5, 6].map((count) => puzzles.filter(({ question }) => clues(question) === count).length)
  assert.deepEqual(byClues, [13, 22, 1])
  assert.equal(new Set(puzzles.map(leastForm)).size, 36)
})

test('the same seed gives the same puzzles, and the next ones go on from them', () => {
  const lines = (seed: number, count: number) =>
    Array.from(generatePuzzles(boxShapes['6x6'], count, seed, { minimal: true }), (puzzle) =>
      formatSudokuLine(puzzle.question),
    )
  assert.deepEqual(lines(1, 20), lines(1, 20))
  assert.deepEqual(lines(1, 20).slice(0, 5), lines(1, 5))
  assert.notDeepEqual(lines(1, 5), lines(2, 5))
  assert.deepEqual(lines(1, 40).slice(0, 20), lines(1, 20))
  assert.throws(() => lines(1, Number.NaN), /expected a whole number of puzzles from 0, got NaN/)
})

test('generated 9×9 puzzles never collide', () => {
  const made = [...generatePuzzles(boxShapes['9x9'], 100, 10, { minimal: true })]
  const attempts = Array.from({ length: 100 }, (_, attempt) =>
    formatSudokuLine(
      generatePuzzle(boxShapes['9x9'], new RandomStream(10, 'sudoku', attempt), { minimal: true }).question,
    ),
  )
  assert.deepEqual(
    made.map(({ question }) => formatSudokuLine(question)),
    attempts,
    'no attempt was passed over',
  )
})

/** The least of all symmetric copies as text, by trying every one: an exact test of sameness for small grids. */
function leastForm({ question }: Pick<SolvedPuzzle, 'question'>): string {
  const shape = boxShapeOfCells(question.length)!
  const { size } = sudokuLayout(shape)
  const rowOrders = lineOrders(size, shape.boxRows)
  const columnOrders = lineOrders(size, shape.boxColumns)
  let least = '~'
  for (const transposed of shape.boxRows === shape.boxColumns ? [false, true] : [false]) {
    for (const rows of rowOrders) {
      for (const columns of columnOrders) {
        const names = new Map<number, number>()
        let text = ''
        for (const row of rows) {
          for (const column of columns) {
            const token = question[transposed ? column * size + row : row * size + column]!
            if (token > blankToken && !names.has(token)) names.set(token, names.size + 1)
            text += names.get(token) ?? '.'
          }
        }
        if (text < least) least = text
      }
    }
  }
  return least
}

function lineOrders(size: number, groupSize: number): number[][] {
  const groups = Array.from({ length: size / groupSize }, (_, group) =>
    permutations(Array.from({ length: groupSize }, (_, line) => group * groupSize + line)),
  )
  return permutations(groups).flatMap((order) =>
    order.reduce<number[][]>(
      (heads, tails) => heads.flatMap((head) => tails.map((tail) => [...head, ...tail])),
      [[]],
    ),
  )
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}

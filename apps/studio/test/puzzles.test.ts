import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  boxShapes,
  isSamePuzzleKind,
  isShortestPath,
  type PuzzleKind,
  parseMaze,
  parseSudoku,
} from '@tiny-recursive-models/trm'
import { checkPuzzle } from '../src/puzzles/check.ts'
import { generateDemanding, generateQuestion } from '../src/puzzles/generate.ts'
import { emptyQuestion, openCount } from '../src/puzzles/kind.ts'
import { readFile, readText } from '../src/puzzles/read.ts'

const sudoku: PuzzleKind = { puzzle: 'sudoku', shape: boxShapes['4x4'] }
const maze: PuzzleKind = { puzzle: 'maze', size: 7 }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const sudokuData = {
  kind: 'sudoku-generated',
  ...boxShapes['4x4'],
  train: 1,
  validation: 1,
  test: 1,
  minimal: true,
  augment: true,
  seed: 0,
} as const
const mazeData = {
  kind: 'maze-generated',
  size: 7,
  minimumDensity: 0.3,
  maximumDensity: 0.5,
  minimumPath: 5,
  train: 1,
  validation: 1,
  test: 1,
  augment: true,
  seed: 0,
} as const

describe('a question', () => {
  test('with a contradiction is refused, and its cells are named', () => {
    const check = checkPuzzle(sudoku, parseSudoku('1..1............').tokens)
    assert.equal(check.canThink, false)
    assert.deepEqual(check.problems[0]!.cells, [3, 0])
    assert.equal(
      check.problems[0]!.message,
      'Row 1, column 4: 1 is already in row 1, column 1, the same row.',
    )
    assert.equal(check.solution, null)
  })

  test('without a solution is refused', () => {
    const check = checkPuzzle(sudoku, parseSudoku('123....4........').tokens)
    assert.deepEqual([check.canThink, check.problems[0]!.message], [false, 'The puzzle has no solution.'])
  })

  test('with many solutions may be asked', () => {
    const check = checkPuzzle(sudoku, emptyQuestion(sudoku))
    assert.deepEqual([check.canThink, check.solution], [true, null])
    assert.equal(check.problems[0]!.message, 'The puzzle has more than one solution.')
  })

  test('of a maze needs a way', () => {
    const walled = parseMaze('S#.\n##.\n..G').tokens
    const check = checkPuzzle({ puzzle: 'maze', size: 3 }, walled)
    assert.deepEqual([check.canThink, check.problems[0]!.cells], [false, [0, 8]])
  })
})

describe('a new question', () => {
  test('has one solution, and is the same for the same seed', () => {
    const question = generateQuestion(sudoku, sudokuData, 7)
    assert.deepEqual(checkPuzzle(sudoku, question).problems, [])
    assert.deepEqual(generateQuestion(sudoku, sudokuData, 7), question)
    assert.notDeepEqual(generateQuestion(sudoku, sudokuData, 8), question)
  })

  test('is the most demanding of those that are drawn', () => {
    const best = openCount(sudoku, generateDemanding(sudoku, sudokuData, 3, 6))
    const all = Array.from({ length: 6 }, (_, draw) =>
      openCount(sudoku, generateQuestion(sudoku, sudokuData, 3 + draw)),
    )
    assert.equal(best, Math.max(...all))
  })

  test('of a maze has a shortest path', () => {
    const question = generateDemanding(maze, mazeData, 1, 4)
    const { solution, canThink } = checkPuzzle(maze, question)
    assert.equal(canThink, true)
    assert.equal(isShortestPath(question, solution!), true)
  })
})

describe('text', () => {
  test('of a Sudoku is told from that of a maze', () => {
    const line = '1...............'
    assert.deepEqual(readText(line).kind, sudoku)
    assert.ok(isSamePuzzleKind(readText('S..\n.#.\n..G').kind, { puzzle: 'maze', size: 3 }))
  })

  test('of a solved maze becomes its question', () =>
    assert.deepEqual(readText('So.\n#o.\n#oG').question, parseMaze('S..\n#..\n#.G').tokens))

  test('that is neither is refused by the library', () =>
    assert.throws(() => readText('hello'), /16, 36 or 81/))
})

describe('a file', () => {
  const rows = ['1...............', '.2..............', '..3.............']

  test('of one Sudoku a line, and as CSV, plain and packed', async () => {
    const csv = bytes(`question,answer\n${rows.map((row) => `${row},`).join('\n')}\n`)
    for (const file of [bytes(rows.join('\n')), csv, new Uint8Array(gzipSync(csv))]) {
      const found = await readFile(file, 'file.csv')
      assert.deepEqual(
        found.map(({ question }) => [...question].indexOf(Math.max(...question))),
        [0, 1, 2],
      )
    }
  })

  test('of one drawn grid', async () => {
    const found = await readFile(
      bytes('1 . | . .\n. . | . .\n----+----\n. . | . .\n. . | . 2\n'),
      'drawn.txt',
    )
    assert.deepEqual(
      found.map(({ question }) => question),
      [parseSudoku('1..............2').tokens],
    )
  })

  test('of mazes', async () => {
    const found = await readFile(bytes('question\n"S #  ## G"\nS  # #  G\n'), 'mazes.csv')
    assert.deepEqual(
      found.map(({ kind }) => kind),
      [
        { puzzle: 'maze', size: 3 },
        { puzzle: 'maze', size: 3 },
      ],
    )
  })

  test('without a puzzle is refused with its first bad line', () =>
    assert.rejects(readFile(bytes('11..............\n11..............\n'), 'bad.txt'), /bad\.txt, line 1/))
})

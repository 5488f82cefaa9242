import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Board, boardOf, isSamePuzzleKind, newPuzzle } from '@tiny-recursive-models/trm'
import { isShortestPath, parseMaze } from '@tiny-recursive-models/trm/puzzles/maze'
import { boxShapes, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { zipSync } from 'fflate'
import { openCount } from '../src/puzzles/cells.ts'
import { checkPuzzle } from '../src/puzzles/check.ts'
import { generateDemanding } from '../src/puzzles/generate.ts'
import { asPuzzleOf, readFile, readText } from '../src/puzzles/read.ts'

const sudokuKind = { puzzle: 'sudoku', shape: boxShapes['4x4'] }
const sudoku = boardOf(sudokuKind)
const mazeKind = { puzzle: 'maze', size: 7 }
const maze = boardOf(mazeKind)
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
  minDensity: 0.3,
  maxDensity: 0.5,
  minPath: 5,
  train: 1,
  validation: 1,
  test: 1,
  augment: true,
  seed: 0,
} as const

describe('a question', () => {
  test('with a contradiction is refused, and its cells are named', () => {
    const check = checkPuzzle(sudoku, parseSudoku('1..1............').tokens, null)
    assert.equal(check.canThink, false)
    assert.deepEqual(check.problems[0]!.cells, [3, 0])
    assert.equal(
      check.problems[0]!.message,
      'Row 1, column 4: 1 is already in row 1, column 1, the same row.',
    )
    assert.equal(check.solution, null)
  })

  test('without a solution is refused', () => {
    const check = checkPuzzle(sudoku, parseSudoku('123....4........').tokens, null)
    assert.deepEqual([check.canThink, check.problems[0]!.message], [false, 'The puzzle has no solution.'])
  })

  test('with many solutions may be asked', () => {
    const check = checkPuzzle(sudoku, sudoku.empty(), null)
    assert.deepEqual([check.canThink, check.solution], [true, null])
    assert.equal(check.problems[0]!.message, 'The puzzle has more than one solution.')
  })

  test('of a maze needs a way', () => {
    const walled = parseMaze('S#.\n##.\n..G').tokens
    const check = checkPuzzle(boardOf({ puzzle: 'maze', size: 3 }), walled, null)
    assert.deepEqual([check.canThink, check.problems[0]!.cells], [false, [0, 8]])
  })

  test('without a rule has the answer that came with it, and no other', () => {
    const { rule: _, ...plain } = sudoku
    const board: Board = { ...plain, check: () => [] }
    const answer = parseSudoku('1234341221434321').tokens
    assert.deepEqual(checkPuzzle(board, sudoku.empty(), answer).solution, answer)
    assert.equal(checkPuzzle(board, sudoku.empty(), null).solution, null)
    assert.equal(checkPuzzle(sudoku, sudoku.empty(), answer).solution, null, 'a rule knows better')
  })
})

describe('a new question', () => {
  test('has one solution, and is the same for the same seed', () => {
    const { question } = newPuzzle(sudokuKind, sudokuData, 7)!
    assert.deepEqual(checkPuzzle(sudoku, question, null).problems, [])
    assert.deepEqual(newPuzzle(sudokuKind, sudokuData, 7)!.question, question)
    assert.notDeepEqual(newPuzzle(sudokuKind, sudokuData, 8)!.question, question)
    assert.deepEqual(generateDemanding(sudokuKind, sudokuData, 7, 1).question, question)
  })

  test('is the most demanding of those that are drawn', () => {
    const best = openCount(sudoku, generateDemanding(sudokuKind, sudokuData, 3, 6).question)
    const all = Array.from({ length: 6 }, (_, draw) =>
      openCount(sudoku, newPuzzle(sudokuKind, sudokuData, 3 + draw)!.question),
    )
    assert.equal(best, Math.max(...all))
  })

  test('of a maze has a shortest path', () => {
    const { question } = generateDemanding(mazeKind, mazeData, 1, 4)
    const { solution, canThink } = checkPuzzle(maze, question, null)
    assert.equal(canThink, true)
    assert.equal(isShortestPath(question, solution!), true)
  })
})

describe('text', () => {
  test('of a Sudoku is told from that of a maze', () => {
    const line = '1...............'
    assert.deepEqual(readText(line).kind, sudokuKind)
    assert.ok(isSamePuzzleKind(readText('S..\n.#.\n..G').kind, { puzzle: 'maze', size: 3 }))
  })

  test('of a solved maze becomes its question', () =>
    assert.deepEqual(readText('So.\n#o.\n#oG').question, parseMaze('S..\n#..\n#.G').tokens))

  test('that is neither is refused by the library', () =>
    assert.throws(() => readText('hello'), /16, 36(, 81)? or (81|256)/))

  test('is one for the model at hand where it can be', () => {
    const size = boardOf({ puzzle: 'maze', size: 4 })
    const open = '................'
    assert.equal(readText(open, size).kind, size.kind)
    assert.equal(readText(open, sudoku).kind, sudoku.kind)
    assert.throws(() => readText('hello', maze), /7 rows|49/)
    assert.deepEqual(readText('1...............', maze).kind, sudokuKind)
  })

  test('of another board of the family is rewritten for the one at hand', () => {
    const tall = boardOf({ puzzle: 'sudoku', shape: { boxRows: 3, boxColumns: 2 } })
    const found = readText(`1${'.'.repeat(35)}`)
    assert.deepEqual(asPuzzleOf(tall, found), { kind: tall.kind, question: found.question })
    assert.equal(asPuzzleOf(sudoku, found), null)
    assert.equal(asPuzzleOf(maze, found), null)
  })
})

describe('a file', () => {
  const rows = ['1...............', '.2..............', '..3.............']

  test('of one Sudoku a line, and as CSV, plain and packed', async () => {
    const csv = bytes(`question,answer\n${rows.map((row) => `${row},`).join('\n')}\n`)
    for (const file of [bytes(rows.join('\n')), csv, new Uint8Array(gzipSync(csv))]) {
      const { puzzles: found } = await readFile(file, 'file.csv')
      assert.deepEqual(
        found.map(({ question }) => [...question].indexOf(Math.max(...question))),
        [0, 1, 2],
      )
    }
  })

  test('in a zip archive, or in UTF-16', async () => {
    const drawn = '1 . | . .\n. . | . .\n----+----\n. . | . .\n. . | . 2\n'
    for (const text of [rows.join('\n'), drawn]) {
      const expected = await readFile(bytes(text), 'file.txt')
      const utf16 = new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))
      for (const file of [zipSync({ 'a.txt': bytes(text) }), utf16])
        assert.deepEqual(await readFile(file, 'file'), expected)
    }
  })

  test('of another kind is named', () =>
    assert.rejects(readFile(bytes('<!DOCTYPE html><html>'), 'page.csv'), /got a web page \(HTML\)\./))

  test('of one drawn grid', async () => {
    const { puzzles: found } = await readFile(
      bytes('1 . | . .\n. . | . .\n----+----\n. . | . .\n. . | . 2\n'),
      'drawn.txt',
    )
    assert.deepEqual(
      found.map(({ question }) => question),
      [parseSudoku('1..............2').tokens],
    )
  })

  test('of mazes', async () => {
    const { puzzles: found } = await readFile(bytes('question\n"S #  ## G"\nS  # #  G\n'), 'mazes.csv')
    assert.deepEqual(
      found.map(({ kind }) => kind),
      [
        { puzzle: 'maze', size: 3 },
        { puzzle: 'maze', size: 3 },
      ],
    )
  })

  test('of rows that only the model at hand can tell', async () => {
    const own = { puzzle: 'table', rows: 2, columns: 2, symbols: 'abc_', open: '_', answers: 'abc' }
    const csv = bytes('question,answer\na__c,abac\n_bb_,cbba\nabcab,abcab\n')
    const { puzzles, problems } = await readFile(csv, 'mine.csv', own)
    assert.deepEqual(
      puzzles.map(({ kind, question, answer }) => [kind.puzzle, [...question], [...(answer ?? [])]]),
      [
        ['table', [1, 4, 4, 3], [1, 2, 1, 3]],
        ['table', [4, 2, 2, 4], [3, 2, 2, 1]],
      ],
    )
    assert.equal(problems[0]!.line, 4)
    await assert.rejects(readFile(bytes('question\nxyz?\n'), 'other.csv', own), /other\.csv, line 2/)
    // Another model's file is still one.
    assert.equal((await readFile(bytes(rows.join('\n')), 'sudoku.txt', own)).puzzles.length, 3)
  })

  test('tells which rows are left out, and why', async () => {
    const text = `question,answer\n${rows[0]},\n${rows[1]}5,\n${rows[2]},\n`
    const { puzzles, leftOut, problems, isCut } = await readFile(bytes(text), 'file.csv')
    assert.deepEqual([puzzles.length, leftOut, isCut], [2, 1, false])
    assert.equal(problems[0]!.line, 3)
    assert.match(problems[0]!.reason, /16|cells/)
    assert.deepEqual((await readFile(bytes(rows.join('\n')), 'file.txt')).leftOut, 0)
  })

  test('without a puzzle is refused with its first bad line', () =>
    assert.rejects(readFile(bytes('11..............\n11..............\n'), 'bad.txt'), /bad\.txt, line 1/))
})

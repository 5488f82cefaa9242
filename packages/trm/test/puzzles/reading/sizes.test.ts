import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { readPuzzleAt, readPuzzleFile, readPuzzleText } from '../../../src/puzzles/read.ts'
import { generatePuzzle } from '../../../src/puzzles/sudoku/generate.ts'
import { formatSudokuGrid, formatSudokuLine, parseSudoku } from '../../../src/puzzles/sudoku/text.ts'
import { bytesOf, questionsOf, reportOf, rowsOf, written } from './texts.ts'

const sixteen = { boxRows: 4, boxColumns: 4 }
/** A complete grid of 16×16 by shifting, with two digits in five blank. */
const answer = Array.from({ length: 256 }, (_, cell) => {
  const [row, column] = [Math.floor(cell / 16), cell % 16]
  return ((4 * (row % 4) + Math.floor(row / 4) + column) % 16) + 1
})
const question = answer.map((digit, cell) => ((cell * 7) % 5 < 2 ? 0 : digit))
const line = formatSudokuLine(question.map((digit) => digit + 1))
const hexadecimal = question.map((digit) => (digit === 0 ? '.' : (digit - 1).toString(16))).join('')
const numbered = (blank: string): string[] =>
  rowsOf(line).map((_, row) =>
    question
      .slice(row * 16, row * 16 + 16)
      .map((digit) => (digit === 0 ? blank : String(digit)).padStart(2))
      .join(' '),
  )

const large: Record<string, string> = {
  'one line': line,
  rows: rowsOf(line).join('\n'),
  'rows in lower case with zeros': rowsOf(line.replaceAll('.', '0').toLowerCase()).join('\n'),
  'a frame': formatSudokuGrid(sixteen, parseSudoku(line).tokens),
  'hexadecimal digits': rowsOf(hexadecimal).join('\n'),
  'hexadecimal digits in one line': hexadecimal.toUpperCase(),
  numbers: numbered('0').join('\n'),
  'numbers with dots': numbered('.').join('\n'),
  'a matrix': JSON.stringify(rowsOf(line).map((_, row) => question.slice(row * 16, row * 16 + 16))),
}

const three = { boxRows: 3, boxColumns: 2 }
const two = { boxRows: 2, boxColumns: 3 }
/** Puzzles of which each has a contradiction in the other box. */
const withBox = (shape: typeof three): string[] => {
  const random = new RandomStream(3, 'six')
  return Array.from({ length: 6 }, () =>
    formatSudokuLine(generatePuzzle(shape, random, { minimal: false }).question),
  )
}
const shapes = async (text: string): Promise<unknown[]> =>
  (await readPuzzleFile(bytesOf(text), { name: 'file' })).rows.map(({ kind }) => kind.shape)

describe('16×16', () => {
  for (const [what, text] of Object.entries(large))
    test(what, async () => {
      assert.deepEqual(await questionsOf(text), [line])
      const { kind, tokens } = readPuzzleText(text)
      assert.deepEqual([kind.shape, written({ kind, question: tokens })], [sixteen, line])
    })

  test('hexadecimal answers go with their questions', async () => {
    const hexadecimalAnswer = answer.map((digit) => (digit - 1).toString(16)).join('')
    const { rows } = await readPuzzleFile(bytesOf(`${hexadecimal},${hexadecimalAnswer}\n`), { name: 'file' })
    assert.deepEqual(
      [...rows[0]!.answer!],
      answer.map((digit) => digit + 1),
    )
  })

  test('sixteen 4×4 puzzles are a list', async () => {
    const random = new RandomStream(1, 'four')
    const list = Array.from({ length: 16 }, () =>
      formatSudokuLine(generatePuzzle({ boxRows: 2, boxColumns: 2 }, random, { minimal: true }).question),
    )
    assert.deepEqual(await questionsOf(list.join('\n')), list)
  })
})

describe('6×6', () => {
  test('the box follows from contradictions, in all rows together', async () => {
    for (const shape of [two, three]) {
      const text = withBox(shape).join('\n')
      assert.deepEqual(
        await shapes(text),
        Array.from({ length: 6 }, () => shape),
      )
      assert.equal((await reportOf(text)).valid, 6)
    }
    // Of the first row alone either box could be.
    const list = [`1${'.'.repeat(35)}`, ...withBox(three)]
    assert.deepEqual((await shapes(list.join('\n')))[0], three)
  })

  test('the box follows from a frame', async () => {
    for (const shape of [two, three]) {
      const open = `1${'.'.repeat(35)}`
      const drawn = formatSudokuGrid(shape, parseSudoku(open).tokens)
      assert.deepEqual(parseSudoku(drawn).shape, shape)
      assert.deepEqual(await shapes(drawn), [shape])
    }
  })

  test('the box is that of the model that is asked', async () => {
    const open = `1${'.'.repeat(35)}`
    for (const shape of [two, three]) {
      const like = { puzzle: 'sudoku', shape }
      assert.deepEqual((await readPuzzleAt(bytesOf(open), { name: 'file', row: 1, like })).kind.shape, shape)
      assert.deepEqual(readPuzzleText(open, like).kind.shape, shape)
    }
    assert.deepEqual(readPuzzleText(open).kind.shape, two)
    // Another size is read as it is: the caller says that it does not fit.
    assert.equal(readPuzzleText(line, { puzzle: 'sudoku', shape: two }).tokens.length, 256)
  })
})

describe('other sizes', () => {
  for (const size of [5, 7, 8, 10, 12, 25])
    test(`${size}×${size} is named as not supported`, async () => {
      const mark = (digit: number) => (digit < 10 ? String(digit) : String.fromCharCode(55 + digit))
      const rows = Array.from({ length: size }, (_, row) =>
        Array.from({ length: size }, (_, column) =>
          (row + column) % 3 ? '.' : mark(((row + column) % size) + 1),
        ),
      )
      const texts = [rows.map((row) => row.join('')).join('\n'), rows.map((row) => row.join(' ')).join('\n')]
      if (size > 7) texts.push(rows.flat().join(''))
      for (const text of texts) {
        const message = String(await questionsOf(text))
        assert.match(message, new RegExp(`${size}×${size}`))
        assert.match(message, /4×4, 6×6, 9×9 and 16×16/)
        assert.throws(() => readPuzzleText(text), /4×4, 6×6, 9×9 and 16×16/)
      }
    })
})

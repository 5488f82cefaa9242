import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boardOf } from '../../../src/puzzles/index.ts'
import { readPuzzleText } from '../../../src/puzzles/read.ts'
import { plainPuzzleText } from '../../../src/puzzles/reading/plain-text.ts'
import { formatSudokuGrid } from '../../../src/puzzles/sudoku/text.ts'
import { nine, nineAnswer, rowsOf, written } from './texts.ts'

const rows = rowsOf(nine)
const numbers = rows.map((row) => [...row].map((mark) => (mark === '.' ? 0 : Number(mark))))
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) + 0xfee0))
const boxes = formatSudokuGrid({ boxRows: 3, boxColumns: 3 }, readPuzzleText(nine).tokens)

/** What people have in their clipboards. */
const pasted: Record<string, string> = {
  'a line in quotes': `"${nine}"`,
  'x for blanks': nine.replaceAll('.', 'x'),
  'full-width digits': wide(nine),
  'full-width rows': rows.map(wide).join('\n'),
  'a title in front': `Sudoku of the day: ${nine}`,
  'the grid of the command line': boxes
    .replaceAll('.', '·')
    .replaceAll('|', '│')
    .replaceAll('-', '─')
    .replaceAll('+', '┼'),
  'a row of a CSV': `gen,${nine},${nineAnswer},3.1`,
  'rows of a CSV with a header': `source,question,answer,rating\ngen,${nine},${nineAnswer},3.1\ngen,${nine},,2\n`,
  'JSON, a list of numbers': JSON.stringify(numbers.flat()),
  'JSON, a list of rows': JSON.stringify(numbers, null, 2),
  'a variable of Python': `grid = ${JSON.stringify(numbers)}  # medium`,
  'texts and None': `[${rows.map((row) => `[${[...row].map((mark) => (mark === '.' ? 'None' : `'${mark}'`)).join(', ')}]`).join(',\n ')},]`,
  tuples: `(${numbers.map((row) => `(${row.join(', ')})`).join(', ')})`,
  'an array of numpy': `array([${numbers.map((row) => `[${row.join(', ')}]`).join(',\n       ')}])`,
  'an array of numpy, printed': `[${numbers.map((row) => `[${row.join(' ')}]`).join('\n ')}]`,
}

describe('pasted text', () => {
  for (const [what, text] of Object.entries(pasted))
    test(what, () => {
      const { kind, tokens } = readPuzzleText(text)
      assert.equal(written({ kind, question: tokens }), nine)
    })

  test('that is no list stays as it is', () => {
    for (const text of [nine, 'hello (world)', '[1, 2]', `{"question": "${nine}"}`, 'f(x) = [a, b, c, d]'])
      assert.equal(plainPuzzleText(text), text)
  })

  test('of a maze keeps its walls', () => {
    const maze = 'S.#\n..#\n#.G'
    const { kind } = readPuzzleText(wide(maze))
    assert.equal(boardOf(kind).rows, 3)
  })
})

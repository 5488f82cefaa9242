import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { generatePuzzle } from '../../../src/puzzles/sudoku/generate.ts'
import { boxShapeOfCells, boxShapes, sudokuLayout } from '../../../src/puzzles/sudoku/shape.ts'
import { formatSudokuGrid, formatSudokuLine, parseSudoku } from '../../../src/puzzles/sudoku/text.ts'

test('a layout has every unit once and the right peers', () => {
  const expected = { '4x4': [4, 7], '6x6': [6, 12], '9x9': [9, 20], '16x16': [16, 39] } as const
  for (const [name, shape] of Object.entries(boxShapes)) {
    const layout = sudokuLayout(shape)
    const [size, peersPerCell] = expected[name as keyof typeof boxShapes]
    assert.deepEqual([layout.size, layout.cells, layout.symbols], [size, size * size, size + 2])
    assert.equal(layout.peersPerCell, peersPerCell)
    const units = Array.from({ length: 3 * size }, (_, unit) => [
      ...layout.units.subarray(unit * size, (unit + 1) * size),
    ])
    for (const kind of [0, 1, 2]) {
      const cells = units.slice(kind * size, (kind + 1) * size).flat()
      assert.equal(new Set(cells).size, size * size)
    }
    for (let cell = 0; cell < layout.cells; cell++) {
      const peers = new Set(units.filter((unit) => unit.includes(cell)).flat())
      peers.delete(cell)
      const start: number = cell * layout.peersPerCell
      assert.deepEqual(
        [...layout.peers.subarray(start, start + layout.peersPerCell)],
        [...peers].sort((a, b) => a - b),
      )
    }
  }
})

test('a 6×6 box has two rows and three columns', () => {
  const { boxOf } = sudokuLayout(boxShapes['6x6'])
  assert.deepEqual([...boxOf.subarray(0, 18)], [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
  assert.throws(() => sudokuLayout({ boxRows: 3, boxColumns: 4 }), {
    message:
      'Sudoku box: expected boxes of 2×2, 2×3, 3×2, 3×3, 4×4 (rows × columns), got 3×4. Grids are 4×4, 6×6, 9×9 or 16×16.',
  })
  assert.deepEqual(boxShapeOfCells(36), boxShapes['6x6'])
  assert.equal(boxShapeOfCells(35), undefined)
})

test('a line and a drawn grid are read alike', () => {
  const line = parseSudoku('1.3_.0*.2..43..1')
  assert.deepEqual(line.shape, boxShapes['4x4'])
  assert.deepEqual([...line.tokens], [2, 1, 4, 1, 1, 1, 1, 1, 3, 1, 1, 5, 4, 1, 1, 2])
  const drawn = parseSudoku(
    '+-----+-----+\r\n| 1 . | 3 . |\n| . . | . . |\n+-----+-----+\n| 2 . | . 4 |\n| 3 . | . 1 |\n',
  )
  assert.deepEqual(drawn, line)
  assert.equal(formatSudokuLine(line.tokens), '1.3.....2..43..1')
  assert.equal(
    formatSudokuGrid(line.shape, line.tokens),
    [' 1 . | 3 .', ' . . | . .', '-----+-----', ' 2 . | . 4', ' 3 . | . 1'].join('\n'),
  )
})

test('formatted puzzles are read back', () => {
  const random = new RandomStream(1, 'text')
  for (const shape of Object.values(boxShapes)) {
    for (let trial = 0; trial < 5; trial++) {
      const { question } = generatePuzzle(shape, random, { minimal: true })
      assert.deepEqual(parseSudoku(formatSudokuLine(question)), { shape, tokens: question })
      assert.deepEqual(parseSudoku(formatSudokuGrid(shape, question)), { shape, tokens: question })
      assert.deepEqual(parseSudoku(formatSudokuGrid(shape, question), shape).tokens, question)
    }
  }
})

test('a grid with a frame around every cell and a deep indent is read', () => {
  const rule = `${' '.repeat(60)}+${'---+'.repeat(9)}`
  const row = `${' '.repeat(60)}|${Array.from({ length: 9 }, (_, digit) => ` ${digit + 1} |`).join('')}`
  const text = `${rule}\n${`${row}\n${rule}\n`.repeat(9)}`
  assert.deepEqual(
    [...parseSudoku(text).tokens],
    Array.from({ length: 81 }, (_, cell) => (cell % 9) + 2),
  )
})

test('errors name the row and the column', () => {
  const message = (text: string, shape?: (typeof boxShapes)[keyof typeof boxShapes]) => {
    try {
      parseSudoku(text, shape)
    } catch (error) {
      return (error as Error).message
    }
    return 'no error'
  }
  assert.equal(
    message('1234\n1234\n12z4\n1234'),
    'row 3, column 3: expected a digit from 1 to 4, or . 0 _ * - ? x X for a blank, got "z". Correct this cell.',
  )
  assert.equal(
    message('123.....5.......'),
    'row 3, column 1: expected a digit from 1 to 4, or . 0 _ * - ? x X for a blank, got "5". Correct this cell.',
  )
  assert.equal(
    message('1234\n123\n1234\n1234'),
    'row 2: expected 4 cells, got 3. Write one character per cell, with . for a blank.',
  )
  assert.equal(
    message('12345'),
    'Sudoku text: expected 16, 36, 81 or 256 cells, got 5. Write one character per cell, with . for a blank.',
  )
  assert.equal(
    message('1'.repeat(16), boxShapes['9x9']),
    'Sudoku text: expected 81 cells, got 16. Write one character per cell, with . for a blank.',
  )
  assert.equal(
    message('1'.repeat(2_000_000)),
    'Sudoku text: expected one puzzle, of at most 10000 characters, got 2000000 characters. Give the text of a single puzzle.',
  )
  assert.match(message('1'.repeat(10_000)), /got 10000\./)
  assert.match(message(''), /got 0\./)
  assert.match(message(`😀${'.'.repeat(15)}`), /^row 1, column 1: .* got "😀"/)
})

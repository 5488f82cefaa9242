import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readPuzzleAt, readPuzzleText } from '../../../src/puzzles/read.ts'
import { boxShapes } from '../../../src/puzzles/sudoku/shape.ts'
import { formatSudokuGrid, parseSudoku } from '../../../src/puzzles/sudoku/text.ts'
import {
  bytesOf,
  four,
  nine,
  nineAnswer,
  otherNine,
  questionsOf,
  reportOf,
  rowsOf,
  written,
} from './texts.ts'

const rows = rowsOf(nine)
const thirds = (row: string): string[] => [row.slice(0, 3), row.slice(3, 6), row.slice(6)]
const spaced = (text: string): string => [...text].join(' ')

/** Bands of three rows between rules. */
const framed = (row: (text: string) => string, inner: string, outer?: string): string => {
  const bands = [0, 3, 6].map((first) =>
    rows
      .slice(first, first + 3)
      .map(row)
      .join('\n'),
  )
  const text = bands.join(`\n${inner}\n`)
  return outer === undefined ? text : `${outer}\n${text}\n${outer}`
}
const barred = (bar: string) => (row: string) => `${bar}${thirds(row).join(bar)}${bar}`
const barredSpaced = (bar: string) => (row: string) =>
  `${bar} ${thirds(row).map(spaced).join(` ${bar} `)} ${bar}`

const withSpaces = (text: string): string => text.replaceAll('.', ' ')
const withDashes = (text: string): string => text.replaceAll('.', '-')

/** Of the same puzzle. */
const drawings: Record<string, string> = {
  rows: rows.join('\n'),
  'rows with Windows line ends': `${rows.join('\r\n')}\r\n`,
  'rows of old Macs': rows.join('\r'),
  'bands with empty lines between': framed((row) => thirds(row).join(' '), ''),
  spaced: rows.map(spaced).join('\n'),
  'indented and spaced': rows.map((row) => `   ${spaced(row)}`).join('\n'),
  tabs: rows.map((row) => [...row].join('\t')).join('\n'),
  'a star frame': framed(barred('|'), '|---+---+---|', '*-----------*'),
  'a plus frame': framed(barredSpaced('|'), '+-------+-------+-------+', '+-------+-------+-------+'),
  'an equals frame': framed(barredSpaced('|'), '+=======+=======+=======+', '+=======+=======+=======+'),
  'bars and rules': framed((row) => ` ${thirds(row).map(spaced).join(' | ')} `, '-------|-------|-------'),
  'round corners': framed(barredSpaced('|'), ':-------+-------+-------:', '.-------.-------.-------.'),
  'heavy box drawing': framed(barredSpaced('┃'), '┣━━━━━━━╋━━━━━━━╋━━━━━━━┫', '┏━━━━━━━┳━━━━━━━┳━━━━━━━┓'),
  'double box drawing': framed(barredSpaced('║'), '╠═══════╬═══════╬═══════╣', '╔═══════╦═══════╦═══════╗'),
  'a frame around every cell': `${'+---'.repeat(9)}+\n${rows
    .map((row) => `| ${[...row].join(' | ')} |\n${'+---'.repeat(9)}+`)
    .join('\n')}`,
  'a frame around every cell, empty ones': `${'+---'.repeat(9)}+\n${rows
    .map((row) => `| ${[...withSpaces(row)].join(' | ')} |\n${'+---'.repeat(9)}+`)
    .join('\n')}`,
  'spaces for blanks in a frame': framed(
    (row) => withSpaces(barred('|')(row)),
    '|---+---+---|',
    '+-----------+',
  ),
  'spaces for blanks in a wide frame': framed(
    (row) => withSpaces(barredSpaced('|')(row)),
    '+-------+-------+-------+',
    '+-------+-------+-------+',
  ),
  'spaces for blanks alone': rows.map((row) => withSpaces(row).trimEnd()).join('\n'),
  'dashes for blanks': rows.map(withDashes).join('\n'),
  'dashes for blanks, spaced': rows.map((row) => withDashes(spaced(row))).join('\n'),
  'dashes for blanks and for the frame': framed(
    (row) => withDashes(barred('|')(row)),
    '|---+---+---|',
    '+---+---+---+',
  ),
  'dashes for blanks and rules without a cross': framed(
    (row) => withDashes(thirds(row).map(spaced).join(' | ')),
    '-------|-------|-------',
  ),
  'stars for blanks': framed(
    (row) => barred('|')(row).replaceAll('.', '*'),
    '|---+---+---|',
    '+-----------+',
  ),
  'letters x for blanks': rows.map((row) => spaced(row).replaceAll('.', 'x')).join('\n'),
  'fields of a table': rows.map((row) => [...row].map((mark) => mark.replace('.', '')).join(',')).join('\n'),
  'numbers of a table': rows
    .map((row) => [...row].map((mark) => mark.replace('.', '0')).join(', '))
    .join('\n'),
  'a list of Python': `[${rows.map((row) => `[${[...row].map((mark) => mark.replace('.', '0')).join(', ')}]`).join(',\n ')}]`,
  'strings of Python': `[${rows.map((row) => `[${[...row].map((mark) => `'${mark}'`).join(', ')}]`).join(',\n ')}]`,
  'an array of NumPy': `[${rows.map((row) => `[${spaced(row).replaceAll('.', '0')}]`).join('\n ')}]`,
  'rows in quotes': rows.map((row) => `"${row}",`).join('\n'),
  'remarks and sections': `#AAn author\n#DA puzzle\n[Puzzle]\n${rows.join('\n')}\n[State]\n${rowsOf(nineAnswer).join('\n')}\n[PencilMarks]\n`,
  'a heading': `Puzzle 7 (easy)\n\n${rows.join('\n')}\n\nSolve it!\n`,
}

/** As `trm solve` draws it, changed cells with a star or in colours. */
function printed(tokens: string, changed: (cell: number) => boolean, colours: boolean): string {
  const cell = (mark: string, place: number): string => {
    const text = mark === '.' ? '·' : mark
    if (!changed(place)) return colours ? ` \x1b[1m${text}\x1b[22m` : ` ${text}`
    return colours ? ` \x1b[43m\x1b[30m${text}\x1b[39m\x1b[49m` : `*${text}`
  }
  const lines = rowsOf(tokens).map((row, line) =>
    thirds(row)
      .map(
        (third, stack) => `${[...third].map((mark, at) => cell(mark, line * 9 + stack * 3 + at)).join('')} `,
      )
      .join('│')
      .trimEnd(),
  )
  for (const place of [6, 3]) lines.splice(place, 0, '───────┼───────┼───────')
  return lines.join('\n')
}

describe('drawn Sudokus', () => {
  for (const [what, text] of Object.entries(drawings))
    test(what, async () => {
      assert.deepEqual(await questionsOf(text), [nine])
      assert.deepEqual(await questionsOf(gzipSync(text)), [nine])
      const { kind, tokens } = readPuzzleText(text)
      assert.equal(written({ kind, question: tokens }), nine)
    })

  for (const colours of [false, true])
    test(`what this project prints, ${colours ? 'in' : 'without'} colours`, async () => {
      const isOpen = (cell: number) => nine[cell] === '.'
      assert.deepEqual(await questionsOf(printed(nine, () => false, colours)), [nine])
      assert.deepEqual(await questionsOf(printed(nineAnswer, isOpen, colours)), [nineAnswer])
      const session = `model nine\n\n${printed(nine, () => false, colours)}\n\nstep 1: 97 %\n${printed(nineAnswer, isOpen, colours)}\nsolved in 1 step\n`
      assert.deepEqual(await questionsOf(session), [nine, nineAnswer])
    })

  test('several grids are rows, under headings or not', async () => {
    const grids = [nine, otherNine, nineAnswer]
    const headed = grids.map((grid, place) => `Grid 0${place + 1}\n${rowsOf(grid).join('\n')}`).join('\n')
    const plain = grids.map((grid) => rowsOf(grid).join('\n'))
    for (const text of [headed, plain.join('\n'), plain.join('\n\n'), `${plain.join('\n---\n')}\n`])
      assert.deepEqual(await questionsOf(text), grids)
    const row = await readPuzzleAt(bytesOf(headed), { name: 'file', row: 2 })
    assert.deepEqual([row.line, written(row)], [12, otherNine])
  })

  test('a grid with a mistake is named by its line, and the others are read', async () => {
    const bad = rows.with(4, rows[4]!.slice(1)).join('\n')
    const report = await reportOf(`One\n${bad}\nTwo\n${rowsOf(otherNine).join('\n')}\n`)
    assert.deepEqual([report.rows, report.valid], [2, 1])
    assert.deepEqual(
      report.problems.map(({ line, reason }) => [line, reason]),
      [[2, 'question: row 5: expected 9 cells, got 8. Write one character per cell, with . for a blank.']],
    )
    const strange = await reportOf(rows.with(3, rows[3]!.replace('8', 'z')).join('\n'))
    assert.match(
      strange.problems[0]!.reason,
      /^question: row 4, column 6: expected a digit from 1 to 9, .* got "z"/,
    )
  })

  test('4×4 in rows and with a frame', async () => {
    for (const text of [
      rowsOf(four).join('\n'),
      formatSudokuGrid(boxShapes['4x4'], parseSudoku(four).tokens),
    ])
      assert.deepEqual(await questionsOf(text), [four])
  })
})

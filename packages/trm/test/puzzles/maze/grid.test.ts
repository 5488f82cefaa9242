import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMaze, formatMazeLine, mazeSizeOf, parseMaze } from '../../../src/puzzles/maze/grid.ts'
import { label, lineOf, question } from './mazes.ts'

test('a maze is read from one line or from one line a row, and written back', () => {
  const { size, tokens } = parseMaze(lineOf(label))
  assert.equal(size, 4)
  assert.deepEqual([...tokens], [3, 2, 2, 1, 5, 1, 2, 2, 5, 5, 1, 2, 1, 5, 5, 4])
  assert.equal(formatMazeLine(tokens), lineOf(label))
  assert.equal(formatMaze(tokens), label.join('\n'))
  for (const text of [label.join('\n'), `\n${label.join('\r\n')}\r\n`, lineOf(label).replaceAll(' ', '.')])
    assert.deepEqual(parseMaze(text, 4).tokens, tokens)
})

test('sizes are 2 to 30', () => {
  assert.deepEqual(
    [0, 1, 4, 12, 16, 900, 961, 1_000_000].map((cells) => mazeSizeOf(cells)),
    [undefined, undefined, 2, undefined, 4, 30, undefined, undefined],
  )
})

const refusals: Record<string, [string, number | undefined, string]> = {
  'a character': [
    'S  #\n #x \n  # \n#  G',
    undefined,
    'row 2, column 3: expected # * █ or X for a wall, a space or . for an open cell, S for the start, G or E for the goal, o for the path, got "x". Correct this cell; use one letter for each meaning.',
  ],
  'a short row': [
    'S..#\n.#\n..#.\n#..G',
    undefined,
    'row 2: expected 4 cells, as many as there are rows, got 2. Mazes are square; write . for an open cell if spaces at the end of a line were lost.',
  ],
  'no square': [
    'S #G ',
    undefined,
    'maze text: expected N² cells of a square maze, N from 2 to 30, got 5. Write one character per cell, all on one line or one line per row.',
  ],
  'another size': [
    lineOf(question),
    5,
    'maze text: expected 25 cells (5×5), got 16. Write one character per cell, all on one line or one line per row.',
  ],
  'rows of another size': [
    question.join('\n'),
    3,
    'maze text: expected 3 rows, got 4. Write one line per row, or all cells on one line.',
  ],
  'too many rows': [
    '#\n'.repeat(31),
    undefined,
    'maze text: expected 2 to 30 rows, got more than 30. Write one line per row, or all cells on one line.',
  ],
  'a whole file': [
    '\n'.repeat(2_000_000),
    undefined,
    'maze text: expected one puzzle, of at most 10000 characters, got 2000000 characters. Give the text of a single puzzle.',
  ],
  nothing: [
    '',
    undefined,
    'maze text: expected 2 to 30 rows, got 0. Write one line per row, or all cells on one line.',
  ],
}

for (const [what, [text, size, message]] of Object.entries(refusals))
  test(`refused: ${what}`, () => assert.throws(() => parseMaze(text, size), { name: 'InputError', message }))

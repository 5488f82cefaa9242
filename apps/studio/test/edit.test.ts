import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boardOf } from '@tiny-recursive-models/trm'
import { formatMazeLine, mazeTokens, parseMaze } from '@tiny-recursive-models/trm/puzzles/maze'
import { boxShapes } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { moveByKey } from '../src/puzzles/cells.ts'
import { paint, writeByKey } from '../src/puzzles/edit.ts'

const sudoku = boardOf({ puzzle: 'sudoku', shape: boxShapes['6x6'] })
const maze = boardOf({ puzzle: 'maze', size: 3 })

describe('keys', () => {
  test('move within the grid and stop at its edges', () => {
    const moves: readonly [number, string, number][] = [
      [7, 'ArrowUp', 1],
      [1, 'ArrowUp', 1],
      [7, 'ArrowDown', 13],
      [31, 'ArrowDown', 31],
      [6, 'ArrowLeft', 6],
      [11, 'ArrowRight', 11],
      [8, 'Home', 6],
      [8, 'End', 11],
    ]
    for (const [from, key, to] of moves) assert.equal(moveByKey(sudoku, from, key), to, `${key} from ${from}`)
    assert.equal(moveByKey(sudoku, 20, 'Home', true), 0)
    assert.equal(moveByKey(sudoku, 20, 'End', true), 35)
    assert.equal(moveByKey(sudoku, 20, 'a'), undefined)
    const wide = { rows: 2, columns: 5 }
    for (const [from, key, to] of [
      [4, 'ArrowRight', 4],
      [4, 'ArrowDown', 9],
      [9, 'ArrowDown', 9],
      [7, 'Home', 5],
      [2, 'End', 4],
    ] as const)
      assert.equal(moveByKey(wide, from, key), to, `${key} from ${from}`)
    assert.equal(moveByKey(wide, 0, 'End', true), 9)
  })

  test('write digits that the grid has, and erase', () => {
    const empty = sudoku.empty()
    const written = writeByKey(sudoku, empty, 5, '6')!
    assert.equal(written[5], 7)
    assert.equal(empty[5], 1, 'the question before is left alone')
    for (const key of ['Backspace', 'Delete', '0', '.', ' '])
      assert.deepEqual(writeByKey(sudoku, written, 5, key), empty)
    for (const key of ['7', 'a', 'Enter', '12', 'Tab'])
      assert.equal(writeByKey(sudoku, written, 5, key), undefined)
  })

  test('that erase write a symbol where the board has one of that name', () => {
    const binary = { ...sudoku, editing: { ...sudoku.editing, keys: { '0': 2, '1': 3, A: 4, a: 5 } } }
    const written = (key: string): number | undefined => writeByKey(binary, sudoku.empty(), 5, key)?.[5]
    assert.deepEqual(['0', '1', '.', 'A', 'a', '2'].map(written), [2, 3, 1, 4, 5, undefined])
  })
})

describe('a maze', () => {
  const { wall, goal } = mazeTokens
  const drawn = parseMaze('S..\n.#.\n..G').tokens
  const after = (cell: number, key: string): string => formatMazeLine(writeByKey(maze, drawn, cell, key)!)

  test('keeps one start and one goal', () => {
    assert.equal(after(2, 's'), '  S #   G')
    assert.equal(after(0, 'G'), 'G   #    ')
  })

  test('is walled and opened by keys', () => {
    assert.equal(after(1, '#'), 'S#  #   G')
    assert.equal(after(4, ' '), 'S       G')
    assert.equal(after(4, 'Enter'), 'S       G')
    assert.equal(after(5, 'Enter'), 'S   ##  G')
  })

  test('is walled and opened by clicks, also where its start was', () => {
    assert.equal(formatMazeLine(paint(maze, drawn, 4, wall)), 'S       G')
    assert.equal(formatMazeLine(paint(maze, drawn, 0, wall)), '#   #   G')
    assert.equal(formatMazeLine(paint(maze, drawn, 6, goal)), 'S   # G  ')
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boxShapes, formatMazeLine, type PuzzleKind, parseMaze } from '@tiny-recursive-models/trm'
import { applyMazeTool, moveByKey, writeByKey } from '../src/puzzles/edit.ts'
import { emptyQuestion } from '../src/puzzles/kind.ts'

const sudoku: PuzzleKind = { puzzle: 'sudoku', shape: boxShapes['6x6'] }
const maze: PuzzleKind = { puzzle: 'maze', size: 3 }

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
    for (const [from, key, to] of moves) assert.equal(moveByKey(6, from, key), to, `${key} from ${from}`)
    assert.equal(moveByKey(6, 20, 'Home', true), 0)
    assert.equal(moveByKey(6, 20, 'End', true), 35)
    assert.equal(moveByKey(6, 20, 'a'), undefined)
  })

  test('write digits that the grid has, and erase', () => {
    const empty = emptyQuestion(sudoku)
    const written = writeByKey(sudoku, empty, 5, '6')!
    assert.equal(written[5], 7)
    assert.equal(empty[5], 1, 'the question before is left alone')
    for (const key of ['Backspace', 'Delete', '0', '.', ' '])
      assert.deepEqual(writeByKey(sudoku, written, 5, key), empty)
    for (const key of ['7', 'a', 'Enter', '12', 'Tab'])
      assert.equal(writeByKey(sudoku, written, 5, key), undefined)
  })
})

describe('a maze', () => {
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
    assert.equal(formatMazeLine(applyMazeTool(drawn, 4, 'wall')), 'S       G')
    assert.equal(formatMazeLine(applyMazeTool(drawn, 0, 'wall')), '#   #   G')
    assert.equal(formatMazeLine(applyMazeTool(drawn, 6, 'goal')), 'S   # G  ')
  })
})

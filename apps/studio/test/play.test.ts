import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boardOf, newPuzzle } from '@tiny-recursive-models/trm'
import { boxShapes, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { formatHash, parseHash } from '../src/lib/router.ts'
import { formatAddress, lineOf, parseAddress } from '../src/think/address.ts'
import { type History, noHistory, redone, remembered, undone } from '../src/think/history.ts'
import { shortcutOf, shortcuts } from '../src/think/shortcuts.ts'

describe('the address', () => {
  test('holds model, puzzle and step', () => {
    const places = [
      { model: 'sudoku-6x6', line: '2.5#', step: 4 },
      { model: 'my model/2', line: 'S #%\u2026', step: null },
      { model: 'maze', line: null, step: null },
    ]
    for (const place of places) {
      const { route, rest } = parseHash(formatHash({ route: 'think', rest: formatAddress(place) }))
      assert.equal(route, 'think')
      assert.deepEqual(parseAddress(rest), place)
    }
    assert.equal(parseAddress([]), null)
    assert.equal(parseAddress(['a', '1.', 'x'])?.step, null)
  })

  test('holds every kind of puzzle, as its board reads it', () => {
    for (const kind of [
      { puzzle: 'sudoku', shape: boxShapes['6x6'] },
      { puzzle: 'sudoku', shape: boxShapes['9x9'] },
      { puzzle: 'maze', size: 9 },
      { puzzle: 'takuzu', size: 6 },
    ]) {
      const board = boardOf(kind)
      const { question } = newPuzzle(kind, null, 5)!
      const line = lineOf(board, question)
      assert.ok(line !== null, board.title)
      const [read] = parseHash(`#/think/${encodeURIComponent(line)}`).rest
      assert.deepEqual(board.parse(read!), question)
    }
  })

  test('holds no puzzle that cannot be written', () => {
    const board = boardOf({ puzzle: 'sudoku', shape: boxShapes['4x4'] })
    assert.equal(lineOf(board, parseSudoku('1...............').tokens.with(3, 99)), null)
  })
})

describe('a history', () => {
  test('goes back and forth, and forgets what was undone where something else is done', () => {
    let history: History<string> = remembered(remembered(noHistory, 'a'), 'b')
    const first = undone(history, 'c')!
    assert.equal(first.now, 'b')
    const second = undone(first.history, first.now)!
    assert.equal(second.now, 'a')
    assert.equal(undone(second.history, second.now), null)
    const again = redone(second.history, second.now)!
    assert.equal(again.now, 'b')
    history = remembered(again.history, again.now)
    assert.equal(redone(history, 'd'), null)
    assert.deepEqual(history.past, ['a', 'b'])
  })
})

describe('keys of the page', () => {
  const press = (key: string, more: Partial<Parameters<typeof shortcutOf>[0]> = {}) =>
    shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more })

  test('each has one meaning', () => {
    assert.equal(press(' '), 'play')
    assert.equal(press('n'), 'newPuzzle')
    assert.equal(press('?', { shiftKey: true }), 'help')
    assert.equal(press('z', { ctrlKey: true }), 'undo')
    assert.equal(press('Z', { metaKey: true, shiftKey: true }), 'redo')
    assert.equal(press('y', { ctrlKey: true }), 'redoToo')
    assert.equal(press('z'), undefined)
    assert.equal(press('n', { ctrlKey: true }), undefined)
    assert.equal(press('ArrowLeft', { altKey: true }), undefined)
    assert.equal(press('ArrowLeft', { shiftKey: true }), 'stepBack')
    const shown = Object.values(shortcuts).map((shortcut) => shortcut.shown)
    assert.equal(new Set(shown).size, shown.length)
  })
})

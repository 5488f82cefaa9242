import assert from 'node:assert/strict'
import { test } from 'node:test'
import { symbolNames } from '../../src/export/symbols.ts'
import { mazeSymbols, mazeTokens } from '../../src/puzzles/maze/grid.ts'
import { recipes } from '../../src/recipes/index.ts'

const sized: Readonly<Record<string, number>> = {
  'maze-generated': mazeSymbols,
  'maze-file': mazeSymbols,
  'takuzu-generated': 4,
}

test('every kind of puzzle names as many symbols as it has', () => {
  const data = Object.values(recipes).map((recipe) => recipe.data)
  const kinds = new Map(data.map((one) => [one.kind, one]))
  for (const [kind, one] of kinds) {
    const isSized = 'size' in one
    const symbols = 'boxRows' in one ? one.boxRows * one.boxColumns + 2 : isSized ? sized[kind]! : 12
    // The symbols of a table are known when its file has been read.
    const names = symbolNames({ cells: 1, symbols }, one)
    assert.equal(names?.length, kind === 'table' ? undefined : symbols, kind)
  }
  const maze = [...kinds].find(([kind]) => kind.startsWith('maze'))![1]
  const names = symbolNames({ cells: 900, symbols: mazeSymbols }, maze)!
  for (const [name, token] of Object.entries(mazeTokens)) assert.equal(names[token], name)
})

test('folders of the official builders are told apart by their sizes', () => {
  const folder = {
    ...recipes['sudoku-4x4-trm'].data,
    kind: 'official-folder',
  } as unknown as (typeof recipes)['sudoku-4x4-trm']['data']
  const names = (cells: number, symbols: number) => symbolNames({ cells, symbols }, folder)
  assert.deepEqual(names(81, 11)?.slice(0, 3), ['padding', 'blank', '1'])
  assert.equal(names(900, 6)?.[5], 'path')
  assert.deepEqual(names(900, 12)?.slice(0, 3), ['padding', 'border', 'colour 0'])
  assert.equal(names(100, 7), null)
})

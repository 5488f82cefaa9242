import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { encodeOfficialFolder } from '../../../src/data/official-folder.ts'
import { boardOf, familyOf } from '../../../src/puzzles/index.ts'
import { checkPuzzleFolder, readPuzzleFolder } from '../../../src/puzzles/read.ts'
import { type ReadFile, readFileSet, readSample } from '../../../src/puzzles/reading/sample-file.ts'
import { boardSet } from '../../../src/puzzles/sets.ts'
import { generatePuzzle } from '../../../src/puzzles/sudoku/generate.ts'

const shape = { boxRows: 2, boxColumns: 2 }
const kind = { puzzle: 'sudoku', shape }
const board = boardOf(kind)
const wanted = { family: familyOf(kind)!, board, sizeFields: 'data.boxRows 2, data.boxColumns 2' }

function folderOf(change?: (labels: Int32Array) => void): ReadFile {
  const random = new RandomStream(0, 'folder')
  const puzzles = Array.from({ length: 6 }, () => generatePuzzle(shape, random, { minimal: false }))
  const set = boardSet(board, puzzles, 'set')
  change?.(set.labels)
  const files = new Map([...encodeOfficialFolder('train', set), ...encodeOfficialFolder('test', set)])
  return async (path) => {
    const file = files.get(path.replace('data/set/', ''))
    if (file === undefined) throw new Error(`${path}: no such file`)
    return file
  }
}

/** As NumPy writes headers whose names need UTF-8: version 3, with four bytes of length. */
function asVersion3(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true)
  const changed = new Uint8Array(bytes.length + 2)
  changed.set(bytes.subarray(0, 6))
  changed[6] = 3
  new DataView(changed.buffer).setUint32(8, length, true)
  changed.set(bytes.subarray(10), 12)
  return changed
}

test('a published folder is read where a file is: its test part, or its train part to sample', async () => {
  const readFile = folderOf()
  const version3: ReadFile = async (path) =>
    path.endsWith('.npy') ? asVersion3(await readFile(path)) : readFile(path)
  for (const read of [readFile, version3]) {
    const set = await readFileSet('data/set', wanted, read)
    assert.deepEqual([set.count, set.cells, set.symbols], [6, 16, 6])
    const sample = await readSample('data/set', wanted, { trainCount: 3, validation: 2, seed: 0 }, read)
    assert.deepEqual([sample.train.count, sample.validation.count], [3, 2])
    const folder = await readPuzzleFolder('data/set', read)
    assert.deepEqual([folder?.board.title, folder?.puzzles.count], ['4×4 Sudoku', 6])
  }
})

test('a folder of another size, a wrong answer and a path that is nothing are refused', async () => {
  const nine = { ...wanted, board: boardOf({ puzzle: 'sudoku', shape: { boxRows: 3, boxColumns: 3 } }) }
  await assert.rejects(
    readFileSet('data/set', nine, folderOf()),
    /^InputError: data\/set\/test: expected 81 cells and 11 symbols, for a 9×9 Sudoku, got 16 cells and 6 symbols/,
  )
  const swap = (labels: Int32Array) => labels.subarray(16, 18).reverse()
  await assert.rejects(
    readFileSet('data/set', wanted, folderOf(swap)),
    /^InputError: data\/set\/test, puzzle 1: expected a 4×4 Sudoku and its answer/,
  )
  await assert.rejects(readFileSet('elsewhere', wanted, folderOf()), /^Error: elsewhere: no such file/)
  assert.equal(await readPuzzleFolder('elsewhere', folderOf()), undefined)
})

test('a folder is checked as a file is', async () => {
  for (const [change, valid] of [
    [undefined, 6],
    [(labels: Int32Array) => labels.subarray(16, 18).reverse(), 5],
  ] as const)
    for await (const event of checkPuzzleFolder('data/set', folderOf(change)))
      if (event.kind === 'done') {
        const { report } = event
        assert.deepEqual(
          [report.puzzles, report.title, report.rows, report.valid],
          ['sudoku', '4×4 Sudoku', 6, valid],
        )
        assert.deepEqual(
          report.problems.map(({ line }) => line),
          valid === 6 ? [] : [2],
        )
      }
  await assert.rejects(async () => {
    for await (const _ of checkPuzzleFolder('elsewhere', folderOf())) assert.fail('an event')
  }, /^InputError: elsewhere: expected a folder with test\/dataset\.json/)
})

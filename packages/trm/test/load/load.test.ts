import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DataDescription, loadDataSets } from '../../src/data/load.ts'
import { encodeOfficialFolder } from '../../src/data/official-folder.ts'
import { type AnyPuzzleSet, type PuzzleSet, puzzleAt } from '../../src/data/puzzle-set.ts'
import { generateSudokuSets, splitPuzzleSet } from '../../src/data/sudoku/build.ts'
import { readSudokuFile, toPuzzleSet } from '../../src/data/sudoku/read.ts'
import { boxShapes } from '../../src/data/sudoku/shape.ts'
import { formatSudokuLine } from '../../src/data/sudoku/text.ts'

const box = boxShapes['6x6']
const generated = generateSudokuSets({ box, train: 40, validation: 0, test: 10, minimal: true, seed: 5 })

function csv(part: 'train' | 'test', header = 'source,question,answer,rating'): string {
  const set = generated[part]
  const rows = Array.from({ length: set.count }, (_, index) => {
    const { inputs, labels } = puzzleAt(set, index)
    return `generated,${formatSudokuLine(inputs)},${formatSudokuLine(labels)},${index}`
  })
  return [header, ...rows, ''].join('\n')
}

const files: Record<string, string | Uint8Array> = { 'train.csv': csv('train'), 'test.csv': csv('test') }
const readFile = async (path: string) => {
  const content = files[path]
  assert.ok(content !== undefined, `no file ${path}`)
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

const fileData = {
  kind: 'sudoku-file',
  boxRows: 2,
  boxColumns: 3,
  train: 'train.csv',
  test: 'test.csv',
  trainCount: 10,
  validation: 5,
  augment: true,
  seed: 3,
} as const satisfies DataDescription

function storedPuzzles(set: AnyPuzzleSet): PuzzleSet {
  assert.ok(!('at' in set))
  return set
}

test('generated sets come with their counts and checksums', async () => {
  const description = { boxRows: 2, boxColumns: 3, train: 12, validation: 4, test: 6 }
  const data = { kind: 'sudoku-generated', ...description, minimal: true, augment: true, seed: 1 } as const
  const sets = await loadDataSets(data, readFile)
  assert.deepEqual([sets.train.count, sets.validation.count, sets.test.count], [12, 4, 6])
  assert.equal(sets.record.augment, 'sudoku')
  assert.match(sets.checksum, /^[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}$/)
  assert.deepEqual([sets.record.cells, sets.record.symbols, sets.record.identifiers], [36, 8, 1])
  const again = await loadDataSets({ ...data, augment: false }, readFile)
  assert.equal(again.checksum, sets.checksum)
  assert.equal(again.record.augment, 'none')
  assert.notEqual((await loadDataSets({ ...data, seed: 2 }, readFile)).checksum, sets.checksum)
})

test('a sample of a file is the one that splitting the whole file gives', async () => {
  const sets = await loadDataSets(fileData, readFile)
  const { rows } = await readSudokuFile(await readFile('train.csv'), { name: 'train.csv' })
  const whole = splitPuzzleSet(toPuzzleSet(rows, { name: 'x' }), { train: 10, validation: 5, seed: 3 })
  assert.deepEqual(sets.train.puzzles?.inputs, whole.train.inputs)
  assert.deepEqual(sets.train.puzzles?.labels, whole.train.labels)
  assert.deepEqual(sets.train.puzzles?.rating, whole.train.rating)
  assert.deepEqual(storedPuzzles(sets.validation).inputs, whole.validation.inputs)
  assert.deepEqual(sets.record.train.indices, [...whole.trainIndices])
  assert.deepEqual(sets.record.validation.indices, [...whole.validationIndices])
  assert.deepEqual(storedPuzzles(sets.test).inputs, generated.test.inputs)

  const all = await loadDataSets({ ...fileData, trainCount: null, test: null }, readFile)
  assert.deepEqual([all.train.count, all.validation.count, all.test.count], [35, 5, 0])
  assert.equal(all.record.train.indices, null)
  const lines = { ...fileData, train: 'lines.txt', trainCount: 40, validation: 0 }
  files['lines.txt'] =
    `# puzzles\n\n${Array.from({ length: 40 }, (_, index) => formatSudokuLine(puzzleAt(generated.train, index).inputs)).join('\r\n')}`
  assert.equal((await loadDataSets(lines, readFile)).train.count, 40)
})

const refusals: Record<string, [DataDescription, RegExp]> = {
  'no training file': [
    { ...fileData, train: null },
    /^data\.train: expected a file of Sudokus .*, got null\. Write --set data\.train=FILE/,
  ],
  'too few puzzles': [
    { ...fileData, trainCount: 38 },
    /^train\.csv: expected at least 43 puzzles \(data\.trainCount and data\.validation together\), got 40/,
  ],
  'another size': [
    { ...fileData, boxRows: 3 },
    /^train\.csv, line \d+: expected a 9×9 Sudoku \(data\.boxRows 3, data\.boxColumns 3\), got 36 cells/,
  ],
  'a test file that is trained on': [
    { ...fileData, trainCount: null, test: 'train.csv' },
    /^data\.test \(train\.csv\): expected puzzles that are not trained on, got 35 that are in data\.train too/,
  ],
  'a bad row, by its line': [
    { ...fileData, train: 'bad.csv', trainCount: null },
    /^bad\.csv, line 7: expected a well-formed Sudoku with one solution, got .*trm data check FILE/,
  ],
  'no folder': [
    { kind: 'official-folder', path: null, validation: 0, seed: 0 },
    /^data\.path: expected a data folder of the published code/,
  ],
  'too many groups held out': [
    { kind: 'official-folder', path: 'folder', validation: 40, seed: 0 },
    /^data\.validation: expected fewer groups than the 40 of folder\/train, got 40/,
  ],
}
files['bad.csv'] = csv('train').replace(/^(?:.*\n){6}generated,./, (text) => `${text.slice(0, -1)}x`)
for (const part of ['train', 'test'] as const)
  for (const [name, bytes] of encodeOfficialFolder(part, generated[part])) files[`folder/${name}`] = bytes

for (const [what, [data, message]] of Object.entries(refusals))
  test(`refused: ${what}`, () =>
    assert.rejects(loadDataSets(data, readFile), { name: 'InputError', message }))

test('a published folder is split by groups', async () => {
  const data = { kind: 'official-folder', path: 'folder', validation: 8, seed: 1 } as const
  const sets = await loadDataSets(data, readFile)
  assert.deepEqual([sets.train.count, sets.validation.count, sets.test.count], [32, 8, 10])
  assert.equal(sets.record.augment, 'none')
  assert.deepEqual([...sets.train.puzzles!.groupStarts!], [...Array(33).keys()])
  const questions = (set: AnyPuzzleSet) =>
    Array.from({ length: set.count }, (_, index) => puzzleAt(set, index).inputs.join(''))
  assert.equal(new Set([...questions(sets.train.puzzles!), ...questions(sets.validation)]).size, 40)
})

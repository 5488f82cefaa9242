import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeOfficialFolder } from '../../src/data/official-folder.ts'
import { type AnyPuzzleSet, type PuzzleSet, puzzleAt, selectPuzzles } from '../../src/data/puzzle-set.ts'
import { splitPuzzleSet } from '../../src/data/split.ts'
import { boardOfData, type DataRecipe } from '../../src/puzzles/index.ts'
import { loadDataSets, loadTestSet } from '../../src/puzzles/load.ts'
import { formatMazeLine } from '../../src/puzzles/maze/grid.ts'
import { isShortestPath, shortestSteps } from '../../src/puzzles/maze/path.ts'
import { encodePuzzleArrays } from '../../src/puzzles/reading/arrays.ts'
import { boxShapes } from '../../src/puzzles/sudoku/shape.ts'
import { formatSudokuLine } from '../../src/puzzles/sudoku/text.ts'
import { generateMazeSets, generateSudokuSets, readSudokuFile, toPuzzleSet } from '../puzzles/families.ts'

const box = boxShapes['6x6']
const generated = await generateSudokuSets({
  box,
  train: 40,
  validation: 0,
  test: 10,
  minimal: true,
  seed: 5,
})

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
  easyBelow: null,
  easyShare: 1,
  augment: true,
  seed: 3,
} as const satisfies DataRecipe

function storedPuzzles(set: AnyPuzzleSet): PuzzleSet {
  assert.ok(!('at' in set))
  return set
}

test('the test set alone is the one of the whole, and only it is made', async () => {
  const counts = { train: 30, validation: 10, test: 12, augment: true, seed: 4 }
  const descriptions: readonly DataRecipe[] = [
    { kind: 'sudoku-generated', boxRows: 2, boxColumns: 2, minimal: false, ...counts },
    {
      ...{ kind: 'maze-generated', size: 7, minPath: 5, minDensity: 0.2, maxDensity: 0.5 },
      ...counts,
    } as DataRecipe,
    fileData,
  ]
  for (const data of descriptions) {
    const made: [number, number][] = []
    const whole = await loadDataSets(data, readFile, (...progress) => made.push(progress))
    const told = data.kind === 'sudoku-file' ? [] : Array.from({ length: 52 }, (_, index) => [index + 1, 52])
    assert.deepEqual(made, told)
    let mostMade = 0
    const { test: alone, checksum } = await loadTestSet(data, readFile, (done) => (mostMade = done))
    assert.equal(checksum, whole.record.test.checksum)
    assert.deepEqual(alone, whole.test)
    assert.equal(mostMade, data.kind === 'sudoku-file' ? 0 : 13)
  }
})

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

const mazes = await generateMazeSets({
  size: 6,
  train: 30,
  validation: 0,
  test: 10,
  minDensity: 0.3,
  maxDensity: 0.5,
  minPath: 6,
  seed: 2,
})
const mazeLines = (set: PuzzleSet) =>
  Array.from({ length: set.count }, (_, index) => {
    const { inputs, labels } = puzzleAt(set, index)
    return `generated,${formatMazeLine(inputs)},${formatMazeLine(labels)},${shortestSteps(inputs)}`
  }).join('\n')
files['mazes.csv'] = `source,question,answer,rating\n${mazeLines(mazes.train)}\n`
files['more.csv'] = mazeLines(mazes.test)
for (const part of ['train', 'test'] as const) {
  const { inputs, labels } = encodePuzzleArrays(mazes[part])
  files[`${part}/all__inputs.npy`] = inputs
  files[`${part}/all__labels.npy`] = labels
}

const mazeData = {
  kind: 'maze-file',
  size: 6,
  train: 'mazes.csv',
  test: 'more.csv',
  trainCount: 20,
  validation: 5,
  easyBelow: null,
  easyShare: 1,
  augment: false,
  seed: 3,
} as const satisfies DataRecipe

const refusals: Record<string, [DataRecipe, RegExp]> = {
  'no training file': [
    { ...fileData, train: null },
    /^data\.train: expected a file of Sudokus .*, got null\. Set `data\.train=FILE`/,
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
    /^data\.test \(train\.csv\): expected puzzles that are not in data.train, got 35 that are/,
  ],
  'a bad row, by its line': [
    { ...fileData, train: 'bad.csv', trainCount: null },
    /^bad\.csv, line 7: expected a well-formed Sudoku with one solution, got .*a check of the file lists all such lines/,
  ],
  'no folder': [
    { kind: 'official-folder', path: null, validation: 0, seed: 0 },
    /^data\.path: expected a data folder of the published code/,
  ],
  'too many groups held out': [
    { kind: 'official-folder', path: 'folder', validation: 40, seed: 0 },
    /^data\.validation: expected fewer groups than the 40 of folder\/train, got 40/,
  ],
  'no file of mazes': [
    { ...mazeData, train: null },
    /^data\.train: expected a file of mazes \(CSV or one per line, plain or \.gz, or …inputs\.npy\), got null\./,
  ],
  'mazes of another size': [
    { ...mazeData, size: 7 },
    /^mazes\.csv, line \d+: expected a 7×7 maze \(data\.size 7\), got 36 cells\. Set data\.size/,
  ],
  'arrays of another size': [
    { ...mazeData, size: 7, train: 'train/all__inputs.npy' },
    /^train\/all__inputs\.npy \(inputs\): expected whole numbers \[puzzles, 49\], for a 7×7 maze, got uint8 \[30,36\]\./,
  ],
  'too few arrays': [
    { ...mazeData, trainCount: null, validation: 30, train: 'train/all__inputs.npy' },
    /^train\/all__inputs\.npy: expected at least 31 puzzles \(data\.trainCount and data\.validation together\), got 30/,
  ],
  'test mazes that are trained on': [
    { ...mazeData, trainCount: null, test: 'mazes.csv' },
    /^data\.test \(mazes\.csv\): expected puzzles that are not in data.train, got 25 that/,
  ],
}
files['bad.csv'] = csv('train').replace(/^(?:.*\n){6}generated,./, (text) => `${text.slice(0, -1)}%`)
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

test('mazes are generated, or taken from files, and their answers judged', async () => {
  const description = { minDensity: 0.3, maxDensity: 0.5, minPath: 6, augment: true, seed: 2 }
  const counts = { size: 6, train: 30, validation: 0, test: 10 }
  const generatedMazes = await loadDataSets({ kind: 'maze-generated', ...counts, ...description }, readFile)
  assert.deepEqual(generatedMazes.train.puzzles, mazes.train)
  assert.equal(generatedMazes.record.augment, 'maze')
  assert.equal(generatedMazes.isValid, isShortestPath)

  const sets = await loadDataSets(mazeData, readFile)
  assert.deepEqual([sets.train.count, sets.validation.count, sets.test.count], [20, 5, 10])
  assert.deepEqual([sets.record.cells, sets.record.symbols, sets.record.augment], [36, 6, 'none'])
  assert.deepEqual(storedPuzzles(sets.test).inputs, mazes.test.inputs)
  const { trainIndices } = splitPuzzleSet(mazes.train, { train: 20, validation: 5, seed: 3 })
  assert.deepEqual(sets.record.train.indices, [...trainIndices])
  assert.deepEqual(sets.train.puzzles?.inputs, selectPuzzles(mazes.train, trainIndices).inputs)
})

test('arrays of mazes give the sets that their CSV gives', async () => {
  const arrays = { ...mazeData, train: 'train/all__inputs.npy', test: 'test/all__inputs.npy' }
  const [fromCsv, fromArrays] = [await loadDataSets(mazeData, readFile), await loadDataSets(arrays, readFile)]
  assert.equal(fromArrays.checksum, fromCsv.checksum)
  const whole = await loadDataSets({ ...arrays, trainCount: null, test: null }, readFile)
  assert.deepEqual([whole.train.count, whole.validation.count, whole.record.train.indices], [25, 5, null])
})

test('answers of a published folder are judged where its sizes tell what they are', () => {
  const folder = { kind: 'official-folder', path: null, validation: 0, seed: 0 } as const
  assert.equal(boardOfData(folder, { cells: 900, symbols: 6 })?.rule?.isSolved, isShortestPath)
  assert.equal(boardOfData(folder, { cells: 900, symbols: 12 }), undefined)
  assert.deepEqual(boardOfData(folder, { cells: 81, symbols: 11 })?.kind, {
    puzzle: 'sudoku',
    shape: boxShapes['9x9'],
  })
  const isValid = boardOfData(fileData, { cells: 36, symbols: 8 })!.rule!.isSolved
  const { inputs, labels } = puzzleAt(generated.test, 0)
  assert.equal(isValid(inputs, labels), true)
  assert.equal(isValid(inputs, inputs), false)
})

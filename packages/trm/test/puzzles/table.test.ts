import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ignoredLabel, type PuzzleSet, puzzleAt } from '../../src/data/puzzle-set.ts'
import { boardOfData } from '../../src/puzzles/index.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { completeRecipe } from '../../src/recipes/complete.ts'
import { parseRecipe, type Recipe, recipes } from '../../src/recipes/index.ts'

/** Rows of six cells: the letter that is missing between two others. */
const rows = Array.from({ length: 40 }, (_, index) => {
  const letters = Array.from({ length: 6 }, (_, cell) => 'abcd'[(index + cell * (1 + (index % 3))) % 4]!)
  return { question: letters.with(index % 6, '?').join(''), answer: letters.join(''), id: `g${index % 4}` }
})
const csv = [
  'question,answer,id',
  ...rows.map(({ question, answer, id }) => `${question},${answer},${id}`),
].join('\n')
const files: Record<string, string> = {
  'my.csv': csv,
  'my.tsv': csv.replaceAll(',', '\t'),
  'my.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
  'other.csv': 'puzzle,solution\nab?dab,\n',
  'foreign.csv': 'question,answer\nab?zab,abczab\n',
  'short.csv': 'question,answer\nab?dab,abcdab\nab?,abc\n',
  'open.csv': 'question,answer\nab?dab,abcdab\nbc?abc,\n',
}
const readFile = async (path: string) => new TextEncoder().encode(files[path] ?? assert.fail(path))

const recipeOf = (data: Record<string, unknown>): Recipe =>
  parseRecipe(
    {
      ...recipes['sudoku-4x4-trm'],
      name: 'mine',
      data: { kind: 'table', train: 'my.csv', validation: 4, seed: 0, ...data },
    },
    'test',
  )
const loaded = async (data: Record<string, unknown>) => loadDataSets(recipeOf(data).data, readFile)

test('symbols, and what is to be found, come from the training file', async () => {
  const { data } = await completeRecipe(recipeOf({}), readFile)
  assert.deepEqual(
    { ...data },
    {
      ...recipeOf({}).data,
      rows: 1,
      columns: 6,
      symbols: '?abcd',
      open: '?',
      answers: 'abcd',
    },
  )
  assert.deepEqual(await completeRecipe(recipeOf({ ...data }), readFile), recipeOf({ ...data }))
  const board = boardOfData(data, { cells: 6, symbols: 6 })!
  assert.deepEqual(
    [board.title, board.structure.open, board.structure.answers],
    ['1×6 puzzle', [1], [2, 3, 4, 5]],
  )
  assert.equal(board.rule, undefined)
})

test('CSV, TSV and JSON lines give the same sets, split by a seed', async () => {
  const [first, ...others] = await Promise.all(
    ['my.csv', 'my.tsv', 'my.jsonl'].map((train) => loaded({ train, testCount: 6 })),
  )
  for (const other of others) assert.equal(other.checksum, first!.checksum)
  const { train, validation, test: held } = first!
  // The same question twice is never split.
  assert.ok(held.count >= 6 && validation.count >= 4)
  assert.equal(train.count + validation.count + held.count, 40)
  const questions = (set: PuzzleSet) =>
    Array.from({ length: set.count }, (_, index) => puzzleAt(set, index).inputs.join())
  const [a, b, c] = [train.puzzles!, validation as PuzzleSet, held as PuzzleSet].map(
    (set) => new Set(questions(set)),
  )
  assert.ok([...a!].every((one) => !b!.has(one) && !c!.has(one)) && [...b!].every((one) => !c!.has(one)))
  assert.notEqual((await loaded({ testCount: 6, seed: 1 })).checksum, first!.checksum)
})

test('groups stay together, and identifiers get their own embedding', async () => {
  const { train, validation } = await loaded({ group: 'id', identifier: 'id', validation: 10 })
  assert.deepEqual([validation.count, train.count, train.identifiers], [10, 30, 5])
  const seen = (set: PuzzleSet) => new Set(set.puzzleIdentifiers)
  const [trained, held] = [seen(train.puzzles!), seen(validation as PuzzleSet)]
  assert.equal(held.size, 1)
  assert.ok([...held].every((identifier) => !trained.has(identifier)))
  assert.equal(typeof train.identifierDigest, 'string')
})

test('a test file of its own may leave its answers open', async () => {
  const { test: held } = await loaded({ test: 'other.csv' })
  assert.equal(held.count, 1)
  assert.deepEqual([...puzzleAt(held, 0).labels], Array(6).fill(ignoredLabel))
})

const refusals: Record<string, [Record<string, unknown>, RegExp]> = {
  'no file': [{ train: null }, /^data\.train: expected a file of questions and answers/],
  'a symbol that was never trained': [
    { test: 'foreign.csv' },
    /^foreign\.csv, line 2, question: expected one of \? a b c d, got "z"/,
  ],
  'another length': [
    { train: 'short.csv' },
    /^short\.csv, line 3: .* got a question of 3 cells instead of 6/,
  ],
  'a question without its answer': [
    { train: 'open.csv' },
    /^open\.csv, line 3: .* got a question without an answer/,
  ],
  'a column that is not there': [{ answer: 'right' }, /expected a column "right", got question, answer, id/],
  'a grid of other cells': [{ rows: 2, columns: 2 }, /a question of 6 cells instead of 4/],
  'more rows than there are': [{ testCount: 30, validation: 10 }, /expected at least 1 rows to train on/],
  'an identifier that was never trained': [
    { test: 'foreign.csv', identifier: 'id' },
    /expected a column "id", got question, answer/,
  ],
}
for (const [what, [data, message]] of Object.entries(refusals))
  test(`refused: ${what}`, () => assert.rejects(loaded(data), { name: 'InputError', message }))

test('one side of the grid asks for the other', () => {
  assert.throws(
    () => recipeOf({ rows: 2 }),
    /data\.columns: expected a number, like the other side of the grid/,
  )
})

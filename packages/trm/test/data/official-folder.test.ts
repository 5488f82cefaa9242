import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { encodeNpy } from '../../src/data/npy.ts'
import { encodeOfficialFolder, readOfficialFolder } from '../../src/data/official-folder.ts'
import type { PuzzleSet } from '../../src/data/puzzle-set.ts'
import { flipBits } from '../checkpoint/hostile-bytes.ts'

type Files = Map<string, Uint8Array>

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const indices = (...numbers: number[]) =>
  encodeNpy({ dtype: 'int32', shape: [numbers.length], data: Int32Array.from(numbers) })
const grid = (rows: number[][]) =>
  encodeNpy({ dtype: 'uint8', shape: [rows.length, rows[0]!.length], data: Uint8Array.from(rows.flat()) })

const dataset = {
  pad_id: 0,
  ignore_label_id: 0,
  blank_identifier_id: 0,
  vocab_size: 6,
  seq_len: 2,
  num_puzzle_identifiers: 4,
  total_groups: 2,
  mean_puzzle_examples: 4 / 3,
  total_puzzles: 3,
  sets: ['all'],
}

/** Two groups; the second owns two puzzles, the last of which owns two examples. Label 0 is ignored. */
const folder = (change: (files: Files) => void = () => {}): Files => {
  const files: Files = new Map([
    ['train/dataset.json', text(dataset)],
    [
      'train/all__inputs.npy',
      grid([
        [1, 2],
        [3, 4],
        [5, 1],
        [2, 2],
      ]),
    ],
    [
      'train/all__labels.npy',
      grid([
        [1, 0],
        [3, 4],
        [0, 0],
        [5, 5],
      ]),
    ],
    ['train/all__puzzle_identifiers.npy', indices(1, 0, 3)],
    ['train/all__puzzle_indices.npy', indices(0, 1, 2, 4)],
    ['train/all__group_indices.npy', indices(0, 1, 3)],
  ])
  change(files)
  return files
}

const read = (files: Files, split: 'train' | 'test' = 'train') =>
  readOfficialFolder(
    split,
    async (name) => {
      const bytes = files.get(name)
      if (bytes !== undefined) return bytes
      throw new InputError({
        who: name,
        expected: 'a file',
        got: 'nothing',
        hint: 'As a reader of files says it.',
      })
    },
    'folder',
  )

test('a folder becomes a puzzle set with its groups', async () => {
  const { puzzles, groupIndices, puzzleIndices } = await read(folder())
  assert.deepEqual(puzzles, {
    name: 'folder/train',
    count: 4,
    cells: 2,
    symbols: 6,
    identifiers: 4,
    inputs: Int32Array.of(1, 2, 3, 4, 5, 1, 2, 2),
    labels: Int32Array.of(1, -100, 3, 4, -100, -100, 5, 5),
    puzzleIdentifiers: Int32Array.of(1, 0, 3, 3),
  })
  assert.deepEqual([...puzzleIndices], [0, 1, 2, 4])
  assert.deepEqual([...groupIndices], [0, 1, 3])
})

test('a puzzle set written as a folder is read back', async () => {
  const { puzzles } = await read(folder())
  const written = encodeOfficialFolder('test', puzzles)
  assert.deepEqual(
    [...written.keys()],
    [
      'identifiers.json',
      'test/dataset.json',
      'test/all__inputs.npy',
      'test/all__labels.npy',
      'test/all__puzzle_identifiers.npy',
      'test/all__puzzle_indices.npy',
      'test/all__group_indices.npy',
    ],
  )
  const again = await read(written, 'test')
  assert.deepEqual(again.puzzles, { ...puzzles, name: 'folder/test' } satisfies PuzzleSet)
  assert.deepEqual([...again.groupIndices], [0, 1, 2, 3, 4])
})

test('every count and range is checked', async () => {
  const json = (change: Record<string, unknown>) => (files: Files) =>
    files.set('train/dataset.json', text({ ...dataset, ...change }))
  const file = (field: string, bytes: Uint8Array) => (files: Files) =>
    files.set(`train/all__${field}.npy`, bytes)
  const cases: [(files: Files) => void, string][] = [
    [json({ seq_len: 3 }), 'all__inputs.npy: expected the shape [examples, 3] of seq_len 3, got [4,2]'],
    [json({ vocab_size: 5 }), 'all__inputs.npy: expected numbers from 0 to 4, got 5 at 4'],
    [
      json({ num_puzzle_identifiers: 3 }),
      'all__puzzle_identifiers.npy: expected numbers from 0 to 2, got 3 at 2',
    ],
    [json({ total_groups: 5 }), 'all__group_indices.npy: expected 6 numbers, got 3'],
    [json({ total_puzzles: 2 }), 'dataset.json: total_puzzles: expected 3, as in the arrays, got 2'],
    [
      json({ mean_puzzle_examples: 2 }),
      'dataset.json: mean_puzzle_examples: expected 1.3333333333333333, as in the arrays, got 2',
    ],
    [
      json({ sets: ['a', 'b'] }),
      'dataset.json: sets: expected one set, as written by the published builders, got ["a","b"]',
    ],
    [json({ sets: ['../x'] }), 'dataset.json: expected a set name of letters, digits, _ and -, got "../x"'],
    [json({ seq_len: '2' }), 'dataset.json: seq_len: expected a whole number from 1 to 1000000, got "2"'],
    [(files) => files.set('train/dataset.json', text([])), 'dataset.json: expected an object, got []'],
    [file('labels', grid([[1, 1]])), 'all__labels.npy: expected 4 examples, as in inputs, got 1'],
    [
      file(
        'labels',
        grid([
          [1, 9],
          [1, 1],
          [1, 1],
          [1, 1],
        ]),
      ),
      'all__labels.npy: expected numbers from 0 to 5, got 9 at 1',
    ],
    [
      file('puzzle_indices', indices(0, 2, 1, 4)),
      'all__puzzle_indices.npy: expected ascending numbers, got 1 after 2 at 2',
    ],
    [
      file('puzzle_indices', indices(1, 1, 2, 4)),
      'all__puzzle_indices.npy: expected 0 as the first number, got 1',
    ],
    [
      file('puzzle_indices', indices(0, 1, 2, 5)),
      'all__puzzle_indices.npy: expected 4 (the examples) as the last number, got 5',
    ],
    [
      file('group_indices', indices(0, 1, 2)),
      'all__group_indices.npy: expected 3 (the puzzles) as the last number, got 2',
    ],
  ]
  const advice = 'The folder is damaged or was written by another builder: rebuild the data set.'
  for (const [change, message] of cases) {
    await assert.rejects(read(folder(change)), {
      name: 'InputError',
      message: `folder/train/${message}. ${advice}`,
    })
  }
})

test('what is no JSON, or no array, is named', async () => {
  const refuses = (name: string, bytes: Uint8Array, message: RegExp) =>
    assert.rejects(read(folder((files) => files.set(name, bytes))), { name: 'InputError', message })
  await refuses(
    'train/dataset.json',
    Uint8Array.of(0x7b),
    /dataset\.json: expected JSON, got ".+"\. The folder/,
  )
  await refuses('train/dataset.json', text([]).subarray(0, 0), /got an empty file/)
  const pointer = new TextEncoder().encode(
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n',
  )
  await refuses(
    'train/all__inputs.npy',
    pointer,
    /all__inputs\.npy: expected a \.npy file, got a Git LFS pointer to a file of 7 bytes\. Fetch the actual file/,
  )
})

test('flipped bits give an InputError or a sound set', async () => {
  const attempts: Promise<void>[] = []
  for (const [name, bytes] of folder()) {
    flipBits(bytes, { seed: 9, rounds: 350 }, (damaged) => {
      const attempt = read(folder((files) => files.set(name, damaged))).then(
        ({ puzzles }) => assert.ok(puzzles.inputs.every((token) => token >= 0 && token < puzzles.symbols)),
        (error: unknown) => assert.ok(error instanceof InputError, String(error)),
      )
      attempts.push(attempt)
    })
  }
  await Promise.all(attempts)
  assert.equal(attempts.length, 2_100)
})

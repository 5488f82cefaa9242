import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readOfficialFolder } from '../../../src/data/official-folder.ts'
import { arcFolderBytes, writeArcFolder } from '../../../src/node/arc-folder.ts'
import { arcOfficialFiles } from '../../../src/puzzles/arc/arc-official.ts'
import { applyTransform, parseAugmentedName, unpackTransform } from '../../../src/puzzles/arc/augment.ts'
import { buildArc } from '../../../src/puzzles/arc/build.ts'
import { encodeGrid } from '../../../src/puzzles/arc/encode.ts'
import { grid, sampleTask } from './sample-tasks.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-arc-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const held = {
  ...sampleTask('c', 'evaluation', 2),
  test: [
    { input: grid([1, 2, 1]), output: grid([1]) },
    { input: grid([5, 5, 2, 1]), output: null },
  ],
}
const build = buildArc([[sampleTask('a', 'training'), sampleTask('b', 'training', 1)], [held]], {
  testSubset: 'evaluation',
  validation: 0,
  augmentations: 200,
  seed: 1,
  canvas: 8,
})
const written = join(folder, 'set')
const readFrom = (name: string) => readFile(join(written, name))

test('a written folder is read back by the reader of published folders', async () => {
  const progress: number[] = []
  assert.equal(await writeArcFolder(build, written, { onProgress: (bytes) => progress.push(bytes) }), true)
  assert.equal(progress.at(-1), arcFolderBytes(build))
  for (const { path, bytes } of arcOfficialFiles(build))
    assert.equal(statSync(join(written, path)).size, bytes, path)
  assert.deepEqual(readdirSync(written).sort(), ['identifiers.json', 'test', 'test_puzzles.json', 'train'])

  const names = JSON.parse(readFileSync(join(written, 'identifiers.json'), 'utf8')) as string[]
  assert.equal(names.length, build.versions.identifiers)
  assert.deepEqual([names[0], names[1], names[202], names[403]], ['<blank>', 'a', 'b', 'c'])
  names.slice(1).forEach((name, index) => {
    const { task, transform } = parseAugmentedName(name)
    assert.equal(task, ['a', 'b', 'c'][Math.floor(index / 201)])
    assert.deepEqual(transform, unpackTransform(build.versions.packed[index + 1]!))
  })
  const puzzles = JSON.parse(readFileSync(join(written, 'test_puzzles.json'), 'utf8')) as Record<
    string,
    { train: unknown[]; test: unknown[] }
  >
  assert.deepEqual(Object.keys(puzzles), ['c'])
  assert.deepEqual(puzzles.c!.test, [{ input: [[1, 2, 1]], output: [[1]] }, { input: [[5, 5, 2, 1]] }])
  assert.equal(puzzles.c!.train.length, 3)

  const train = await readOfficialFolder('train', readFrom, 'set')
  const pairs = [4, 4, 3]
  assert.deepEqual([...train.groupIndices], [0, 201, 402, 603])
  assert.equal(train.puzzles.count, 201 * 11)
  assert.equal(train.puzzles.identifiers, 604)
  assert.deepEqual([train.puzzles.cells, train.puzzles.symbols], [64, 12])
  let example = 0
  let moved = 0
  for (const [task, count] of pairs.entries()) {
    for (let version = 0; version < 201; version++) {
      const puzzle = 201 * task + version
      assert.equal(train.puzzleIndices[puzzle], example)
      const transform = unpackTransform(build.versions.packed[puzzle + 1]!)
      let corner = 0
      for (let pair = 0; pair < count; pair++, example++) {
        assert.equal(train.puzzles.puzzleIdentifiers[example], puzzle + 1)
        const input = applyTransform(transform, build.trainingPairs[task]![pair]!.input)
        const tokens = train.puzzles.inputs.subarray(64 * example, 64 * (example + 1))
        const at = tokens.findIndex((token) => token > 1)
        // Colours stand in the order of the grid wherever it is.
        assert.deepEqual(
          [...tokens].filter((token) => token > 1),
          [...input.colours].map((colour) => colour + 2),
        )
        const answer = train.puzzles.labels.subarray(64 * example, 64 * (example + 1))
        assert.equal(
          answer.findIndex((label) => label > 1),
          at,
          'input and output stand at the same place',
        )
        if (at === 0) corner += 1
        else moved += 1
      }
      assert.ok(corner >= 1, 'one example of a puzzle is not moved')
    }
  }
  assert.ok(moved > 1300 && moved < 1608, `${moved} moved`)

  const test = await readOfficialFolder('test', readFrom, 'set')
  assert.deepEqual([...test.groupIndices], [0, 201])
  assert.equal(test.puzzles.count, 402)
  assert.deepEqual([...test.puzzles.puzzleIdentifiers.subarray(0, 4)], [403, 403, 404, 404])
  assert.deepEqual(test.puzzles.inputs.subarray(0, 64), encodeGrid(grid([1, 2, 1]), 8))
  // The published builder fills an unknown output with one black cell.
  assert.equal(test.puzzles.labels[64], 2)
})

test('dataset.json says what the published one says', () => {
  const dataset = JSON.parse(readFileSync(join(written, 'train/dataset.json'), 'utf8')) as unknown
  assert.deepEqual(dataset, {
    seq_len: 64,
    vocab_size: 12,
    pad_id: 0,
    ignore_label_id: 0,
    blank_identifier_id: 0,
    num_puzzle_identifiers: 604,
    total_groups: 3,
    mean_puzzle_examples: 11 / 3,
    total_puzzles: 603,
    sets: ['all'],
  })
})

test('a data set that is there stays, unless it is to be replaced', async () => {
  await assert.rejects(writeArcFolder(build, written), {
    name: 'InputError',
    message: `${written}: expected a folder without a data set, got one that has train/dataset.json or test/dataset.json. Choose another folder, remove that one, or have it replaced (\`replace: true\`).`,
  })
  assert.equal(await writeArcFolder(build, written, { replace: true }), true)
})

test('a build that is stopped leaves no data set and no temporary files, and can be begun again', async () => {
  const path = join(folder, 'stopped')
  let pieces = 0
  assert.equal(await writeArcFolder(build, path, { shouldStop: () => ++pieces > 9 }), false)
  assert.equal(existsSync(join(path, 'train/dataset.json')), false)
  assert.deepEqual(
    readdirSync(join(path, 'train')).filter((name) => name.startsWith('.')),
    [],
  )
  assert.equal(await writeArcFolder(build, path), true)
  assert.deepEqual(
    readFileSync(join(path, 'train/all__inputs.npy')),
    readFileSync(join(written, 'train/all__inputs.npy')),
  )
})

test('a folder that cannot be made or has no room says so before writing', async () => {
  await assert.rejects(writeArcFolder(build, join(written, 'identifiers.json')), {
    message: /a file where a folder should be|something that already exists/,
  })
  const huge = { ...build, versions: { ...build.versions, count: () => 10 ** 13 } }
  mkdirSync(join(folder, 'full'))
  await assert.rejects(writeArcFolder(huge, join(folder, 'full', 'new')), {
    message:
      /new: expected 17\.6 PB of free space for the data set, got \d+(?:\.\d+)? [kMGTP]?B\. Free some space, choose/,
  })
  assert.deepEqual(readdirSync(join(folder, 'full')), [])
})

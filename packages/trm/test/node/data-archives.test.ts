import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zipSync } from 'fflate'
import { encodeOfficialFolder } from '../../src/data/official-folder.ts'
import { dataReaderOf, readDataFile } from '../../src/node/data-files.ts'
import { boardOf, sourceOf } from '../../src/puzzles/index.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { readPuzzleFolder } from '../../src/puzzles/read.ts'
import { boardSet } from '../../src/puzzles/sets.ts'
import { recipes } from '../../src/recipes/index.ts'

const folder = await mkdtemp(join(tmpdir(), 'trm-archives-'))
after(() => rm(folder, { recursive: true, force: true }))

const { data } = recipes['sudoku-4x4-trm']
const puzzles = [...sourceOf(data).generateMany!(data, 3, 1)]
const board = boardOf({ puzzle: 'sudoku', shape: { boxRows: 2, boxColumns: 2 } })
const set = boardSet(board, puzzles, 'three')

test('the published folders are read from an archive as if it were unpacked', async () => {
  const path = join(folder, 'set.zip')
  const files = (['train', 'test'] as const).flatMap((part) => [...encodeOfficialFolder(part, set)])
  await writeFile(path, zipSync(Object.fromEntries(files.map(([name, bytes]) => [`main/${name}`, bytes]))))
  const read = await readPuzzleFolder(path, readDataFile)
  assert.deepEqual([read?.board.title, read?.puzzles.inputs], [board.title, set.inputs])
  const recipe = { kind: 'official-folder', path, validation: 1, seed: 0 } as const
  const { train, test } = await loadDataSets(recipe, readDataFile)
  assert.deepEqual([train.count, test.count], [2, 3])
  // From the folder in which a run was begun.
  const begun = await loadDataSets({ ...recipe, path: 'set.zip' }, dataReaderOf(folder))
  assert.equal(begun.test.count, 3)
})

test('an archive that changes is read anew', async () => {
  const path = join(folder, 'changing.zip')
  await writeFile(path, zipSync({ 'a.txt': new Uint8Array(1), 'b.txt': new Uint8Array(2) }))
  assert.equal((await readDataFile(`${path}/b.txt`)).length, 2)
  await writeFile(path, zipSync({ 'a.txt': new Uint8Array(1), 'b.txt': new Uint8Array(300) }))
  assert.equal((await readDataFile(`${path}/b.txt`)).length, 300)
  await assert.rejects(readDataFile(`${path}/c.txt`), /nothing of that name beside a\.txt, b\.txt/)
  await rm(path)
  await assert.rejects(readDataFile(`${path}/b.txt`), /no such file/)
})

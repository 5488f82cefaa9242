/** The puzzles that a model is measured on: the test set of its run, or a file of the same kind. */
import {
  type AnyPuzzleSet,
  boardOfData,
  familyOf,
  InputError,
  loadTestSet,
  type OnDataProgress,
  type PuzzleSet,
  resizeModel,
} from '@tiny-recursive-models/trm'
import { readOfficialFolder } from '@tiny-recursive-models/trm/data'
import {
  dataReaderOf,
  findDataPath,
  type OpenedModel,
  openRunFolder,
  readDataFile,
} from '@tiny-recursive-models/trm/node'
import { readPuzzleSet } from '@tiny-recursive-models/trm/puzzles/reading'

/** The model as it is, or for puzzles of another side. */
export function openedAtSize(
  opened: OpenedModel,
  { size, data }: { readonly size?: number; readonly data?: string },
): OpenedModel {
  if (size === undefined) return opened
  if (data !== undefined) return { ...opened, ...resizeModel(opened, size) }
  throw new InputError({
    who: '--size',
    expected: 'puzzles of that size, from --data FILE',
    got: 'none',
    hint: 'Add --data FILE, or leave --size out.',
  })
}

/** A file of puzzles like the model's, or the test part of a published data folder. */
export async function readPuzzles({ recipe, model }: OpenedModel, path: string): Promise<PuzzleSet> {
  const board = 'path' in recipe.data ? undefined : boardOfData(recipe.data, model.config)
  if (board) return readPuzzleSet(path, { family: familyOf(board.kind)!, board }, readDataFile)
  const { puzzles } = await readOfficialFolder('test', (name) => readDataFile(`${path}/${name}`), path)
  return puzzles
}

/** The test set that the run was begun with, checked by its checksum. */
export async function readTestSet(
  { recipe, which }: OpenedModel,
  run: string,
  onProgress?: OnDataProgress,
): Promise<AnyPuzzleSet> {
  if (namesNoFile(recipe)) throw noTestSet(run)
  const begun = which === 'file' ? null : await openRunFolder(run)
  const readFile = dataReaderOf((await begun?.begunIn()) ?? null)
  const { test, checksum: found } = await loadTestSet(recipe.data, readFile, onProgress)
  if (test.count === 0) throw noTestSet(run)
  if (begun === null) return test
  const checksum = testChecksum(await begun.readJson('data'))
  if (checksum !== null && checksum !== found) {
    throw new InputError({
      who: `${run}: test puzzles`,
      expected: `the test puzzles of the run (checksum ${checksum})`,
      got: `different ones (checksum ${found})`,
      hint: 'The data file has changed: restore it, or pass other puzzles with --data FILE.',
    })
  }
  return test
}

/** The data folder of the published layout that the puzzles of a run come from; null where they do not. */
export async function testFolderOf({ recipe, which }: OpenedModel, run: string): Promise<string | null> {
  const { data } = recipe
  if (data.kind !== 'official-folder' || data.path === null) return null
  return findDataPath(data.path, which === 'file' ? null : await (await openRunFolder(run)).begunIn())
}

/** An imported model does not know where the puzzles are that it was trained on. */
function namesNoFile({ data }: OpenedModel['recipe']): boolean {
  return ('train' in data && data.train === null) || ('path' in data && data.path === null)
}

function noTestSet(run: string): InputError {
  return new InputError({
    who: run,
    expected: 'a run with test puzzles, or --data FILE',
    got: 'a run without any',
    hint: 'Pass a file of unseen puzzles with --data FILE.',
  })
}

function testChecksum(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !('test' in record)) return null
  const { test } = record
  return typeof test === 'object' && test !== null && 'checksum' in test ? String(test.checksum) : null
}

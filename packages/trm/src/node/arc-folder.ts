/** Writes an ARC build as a data folder of the published code, piece by piece. */

import { rm, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { byteSize } from '../format/index.ts'
import { arcOfficialFiles } from '../puzzles/arc/arc-official.ts'
import type { ArcBuild } from '../puzzles/arc/build.ts'
import { makeFolder, writePiecesAtomically } from './files.ts'

/** How `writeArcFolder` writes. */
export interface ArcFolderOptions {
  /** Told after every piece. */
  readonly onProgress?: (written: number, bytes: number) => void
  /** Replace a data folder that is there. */
  readonly replace?: boolean
  readonly shouldStop?: () => boolean
}

/** Bytes that the folder will take. */
export function arcFolderBytes(build: ArcBuild): number {
  return arcOfficialFiles(build).reduce((sum, { bytes }) => sum + bytes, 0)
}

/**
 * Writes all files; `dataset.json` of each split comes last, so that an unfinished folder is not mistaken for a data
 * set. Returns false if `shouldStop` stopped it; finished files stay, and the next call starts over.
 *
 * @throws InputError before anything is written, if the disk has too little space or a data folder already exists
 */
export async function writeArcFolder(
  build: ArcBuild,
  folder: string,
  { onProgress, replace = false, shouldStop }: ArcFolderOptions = {},
): Promise<boolean> {
  const files = arcOfficialFiles(build)
  const bytes = arcFolderBytes(build)
  if (!replace) await refuseDataFolder(folder)
  await requireRoom(folder, bytes)
  for (const mark of marksOf(folder)) if (await isThere(mark)) await rm(mark, { force: true })
  let written = 0
  for (const { path, pieces } of files) {
    await makeFolder(dirname(join(folder, path)))
    try {
      await writePiecesAtomically(join(folder, path), counted(pieces()))
    } catch (error) {
      if (error instanceof Stopped) return false
      throw error
    }
  }
  return true

  function* counted(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) {
      if (shouldStop?.()) throw new Stopped()
      yield piece
      written += piece.length
      onProgress?.(written, bytes)
    }
  }
}

/** The files that make a folder a data set. */
const marksOf = (folder: string): readonly string[] =>
  ['train', 'test'].map((split) => join(folder, split, 'dataset.json'))

/** Throws where a folder holds a data set already. */
export async function refuseDataFolder(folder: string): Promise<void> {
  for (const mark of marksOf(folder)) if (await isThere(mark)) throw occupied(folder)
}

/** Leaves the file that is being written, and with it its temporary file. */
class Stopped extends Error {}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** A disk that fills up after minutes is found out now. */
async function requireRoom(folder: string, bytes: number): Promise<void> {
  let above = resolve(folder)
  while (!(await isThere(above)) && dirname(above) !== above) above = dirname(above)
  const room = await statfs(above).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY, // Not every system says; a full disk then shows while writing.
  )
  if (room >= bytes) return
  throw new InputError({
    who: folder,
    expected: `${byteSize(bytes)} of free space for the data set`,
    got: byteSize(room),
    hint: 'Free some space, choose a folder on another disk, or use fewer augmentations.',
  })
}

function occupied(folder: string): InputError {
  return new InputError({
    who: folder,
    expected: 'a folder without a data set',
    got: 'one that has train/dataset.json or test/dataset.json',
    hint: 'Choose another folder, remove that one, or have it replaced (`replace: true`).',
  })
}

/** Votes over puzzles, from whatever data they are. */
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import type { AnyPuzzleSet } from '../data/puzzle-set.ts'
import { type ArcBallot, arcBallot } from '../evaluate/arc/ballot.ts'
import { arcFolderBallot, looksLikeArc, readArcFolderNames } from '../evaluate/arc/folder-ballot.ts'
import { errorCode } from './file-errors.ts'
import { readFileBounded } from './files.ts'

/** A million names of 40 characters; the published test puzzles are below 10 MB. */
const maxBytes = 2 ** 28

/**
 * What makes a new, empty vote for each evaluation of the set; null where its puzzles are not of ARC.
 *
 * @param folder the data folder of the published layout that the puzzles came from, if they did
 */
export async function openArcBallots(
  set: AnyPuzzleSet,
  folder: string | null,
): Promise<(() => ArcBallot) | null> {
  if ('at' in set) return arcBallot(set) && (() => arcBallot(set)!)
  if (folder === null || !looksLikeArc(set)) return null
  const [identifiers, testPuzzles] = [
    await readIfThere(join(folder, 'identifiers.json')),
    await readIfThere(join(folder, 'test_puzzles.json')),
  ]
  if (identifiers === null || testPuzzles === null) return null
  const names = await readArcFolderNames(identifiers, testPuzzles, folder)
  return () => arcFolderBallot(set, names)
}

/** Folders of other puzzles have no such files. */
async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFileBounded(path, { maxBytes })
  } catch (error) {
    if (error instanceof InputError && errorCode(error.cause) === 'ENOENT') return null
    throw error
  }
}

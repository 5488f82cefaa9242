/** The vote over a data folder of the published code, whose names say which task every identifier stands for. */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { readJsonFile } from '../../data/json-file.ts'
import { type PuzzleSet, puzzleAt } from '../../data/puzzle-set.ts'
import { parseAugmentedName } from '../../puzzles/arc/augment.ts'
import { arcSymbols } from '../../puzzles/arc/encode.ts'
import { parseKaggleTasks } from '../../puzzles/arc/parse.ts'
import { type ArcBallot, ballotOf } from './ballot.ts'
import type { ScoredTask } from './pass-at.ts'
import { restorePrediction } from './vote.ts'

/** What a folder of ARC tasks holds beside its puzzles. */
export interface ArcFolderNames {
  /** [identifiers] name of the augmented task; identifier 0 is blank */
  readonly names: readonly string[]
  readonly tasks: readonly ScoredTask[]
}

/** A million names of 40 characters; the published test puzzles are below 10 MB. */
const maxBytes = 2 ** 27

const hint = 'Rebuild the folder.'

/**
 * Reads the contents of `identifiers.json` and `test_puzzles.json`.
 *
 * @param who the folder, for error messages
 */
export async function readArcFolderNames(
  identifiers: Uint8Array,
  testPuzzles: Uint8Array,
  who: string,
): Promise<ArcFolderNames> {
  const name = `${who}/identifiers.json`
  const names = z.array(z.string()).safeParse(await readJsonFile(identifiers, { name, hint, maxBytes }))
  if (!names.success) {
    const got = names.error.issues[0]!.message
    throw new InputError({ who: name, expected: 'a list of names', got, hint })
  }
  const testFile = `${who}/test_puzzles.json`
  const tests = await readJsonFile(testPuzzles, { name: testFile, hint, maxBytes })
  return { names: names.data, tasks: parseKaggleTasks(tests, null, { subset: 'test', who: testFile }) }
}

/** Whether puzzles can be of ARC: its symbols on a square canvas. */
export function looksLikeArc({ cells, symbols }: Pick<PuzzleSet, 'cells' | 'symbols'>): boolean {
  return symbols === arcSymbols && Number.isInteger(Math.sqrt(cells))
}

/** A vote that begins empty, on the tasks that the set asks about. */
export function arcFolderBallot(set: PuzzleSet, { names, tasks }: ArcFolderNames): ArcBallot {
  const nameOf = (identifier: number) => {
    const name = names[identifier]
    if (name !== undefined) return parseAugmentedName(name)
    throw new InputError({
      who: `${set.name}, identifiers.json`,
      expected: `a name of every identifier, ${identifier} among them`,
      got: `${names.length} names`,
      hint,
    })
  }
  const asked = new Set(Array.from(new Set(set.puzzleIdentifiers), (identifier) => nameOf(identifier).task))
  const side = Math.sqrt(set.cells)
  return ballotOf(
    tasks.filter(({ id }) => asked.has(id)),
    ({ puzzle, answer, haltLogit }) => {
      const { inputs, identifier } = puzzleAt(set, puzzle)
      return restorePrediction({ ...nameOf(identifier), side, inputs, answer, haltLogit, place: puzzle })
    },
  )
}

/** The vote over a data folder of the published code, whose names say which task every identifier stands for. */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { parseAugmentedName } from '../../data/arc/augment.ts'
import { arcSymbols } from '../../data/arc/encode.ts'
import { parseKaggleTasks } from '../../data/arc/parse.ts'
import { type PuzzleSet, puzzleAt } from '../../data/puzzle-set.ts'
import { type ArcBallot, ballotOf } from './ballot.ts'
import type { ScoredTask } from './pass-at.ts'
import { restorePrediction } from './vote.ts'

/** What a folder of ARC tasks holds beside its puzzles. */
export interface ArcFolderNames {
  /** [identifiers] name of the augmented task; identifier 0 is blank */
  readonly names: readonly string[]
  readonly tasks: readonly ScoredTask[]
}

const nameList = z.array(z.string())

/**
 * Reads the contents of `identifiers.json` and `test_puzzles.json`.
 *
 * @param who the folder, for error messages
 */
export function readArcFolderNames(
  identifiers: Uint8Array,
  testPuzzles: Uint8Array,
  who: string,
): ArcFolderNames {
  const names = nameList.safeParse(parseJson(identifiers, `${who}/identifiers.json`))
  if (!names.success) {
    throw new InputError({
      who: `${who}/identifiers.json`,
      expected: 'a list of names',
      got: names.error.issues[0]!.message,
      hint: 'Build the folder again.',
    })
  }
  const testFile = `${who}/test_puzzles.json`
  const tasks = parseKaggleTasks(parseJson(testPuzzles, testFile), null, { subset: 'test', who: testFile })
  return { names: names.data, tasks }
}

/** Whether puzzles can be of ARC: its symbols on a square canvas. */
export function looksLikeArc({ cells, symbols }: Pick<PuzzleSet, 'cells' | 'symbols'>): boolean {
  return symbols === arcSymbols && Number.isInteger(Math.sqrt(cells))
}

/** A vote that begins empty, on the tasks that the set asks about. */
export function arcFolderBallot(set: PuzzleSet, { names, tasks }: ArcFolderNames): ArcBallot {
  const nameOf = (identifier: number) => parseAugmentedName(names[identifier] ?? '')
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

function parseJson(bytes: Uint8Array, who: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    const got = (cause as Error).message
    throw new InputError({ who, expected: 'JSON', got, hint: 'Build the folder again.' }, { cause })
  }
}

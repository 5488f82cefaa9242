/** Where ARC tasks of a recipe come from. */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { flag, pathOrNull, puzzleCount, section, seed, wholeNumber } from '../../data/fields.ts'
import type { PuzzleSource, Violation } from '../family.ts'
import { type ArcData, loadArc } from './load-arc.ts'

const subsetName = () => {
  const error = 'the name of a set, such as evaluation2'
  return z.string({ error }).regex(/^[\w.-]{1,64}$/, { error })
}
const subsetList = { error: 'a list of 1 to 20 names of sets, such as ["training","evaluation"]' }

const arcFields = z.strictObject(
  {
    kind: z.literal('arc'),
    /** The folder of the ARC files. */
    path: pathOrNull(),
    /** Whose tasks are trained on, the test set's training pairs too; the order of the identifiers. */
    subsets: z.array(subsetName(), subsetList).min(1, subsetList).max(20, subsetList),
    /** The set whose test pairs are held out. */
    test: subsetName(),
    /** Tasks of the other sets whose test pairs are held out too (published: 0). */
    validation: puzzleCount(0),
    /** Augmented versions of a task, each with an identifier (published: 1,000). */
    augmentations: wholeNumber(0, 100_000),
    /** The side of the canvas (published: 30). */
    canvas: wholeNumber(1, 30).default(30),
    /** Tasks with a longer side are left out; null = those that do not fit on the canvas. */
    longestSide: wholeNumber(1, 30).nullable().default(null),
    /** Train on test pairs where sets overlap, instead of refusing to. */
    allowLeak: flag().default(false),
    seed: seed(),
  },
  section,
)

export type ArcInput = z.input<typeof arcFields>

function violation({ subsets, test, longestSide, canvas }: ArcData): Violation | null {
  if (!subsets.includes(test)) {
    return {
      key: 'data.test',
      expected: `one of data.subsets (${subsets.join(', ')})`,
      got: test,
      hint: 'The test tasks’ own training pairs are trained on too: add the set to data.subsets.',
    }
  }
  if (new Set(subsets).size < subsets.length) {
    return {
      key: 'data.subsets',
      expected: 'every set once',
      got: subsets.join(', '),
      hint: 'Take the repeated name out.',
    }
  }
  if (longestSide === null || longestSide <= canvas) return null
  return {
    key: 'data.longestSide',
    expected: `at most data.canvas (${canvas})`,
    got: String(longestSide),
    hint: 'Grids must fit on the canvas.',
  }
}

export const arcTasks = {
  kind: 'arc',
  fields: arcFields,
  kindOf: () => undefined,
  violation,
  async load(data, readFile, onProgress) {
    const { list } = readFile
    if (list === undefined) {
      throw new InputError({
        who: 'loadDataSets',
        expected: 'a function that reads files and has one that lists folders, for ARC data',
        got: 'one without `list`',
        hint: 'Pass readDataFile of @tiny-recursive-models/trm/node, or add `list`.',
      })
    }
    const { arc, ...sets } = await loadArc(data, { read: readFile, list }, onProgress)
    // A random version of its task at a random place.
    return { ...sets, augment: 'arc', facts: { arc }, trainIndices: null, validationIndices: null }
  },
} as const satisfies PuzzleSource<ArcData>

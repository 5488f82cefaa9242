/** Where ARC tasks of a recipe come from. */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { dataKind, dataSeed, flag, pathOrNull, puzzleCount, section, wholeNumber } from '../../data/fields.ts'
import type { PuzzleSource, Violation } from '../family.ts'
import { type ArcData, loadArc } from './load-arc.ts'

const subsetName = () => {
  const error = 'the name of a set, such as evaluation2'
  return z.string({ error }).regex(/^[\w.-]{1,64}$/, { error })
}
const subsetList = { error: 'a list of 1 to 20 names of sets, such as ["training","evaluation"]' }

const arcFields = z.strictObject(
  {
    kind: dataKind('arc'),
    path: pathOrNull().meta({
      description:
        'the folder of `arc-agi_<set>_challenges.json` and `_solutions.json` (or `.gz`), of `<set>/<id>.json`, or of one file `{set: {id: task}}`; or a zip archive of it',
    }),
    subsets: z.array(subsetName(), subsetList).min(1, subsetList).max(20, subsetList).meta({
      official: '`subsets`',
      description: 'sets to train on, the test set among them; they give the order of the identifiers',
    }),
    test: subsetName().meta({
      official: '`test_set_name`',
      description: 'the set whose test pairs are held out',
    }),
    validation: puzzleCount(0).meta({
      description: 'tasks of the other sets whose test pairs are held out too (published: 0)',
    }),
    augmentations: wholeNumber(0, 100_000).meta({
      official: '`num_aug`',
      description: 'augmented versions of a task, each with an identifier (published: 1,000)',
    }),
    canvas: wholeNumber(1, 30).default(30).meta({ description: 'side of the canvas (published: 30)' }),
    longestSide: wholeNumber(1, 30).nullable().default(null).meta({
      description: 'tasks with a longer side are left out; null = those that do not fit on the canvas',
    }),
    allowLeak: flag().default(false).meta({
      description: 'train on test pairs where sets overlap, instead of refusing to',
    }),
    seed: dataSeed(),
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
      expected: 'each set only once',
      got: subsets.join(', '),
      hint: 'Remove the repeated name.',
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
        expected: 'a function that reads files and, for ARC data, lists folders',
        got: 'one without `list`',
        hint: 'Pass readDataFile of @tiny-recursive-models/trm/node, or add `list`.',
      })
    }
    const { arc, ...sets } = await loadArc(data, { read: readFile, list }, onProgress)
    // A random version of its task at a random place.
    return { ...sets, augment: 'arc', facts: { arc }, trainIndices: null, validationIndices: null }
  },
} as const satisfies PuzzleSource<ArcData>

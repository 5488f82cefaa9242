/** Folders of the published builders as the data of a recipe: puzzles of any family, told by their sizes. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { trainingPuzzles } from '../data/data-sets.ts'
import { dataKind, dataSeed, pathOrNull, puzzleCount, section } from '../data/fields.ts'
import { type OfficialFolder, readOfficialFolder } from '../data/official-folder.ts'
import type { LoadedParts, ReadDataFile } from '../data/parts.ts'
import { selectPuzzles } from '../data/puzzle-set.ts'
import type { PuzzleKind, PuzzleSource, SetSizes } from './family.ts'

const officialFolderFields = z.strictObject(
  {
    kind: dataKind('official-folder'),
    path: pathOrNull().meta({
      description:
        'the folder that holds `train/` and `test/` as the official builders write them, or a zip archive of it',
    }),
    validation: puzzleCount(0).meta({ description: 'groups held out of the training set for validation' }),
    seed: dataSeed(),
  },
  section,
)

export type OfficialFolderData = z.infer<typeof officialFolderFields>

/** @param publishedKind what puzzles have these sizes, where it is known */
export const officialSource = (publishedKind: (sizes: SetSizes) => PuzzleKind | undefined) => ({
  ...({
    kind: 'official-folder',
    fields: officialFolderFields,
    kindOf: (_, sizes) => publishedKind(sizes),
    load: loadFolder,
  } as const satisfies PuzzleSource<OfficialFolderData>),
})

async function loadFolder(data: OfficialFolderData, readFile: ReadDataFile): Promise<LoadedParts> {
  const { path, validation, seed } = data
  if (path === null) {
    throw new InputError({
      who: 'data.path',
      expected: 'a data folder of the published code, with train/ and test/ in it',
      got: 'null',
      hint: 'Set `data.path=FOLDER`.',
    })
  }
  const read = (name: string) => readFile(`${path}/${name}`)
  const folder = await readOfficialFolder('train', read, path)
  const { puzzles: test } = await readOfficialFolder('test', read, path)
  const groups = folder.groupIndices.length - 1
  if (validation >= groups) {
    throw new InputError({
      who: 'data.validation',
      expected: `fewer groups than the ${groups} of ${path}/train`,
      got: String(validation),
      hint: 'Lower data.validation.',
    })
  }
  const train = folder.puzzles
  for (const key of ['cells', 'symbols', 'identifiers'] as const) {
    if (test.count > 0 && train[key] !== test[key]) {
      throw new InputError({
        who: `${path}/test`,
        expected: `${train[key]} ${key}, as in ${path}/train`,
        got: String(test[key]),
        hint: 'Both parts must come from the same build of the data set.',
      })
    }
  }
  const heldOut = new RandomStream(seed, 'split').permutation(groups).slice(0, validation)
  const held = new Set(heldOut)
  const kept = Array.from({ length: groups }, (_, group) => group).filter((group) => !held.has(group))
  const take = (chosen: Iterable<number>, part: string) =>
    selectPuzzles(train, examplesOf(folder, chosen), `${path} ${part}`)
  const grouped = { ...take(kept, 'train'), groupStarts: groupStartsOf(folder, kept) }
  return {
    train: trainingPuzzles(grouped),
    augment: 'none',
    validation: take(heldOut, 'validation'),
    test,
    trainIndices: null,
    validationIndices: [...heldOut],
  }
}

/** [G + 1] where the examples of each group begin when the groups stand one after the other. */
function groupStartsOf(folder: OfficialFolder, groups: readonly number[]): Int32Array {
  let end = 0
  return Int32Array.from([0, ...groups.map((group) => (end += examplesOf(folder, [group]).length))])
}

/** Every example of every puzzle of the groups. */
function examplesOf({ groupIndices, puzzleIndices }: OfficialFolder, groups: Iterable<number>): number[] {
  const examples: number[] = []
  for (const group of groups) {
    const first = puzzleIndices[groupIndices[group]!]!
    const end = puzzleIndices[groupIndices[group + 1]!]!
    for (let example = first; example < end; example++) examples.push(example)
  }
  return examples
}

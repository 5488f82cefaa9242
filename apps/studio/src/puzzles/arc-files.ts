/** ARC files that were opened in the page, read by the library as if they lay in one folder. */
import { InputError } from '@tiny-recursive-models/trm'
import { readJsonFile } from '@tiny-recursive-models/trm/data'
import {
  type ArcData,
  type ArcFiles,
  type ArcTask,
  listArcTasks,
  parseArcTask,
  parseKaggleTasks,
  readAndBuildArc,
} from '@tiny-recursive-models/trm/puzzles/arc'

export interface OpenedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The number by which a model knows a task: its row of the puzzle table. */
export type TaskNumbers = Readonly<Record<string, number>>

const folder = 'opened files'
const challenges = /^(.*)_challenges(\.json(?:\.gz)?)$/
const solutions = /_solutions\.json(\.gz)?$/

/** All tasks of the files: Kaggle's files of challenges, with the solutions where they are open too, and task files. */
export async function readTasks(files: readonly OpenedFile[]): Promise<ArcTask[]> {
  const tasks = new Map<string, ArcTask>()
  for (const file of files.filter(({ name }) => !solutions.test(name)))
    for (const task of await tasksOf(file, files)) if (!tasks.has(task.id)) tasks.set(task.id, task)
  if (tasks.size > 0) return [...tasks.values()]
  throw new InputError({
    who: files.map(({ name }) => name).join(', '),
    expected: 'a file with ARC tasks',
    got: 'only solutions',
    hint: 'Open the challenges file too.',
  })
}

async function tasksOf(file: OpenedFile, files: readonly OpenedFile[]): Promise<readonly ArcTask[]> {
  const value = await readJson(file)
  const kaggle = challenges.exec(file.name)
  const who = file.name
  if (kaggle === null)
    return listArcTasks(value, who).map(({ id, set, value: task }) =>
      parseArcTask(id, task, null, { subset: set ?? folder, who }),
    )
  const beside = files.find(({ name }) => name.startsWith(`${kaggle[1]}_solutions.json`))
  return parseKaggleTasks(value, beside ? await readJson(beside) : null, { subset: kaggle[1]!, who })
}

const readJson = ({ name, bytes }: OpenedFile): Promise<unknown> =>
  readJsonFile(bytes, { name, hint: 'Open ARC tasks as published, or one task file.', maxBytes: 2 ** 26 })

/**
 * The numbers of the tasks that a model was trained on, which follow from its data alone.
 *
 * @throws InputError where not all of its files are open
 */
export async function numberTasks(
  files: readonly OpenedFile[],
  data: ArcData,
  identifiers: number,
): Promise<TaskNumbers> {
  const build = await readAndBuildArc({ ...data, path: folder }, asFolder(files))
  if (build.versions.identifiers !== identifiers) {
    throw new InputError({
      who: 'ARC files',
      expected: `the files that the model was trained on, with ${identifiers} task versions`,
      got: `${build.versions.identifiers} task versions`,
      hint: `Open the files of ${data.subsets.join(', ')} that it was trained on.`,
    })
  }
  return Object.fromEntries(build.tasks.map(({ id }, index) => [id, build.versions.identifier(index, 0)]))
}

function asFolder(files: readonly OpenedFile[]): ArcFiles {
  return {
    list: async () => files.map(({ name }) => name),
    read: async (path) => files.find(({ name }) => path === `${folder}/${name}`)!.bytes,
  }
}

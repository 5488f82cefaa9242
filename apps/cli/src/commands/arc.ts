import {
  type ArcTask,
  gridsEqual,
  gridToJson,
  InputError,
  listNames,
  readSolutions,
  readSubmission,
  type SubmissionScore,
  scoreSubmission,
} from '@tiny-recursive-models/trm'
import { maximumDataBytes, readFileBounded, writeFileAtomically } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { type ArcAnswer, arcPicture, differingCells } from '../arc-picture.ts'
import { findArcTask } from '../arc-task.ts'
import { jsonOption } from '../options.ts'
import { grouped, percent, plural } from '../output/format.ts'
import { pictureSvg } from '../output/picture-svg.ts'
import { drawPicture, terminalLook } from '../output/picture-terminal.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

export function addArc(program: Command): void {
  const arc = program.command('arc').description('ARC tasks: score submissions, look at tasks and answers')
  arc
    .command('score <submission>')
    .description('score a submission.json (plain or .gz) against the solutions: pass@1 and pass@2')
    .requiredOption('--solutions <file>', 'arc-agi_*_solutions.json, plain or .gz')
    .option('--per-output', 'list every test output')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm arc score submission.json --solutions arc-agi_evaluation_solutions.json
  trm arc score submission.json.gz --solutions arc-agi_evaluation2_solutions.json.gz --per-output`,
    )
    .action(runScore)
  arc
    .command('show <task>')
    .description('draw a task, and answers beside its solution with the differences marked')
    .requiredOption('--from <paths...>', 'challenges files, task files or folders of them')
    .option('--submission <file>', 'show the attempts of a submission')
    .option('--svg <file>', 'write the picture there')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm arc show 0b17323b --from data/arc
  trm arc show 0b17323b --from data/arc --submission submission.json --svg picture.svg`,
    )
    .action(runShow)
}

interface ScoreOptions {
  readonly solutions: string
  readonly perOutput?: true
  readonly json?: true
}

async function runScore(path: string, { solutions, perOutput, json }: ScoreOptions): Promise<void> {
  const read = (file: string) => readFileBounded(file, { maximumBytes: maximumDataBytes })
  const submission = await readSubmission(await read(path), path)
  const score = scoreSubmission(submission, await readSolutions(await read(solutions), solutions), path)
  if (!json) return print(describeScore(score, perOutput === true))
  const { perOutput: outputs, ...figures } = score
  printJson(perOutput ? { ...figures, perOutput: outputs } : figures)
}

/** The score in words; `withOutputs`: a line for every test output first. */
export function describeScore(score: SubmissionScore, withOutputs: boolean): string {
  const { passAt, right, tasks, outputs, missingTasks, shortTasks } = score
  const lines: string[] = []
  if (withOutputs) {
    const rows = score.perOutput.map(({ task, testIndex, attempt1, attempt2 }) => [
      task,
      String(testIndex + 1),
      attempt1 ? 'right' : 'wrong',
      attempt2 ? 'right' : 'wrong',
    ])
    lines.push(formatTable(['task', 'test input', 'attempt 1', 'attempt 2'], rows, [1]), '')
  }
  for (const [names, what] of [
    [missingTasks, 'not in the submission'],
    [shortTasks, 'not answered for every test input'],
  ] as const)
    if (names.length > 0)
      lines.push(
        `warning: ${plural(names.length, 'task is', 'tasks are')} ${what}, which counts as wrong: ${listNames(names)}`,
      )
  for (const attempts of [1, 2] as const)
    lines.push(
      `pass@${attempts}  ${percent(passAt[attempts], 2)} of ${plural(tasks, 'task')} (${grouped(right[attempts])} of ${plural(outputs, 'test output')} right)`,
    )
  return lines.join('\n')
}

interface ShowOptions {
  readonly from: readonly string[]
  readonly submission?: string
  readonly svg?: string
  readonly json?: true
}

async function runShow(id: string, { from, submission, svg, json }: ShowOptions): Promise<void> {
  const task = await findArcTask(id, from)
  const answers = submission === undefined ? [] : await attemptsFor(task, submission)
  const picture = arcPicture(task, answers)
  if (svg !== undefined) await writeFileAtomically(svg, new TextEncoder().encode(pictureSvg(picture)))
  if (json) printJson(showFacts(task, answers))
  else print(drawPicture(picture, terminalLook()))
}

/** The attempts of a submission for each test input of a task. */
export async function attemptsFor(task: ArcTask, path: string): Promise<ArcAnswer[][]> {
  const submission = await readSubmission(
    await readFileBounded(path, { maximumBytes: maximumDataBytes }),
    path,
  )
  const entries = submission.get(task.id)
  if (entries) {
    return entries.map((attempts) =>
      attempts.map((output, index) => ({ title: `attempt ${index + 1}`, output })),
    )
  }
  throw new InputError({
    who: path,
    expected: `attempts for task ${task.id}`,
    got: `${plural(submission.size, 'other task')}`,
    hint: 'Give the submission for the set that the task is in.',
  })
}

/** What `--json` prints. */
export function showFacts(task: ArcTask, answers: readonly (readonly ArcAnswer[])[]) {
  const { id, subset, train, test } = task
  return {
    task: id,
    subset,
    train: train.map(({ input, output }) => ({ input: gridToJson(input), output: gridToJson(output) })),
    test: test.map(({ input, output: solution }, index) => ({
      input: gridToJson(input),
      solution: solution && gridToJson(solution),
      answers: (answers[index] ?? []).map(({ title, output }) => ({
        title,
        output: gridToJson(output),
        right: solution && gridsEqual(output, solution),
        differing: solution && [...differingCells(output, solution)],
      })),
    })),
  }
}

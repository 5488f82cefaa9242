import { InputError } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import type { CheckpointChoice } from '@tiny-recursive-models/trm/node'
import { type ArcTask, gridsEqual, gridToJson } from '@tiny-recursive-models/trm/puzzles/arc'
import type { Command } from 'commander'
import { type ArcAnswer, arcPicture, differingCells } from '../arc/picture.ts'
import { readSubmissionAt } from '../arc/submission.ts'
import { findArcTask } from '../arc/task.ts'
import { voteOfRun } from '../arc/vote.ts'
import {
  type ComputingOptions,
  checkpointOption,
  deviceOption,
  executorOption,
  jsonOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { prepareFile, writeText } from '../output/files.ts'
import { pictureSvg } from '../output/picture-svg.ts'
import { drawPicture, terminalLook } from '../output/picture-terminal.ts'
import { print, printJson } from '../output/streams.ts'

export function addArcShow(arc: Command): void {
  arc
    .command('show <task>')
    .description('draw a task, and answers next to its solution with the differences marked')
    .option('--from <paths...>', 'challenge files, task files or folders of them')
    .option('--submission <path>', 'show the attempts of a submission, or of a folder of answers')
    .option('--run <run>', 'let a run answer and show its vote; the task must be in its test set')
    .option('--votes <count>', 'number of outputs of the vote to show', wholeNumber(1, 100), 3)
    .option('--augmentations <count>', 'use only this many augmentations (default: all)', wholeNumber(0, 1e6))
    .addOption(checkpointOption())
    .option('--svg <file>', 'write the picture to this file')
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm arc show 0b17323b --from data/arc
  trm arc show 0b17323b --from data/arc --submission submission.json --svg picture.svg
  trm arc show 0b17323b --run runs/arc-agi-1-0 --votes 5`,
    )
    .action(runShow)
}

export interface ShowOptions extends ComputingOptions {
  readonly from?: readonly string[]
  readonly submission?: string
  readonly run?: string
  readonly votes: number
  readonly augmentations?: number
  readonly checkpoint?: CheckpointChoice
  readonly svg?: string
  readonly json?: true
}

async function runShow(id: string, options: ShowOptions): Promise<void> {
  const { from, submission, run, svg, json } = options
  await prepareFile(svg, { replace: true })
  const vote = run === undefined ? null : await voteOfRun(id, run, options)
  if (vote === undefined) return // interrupted
  const task = vote?.task ?? (await findArcTask(id, from ?? throwNoPlace(id)))
  const attempts = submission === undefined ? [] : await attemptsFor(task, submission)
  const answers = task.test.map((_, index) => [...(attempts[index] ?? []), ...(vote?.answers[index] ?? [])])
  const picture = arcPicture(task, answers)
  if (json) printJson(showFacts(task, answers))
  else print(drawPicture(picture, terminalLook()))
  if (svg !== undefined) await writeText(svg, pictureSvg(picture))
}

function throwNoPlace(id: string): never {
  throw new InputError({
    who: `task ${id}`,
    expected: 'files that contain it, or a run with it in its test set',
    got: 'neither',
    hint: 'Add --from FOLDER or --run RUN.',
  })
}

/** The attempts of a submission for each test input of a task. */
export async function attemptsFor(task: ArcTask, path: string): Promise<ArcAnswer[][]> {
  const submission = await readSubmissionAt(path)
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
    hint: 'Use the submission for the set that contains the task.',
  })
}

/** What `--json` prints. */
function showFacts(task: ArcTask, answers: readonly (readonly ArcAnswer[])[]) {
  const { id, subset, train, test } = task
  return {
    task: id,
    subset,
    train: train.map(({ input, output }) => ({ input: gridToJson(input), output: gridToJson(output) })),
    test: test.map(({ input, output: solution }, index) => ({
      input: gridToJson(input),
      solution: solution && gridToJson(solution),
      answers: (answers[index] ?? []).map(({ title, output, vote }) => ({
        title,
        ...(vote && { votes: vote.votes, meanProbability: vote.meanProbability }),
        output: gridToJson(output),
        right: solution && gridsEqual(output, solution),
        differing: solution && [...differingCells(output, solution)],
      })),
    })),
  }
}

import {
  listNames,
  readSolutions,
  type SubmissionScore,
  scoreSubmission,
} from '@tiny-recursive-models/trm/evaluate/arc'
import { grouped, percent, plural } from '@tiny-recursive-models/trm/format'
import { readDataFile } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { readSubmissionAt } from '../arc/submission.ts'
import { jsonOption } from '../options/options.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

export function addArcScore(arc: Command): void {
  arc
    .command('score <submission>')
    .description(
      'score a submission.json (plain or .gz), or a folder of answers <task>.json: pass@1 and pass@2',
    )
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
}

interface ScoreOptions {
  readonly solutions: string
  readonly perOutput?: true
  readonly json?: true
}

async function runScore(path: string, { solutions, perOutput, json }: ScoreOptions): Promise<void> {
  const submission = await readSubmissionAt(path)
  const score = scoreSubmission(
    submission,
    await readSolutions(await readDataFile(solutions), solutions),
    path,
  )
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
      attempt1 ? 'correct' : 'wrong',
      attempt2 ? 'correct' : 'wrong',
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
      `pass@${attempts}  ${percent(passAt[attempts], 2)} of ${plural(tasks, 'task')} (${grouped(right[attempts])} of ${plural(outputs, 'test output')} correct)`,
    )
  return lines.join('\n')
}

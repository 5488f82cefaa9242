import { puzzleAt, type Thought, think } from '@tiny-recursive-models/trm'
import { openModel, openOrtExecutor } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { given, jsonOption, setOption, threadsOption } from '../options.ts'
import { print, printJsonLine } from '../output/streams.ts'
import { puzzleOfSet } from '../puzzle-argument.ts'
import { readTestSet } from '../puzzles.ts'
import { resolveRecipe } from '../recipe-argument.ts'
import { solveFacts, ThoughtDisplay } from './solve.ts'
import { commandLine, runToEnd } from './train.ts'

interface QuickstartOptions {
  readonly recipe: string
  readonly out: string
  readonly set?: readonly string[]
  readonly threads?: number
  readonly json?: true
}

export function addQuickstart(command: Command): void {
  command
    .option('--recipe <name>', 'what to train', 'sudoku-6x6')
    .option('--out <folder>', 'the run folder', 'runs/quickstart')
    .addOption(setOption())
    .addOption(threadsOption())
    .addOption(jsonOption('print every event and, last, the solved puzzle as lines of JSON'))
    .addHelpText(
      'after',
      '\nExamples:\n  trm quickstart\n  trm quickstart --recipe sudoku-4x4 --out runs/seconds',
    )
    .action(runQuickstart)
}

async function runQuickstart(options: QuickstartOptions): Promise<void> {
  const { recipe: name, out, set = [], threads, json } = options
  const recipe = await resolveRecipe(name, set)
  if (!json) {
    print(`${recipe.name}: ${recipe.description}`)
    print(
      'Ctrl-C saves; the same command goes on from there. How long it will take is said after a few steps.',
    )
    print()
  }
  const training = { folder: out, recipe, resume: true, command: commandLine(), ...given('threads', threads) }
  const report = await runToEnd(training, json === true)
  if (report === undefined || report.test === null) return

  const opened = await openModel(out)
  const test = await readTestSet(opened, out)
  const { inputs, labels } = puzzleAt(test, 0)
  const puzzle = puzzleOfSet(opened, inputs, labels)
  const executor = await openOrtExecutor({ threads: threads ?? 1 })
  if (!json) print('\nA puzzle that it has never seen:\n')
  const display = json ? null : new ThoughtDisplay(puzzle, true)
  const thoughts: Thought[] = []
  for await (const thought of think(executor, opened.model, inputs, { earlyHalting: true })) {
    thoughts.push(thought)
    await display?.step(thought)
  }
  if (display === null) return printJsonLine({ type: 'solve', ...solveFacts(puzzle, thoughts) })
  display.end(thoughts.at(-1))
  print(`\nMore: trm eval ${out} --early, trm solve ${out} PUZZLE --watch, trm recipes`)
}

import { puzzleAt, think } from '@tiny-recursive-models/trm'
import { openModel, openOrtExecutor } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { given, setOption, threadsOption } from '../options.ts'
import { print } from '../output/streams.ts'
import { sudokuShapeOf } from '../puzzle-argument.ts'
import { readTestSet } from '../puzzles.ts'
import { resolveRecipe } from '../recipe-argument.ts'
import { ThoughtDisplay } from './solve.ts'
import { runToEnd } from './train.ts'

interface QuickstartOptions {
  readonly recipe: string
  readonly out: string
  readonly set?: readonly string[]
  readonly threads?: number
}

export function addQuickstart(program: Command): void {
  program
    .command('quickstart')
    .description(
      'train a small Sudoku solver from nothing, measure it and watch it solve; resumes if interrupted',
    )
    .option('--recipe <name>', 'what to train', 'sudoku-6x6')
    .option('--out <folder>', 'the run folder', 'runs/quickstart')
    .addOption(setOption())
    .addOption(threadsOption())
    .addHelpText(
      'after',
      '\nExamples:\n  trm quickstart\n  trm quickstart --recipe sudoku-4x4 --out runs/seconds',
    )
    .action(runQuickstart)
}

async function runQuickstart({ recipe: name, out, set = [], threads }: QuickstartOptions): Promise<void> {
  const recipe = await resolveRecipe(name, set)
  print(`${recipe.name}: ${recipe.description}`)
  print('Ctrl-C saves; the same command goes on from there. How long it will take is said after a few steps.')
  print()
  const report = await runToEnd({ folder: out, recipe, resume: true, ...given('threads', threads) }, false)
  if (report === undefined) return

  const opened = await openModel(out)
  if (report.test === null) return
  const test = await readTestSet(opened, out)
  print('\nA puzzle that it has never seen:\n')
  const { inputs } = puzzleAt(test, 0)
  const display = new ThoughtDisplay({ shape: sudokuShapeOf(opened), question: inputs, warning: null }, true)
  let last: Parameters<ThoughtDisplay['end']>[0]
  const executor = await openOrtExecutor({ threads: threads ?? 1 })
  for await (const thought of think(executor, opened.model, inputs, { earlyHalting: true })) {
    last = thought
    await display.step(thought)
  }
  display.end(last)
  print(`\nMore: trm eval ${out} --early, trm solve ${out} PUZZLE --watch, trm recipes`)
}

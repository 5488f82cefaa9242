import { Command } from 'commander'
import { addArc } from './commands/arc.ts'
import { addBench } from './commands/bench.ts'
import { addData } from './commands/data.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDownload } from './commands/download.ts'
import { addEval } from './commands/eval.ts'
import { addExport } from './commands/export.ts'
import { addImport } from './commands/import.ts'
import { addModels } from './commands/models.ts'
import { addQuickstart } from './commands/quickstart.ts'
import { addRecipes } from './commands/recipes.ts'
import { addRuns } from './commands/runs.ts'
import { addSolve } from './commands/solve.ts'
import { addStudio } from './commands/studio.ts'
import { addTrain } from './commands/train.ts'

/** The whole command line; a new one for every parse, because commander keeps what it has read. */
export function createProgram(): Command {
  const program = new Command('trm')
    .description('Tiny recursive models: train them, measure them, watch them think.')
    .version('0.1.0', '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run with --help for the options and examples.')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  trm solve "..1.3....32.12.4" --watch      a shipped model solves it, step by step
  trm quickstart                            train a 6×6 Sudoku solver and watch it solve
  trm recipes                               what can be trained
  trm train sudoku-4x4 --out runs/first     train; Ctrl-C saves, --resume goes on
  trm eval runs/first --early               accuracy on puzzles it has not seen
  trm solve runs/first "..1.3....32.12.4"   the answer after every step
  trm studio                                the same and more in a page`,
    )
  addQuickstart(program)
  addTrain(program)
  addEval(program)
  addSolve(program)
  addImport(program)
  addExport(program)
  addModels(program)
  addRuns(program)
  addStudio(program)
  addRecipes(program)
  addData(program)
  addArc(program)
  addDownload(program)
  addBench(program)
  addDoctor(program)
  return program
}

import { Command } from 'commander'
import { addData } from './commands/data.ts'
import { addRecipes } from './commands/recipes.ts'
import { addRuns } from './commands/runs.ts'
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
  addTrain(program)
  addRuns(program)
  addRecipes(program)
  addData(program)
  return program
}

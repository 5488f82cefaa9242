import { createRequire } from 'node:module'
import { Command } from 'commander'
import { commands } from './commands.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

/**
 * The command line, with the options of the command that the words ask for; a new one for every parse, because
 * commander keeps what it has read.
 *
 * @param silent wrong usage is thrown and not shown
 */
export async function createProgram(words: readonly string[], silent = false): Promise<Command> {
  const program = new Command('trm')
    .configureOutput(silent ? { outputError: () => undefined, writeErr: () => undefined } : {})
    .description('Tiny recursive models: train them, measure them, watch them think.')
    .version(version, '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run with --help for the options and examples.')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  trm solve "..1.3....32.12.4" --watch      a shipped model solves it, step by step
  trm quickstart                            watch a model solve, train one, watch it solve
  trm recipes                               what can be trained
  trm train sudoku-4x4 --out runs/first     train; Ctrl-C saves, --resume continues
  trm eval runs/first --early               accuracy on puzzles it has not seen
  trm solve runs/first "..1.3....32.12.4"   the answer after every step
  trm studio                                all this and more in a page`,
    )
  const asked = askedCommand(words)
  for (const { words, description, load } of commands) {
    const command = program.command(words).description(description)
    if (command.name() === asked) (await load())(command)
  }
  return program
}

/** `train` of `train --help` and of `help train`. */
function askedCommand(words: readonly string[]): string | undefined {
  const [first, second] = words.filter((word) => !word.startsWith('-'))
  return first === 'help' ? second : first
}

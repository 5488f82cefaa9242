import { InputError } from '@tiny-recursive-models/tensor/errors'
import { CommanderError } from 'commander'
import { showError } from './output/errors.ts'
import { inFlags } from './output/flags.ts'
import { stopAllProgress } from './output/progress.ts'
import { createProgram } from './program.ts'

/** Runs one command; 0, 1 for an error that has been shown, or 2 for wrong usage. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const asJson = words.includes('--json')
  try {
    const program = await createProgram(words, asJson)
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    stopAllProgress()
    // Help and version are asked for and end with 0; what is wrong, commander has shown itself where it may.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      if (asJson) showError(usageError(error), true)
      return 2
    }
    showError(inFlags(error, words), asJson)
    return 1
  }
}

/** `error: unknown option '--thread'\n(Did you mean --threads?)` as an error of the input. */
function usageError({ message }: CommanderError): InputError {
  const [got = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const meant = suggestion === undefined ? '' : `${suggestion.replace(/^\(|\)$/g, '')} `
  return new InputError({
    who: 'command line',
    expected: 'known commands and options with valid values',
    got,
    hint: `${meant}Run with --help for the options and examples.`,
  })
}

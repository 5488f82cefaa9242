import { CommanderError } from 'commander'
import { showError } from './output/errors.ts'
import { stopAllProgress } from './output/progress.ts'
import { createProgram } from './program.ts'

/** Runs one command; 0, 1 for an error that has been shown, or 2 for wrong usage. */
export async function runCommand(words: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(words)
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    stopAllProgress()
    // Commander has shown its own; help and version are asked for and end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    showError(error, words.includes('--json'))
    return 1
  }
}

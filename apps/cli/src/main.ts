/** `trm`: reads the command line, runs one command, turns errors into four lines and an exit code. */
import { CommanderError } from 'commander'
import { showError } from './output/errors.ts'
import { createProgram } from './program.ts'

// A reader that closes early, such as `trm runs | head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await createProgram().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version are asked for and end with 0; everything else is wrong usage.
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else {
    showError(error, process.argv.includes('--json'))
    process.exitCode = 1
  }
}

/** `trm`: reads the command line, runs one command, ends with its exit code. */
import { runCommand } from './run.ts'

// A reader that closes early, such as `trm runs | head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const exitCode = await runCommand(process.argv.slice(2))
// Commands set a code of their own where a result, not an error, asks for one.
if (exitCode !== 0) process.exitCode = exitCode

/** `trm`: reads the command line, runs one command, ends with its exit code. */
import { guardStreams } from './output/streams.ts'
import { runCommand } from './run.ts'

guardStreams()

const exitCode = await runCommand(process.argv.slice(2))
// Commands set a code of their own where a result, not an error, asks for one.
if (exitCode !== 0) process.exitCode = exitCode

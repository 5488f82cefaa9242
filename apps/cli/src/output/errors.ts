// Not the whole library: an unknown command is told at once.
import { InputError } from '@tiny-recursive-models/tensor/errors'
import pc from 'picocolors'

/** An error on stderr: four lines for wrong input, the stack for a bug of ours. */
export function showError(error: unknown, asJson: boolean): void {
  process.stderr.write(`${asJson ? JSON.stringify({ error: errorFacts(error) }) : describeError(error)}\n`)
}

function describeError(error: unknown): string {
  const { red, dim } = pc.createColors(pc.isColorSupported && process.stderr.isTTY === true)
  if (error instanceof InputError) {
    return [
      `${red('trm:')} ${error.who}`,
      `  ${dim('expected')}  ${error.expected}`,
      `  ${dim('got')}       ${error.got}`,
      `  ${dim('hint')}      ${error.hint}`,
    ].join('\n')
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${red('trm:')} a bug in the program, not a problem with the input:\n${stack}`
}

function errorFacts(error: unknown): Record<string, string> {
  if (error instanceof InputError) {
    const { who, expected, got, hint } = error
    return { who, expected, got, hint }
  }
  return { message: error instanceof Error ? error.message : String(error) }
}

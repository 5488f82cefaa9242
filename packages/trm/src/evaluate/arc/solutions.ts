/** The solutions of ARC tasks in Kaggle's layout: `{task: [output of each test input, …]}`. */
import { InputError } from '@tiny-recursive-models/tensor'
import { shownText } from '../../data/json-file.ts'
import { type Grid, gridFromJson } from '../../puzzles/arc/grid.ts'
import { kindOf, readTaskJson, taskEntries } from './json-tasks.ts'

/** Task → the output of each of its test inputs. */
export type Solutions = ReadonlyMap<string, readonly Grid[]>

const hint = 'Solutions are {"task": [grid, …], …}, one grid for every test input: arc-agi_*_solutions.json.'

/**
 * Reads a file of solutions, plain or gzip.
 *
 * @param name the file, for error messages
 * @throws InputError if the file holds no solutions
 */
export async function readSolutions(bytes: Uint8Array, name: string): Promise<Solutions> {
  const entries = taskEntries(await readTaskJson(bytes, name, hint), name, hint)
  if (entries.length === 0)
    throw new InputError({ who: name, expected: 'solutions of at least one task', got: 'none', hint })
  return new Map(
    entries.map(([task, outputs]) => {
      const who = `${name}: task ${shownText(task)}`
      if (!Array.isArray(outputs) || outputs.length === 0) {
        const got = Array.isArray(outputs) ? 'an empty one' : kindOf(outputs)
        throw new InputError({ who, expected: 'a list of output grids', got, hint })
      }
      return [task, outputs.map((output, index) => gridFromJson(output, `${who}, output ${index}`))]
    }),
  )
}

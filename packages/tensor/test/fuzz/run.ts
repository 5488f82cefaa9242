/** Draws programs, checks each on every executor, and makes those with a fault small. */
import type { Executor } from '../../src/executors/executor.ts'
import { printProgram } from '../../src/graph/print.ts'
import { nodesOf } from '../../src/graph/program.ts'
import { checkProgram } from './check.ts'
import { type FuzzProgram, makeProgram } from './programs.ts'
import { shrink } from './shrink.ts'

export interface ProgramFuzzOptions {
  /** By the name under which their faults are reported. */
  readonly executors: ReadonlyMap<string, Executor>
  readonly seed: number
  readonly from: number
  readonly to: number
  /** Faults after which there is nothing to learn from more; by default 5. */
  readonly maxFaults?: number
  readonly onProgram?: (done: number) => void
}

export interface ProgramFault {
  readonly number: number
  readonly executor: string
  readonly fault: string
  /** The smallest program with a fault, as text, with its inputs. */
  readonly text: string
}

export interface ProgramFuzzReport {
  readonly programs: number
  readonly numbers: number
  readonly vague: number
  readonly operations: ReadonlyMap<string, number>
  readonly faults: readonly ProgramFault[]
}

export async function fuzzPrograms(options: ProgramFuzzOptions): Promise<ProgramFuzzReport> {
  const { executors, seed, from, to, maxFaults = 5, onProgram } = options
  let [programs, numbers, vague] = [0, 0, 0]
  const faults: ProgramFault[] = []
  const operations = new Map<string, number>()
  for (let number = from; number < to && faults.length < maxFaults; number++) {
    const given = makeProgram(seed, number)
    programs++
    for (const { operation } of nodesOf(given.program))
      operations.set(operation, (operations.get(operation) ?? 0) + 1)
    for (const [name, executor] of executors) {
      const compared = await faultOf(executor, given)
      numbers += compared.numbers
      vague += compared.vague
      if (compared.fault)
        faults.push({ number, executor: name, ...(await smallest(executor, given, compared.fault)) })
    }
    onProgram?.(number + 1)
  }
  return { programs, numbers, vague, operations, faults }
}

/** A fault is a wrong result, or an error while a sound program is compiled or run. */
async function faultOf(executor: Executor, given: FuzzProgram) {
  try {
    return await checkProgram(executor, given)
  } catch (error) {
    const fault = `${error instanceof Error ? (error.stack?.split('\n').slice(0, 3).join(' ') ?? error.message) : error}`
    return { fault, numbers: 0, vague: 0 }
  }
}

async function smallest(
  executor: Executor,
  given: FuzzProgram,
  fault: string,
): Promise<Pick<ProgramFault, 'fault' | 'text'>> {
  const small = await shrink(given, async (smaller) => (await faultOf(executor, smaller)).fault !== null)
  const { fault: left } = await faultOf(executor, small)
  const inputs = [...Object.entries(small.program.feeds), ...Object.entries(small.program.states)].map(
    ([name, node]) => {
      const { data } = small.inputs.get(node)!
      return `${name} = [${[...data.slice(0, 24)].join(', ')}${data.length > 24 ? `, … ${data.length} numbers` : ''}]`
    },
  )
  return {
    fault,
    text: `${printProgram(small.program)}${inputs.join('\n')}\n${left}`,
  }
}

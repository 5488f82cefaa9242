/** Runs a program on an executor and holds its results against the reference, as far as rounding allows. */
import type { DeviceTensor, Executor } from '../../src/executors/executor.ts'
import { createReferenceExecutor } from '../../src/executors/reference/executor.ts'
import type { HostTensor } from '../../src/graph/types.ts'
import { boundedResults, type FuzzProgram } from './programs.ts'

/** What was compared. */
export interface Compared {
  readonly fault: string | null
  readonly numbers: number
  /** Numbers of which rounding leaves nothing to compare. */
  readonly vague: number
}

const reference = createReferenceExecutor()

/** Two runs: the second takes the new states, and writes into the memory of the old ones. */
export async function checkProgram(executor: Executor, given: FuzzProgram): Promise<Compared> {
  let [numbers, vague] = [0, 0]
  const { program } = given
  const executable = await executor.compile(program)
  const held = new Set<DeviceTensor>()
  try {
    let states = new Map<string, DeviceTensor>()
    for (const [name, node] of Object.entries(program.states)) {
      states.set(name, await executor.upload(given.inputs.get(node)!))
      held.add(states.get(name)!)
    }
    let spare = new Map<string, DeviceTensor>()
    let current = given
    for (const run of ['first run', 'second run']) {
      const feeds = Object.fromEntries(
        Object.entries(program.feeds).map(([name, node]) => [name, current.inputs.get(node)!]),
      )
      const { outputs, updates } = await executable.run(feeds, states, spare)
      const found = new Map(Object.entries(outputs))
      for (const [name, tensor] of updates) {
        held.add(tensor)
        found.set(name, await executor.download(tensor))
      }
      const compared = await compare(current, found)
      numbers += compared.numbers
      vague += compared.vague
      if (compared.fault) return { fault: `${run}, ${compared.fault}`, numbers, vague }
      for (const [name, node] of Object.entries(program.states)) {
        const { data } = await executor.download(states.get(name)!)
        if (!sameNumbers(data, current.inputs.get(node)!.data))
          return { fault: `${run}, state ${name} was written to`, numbers, vague }
      }
      spare = new Map([...updates.keys()].map((name) => [name, states.get(name)!]))
      states = new Map([...states, ...updates])
      current = {
        program,
        inputs: new Map([...given.inputs].map(([node, tensor]) => [node, found.get(nameOf(node)) ?? tensor])),
      }
    }
    return { fault: null, numbers, vague }
  } finally {
    for (const tensor of held) executor.release(tensor)
    await executable.close()
  }
}

const nameOf = (node: FuzzProgram['program']['feeds'][string]): string =>
  node.operation === 'input' && node.attributes.role === 'state' ? node.attributes.name : ''

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, index) => Object.is(value, b[index]))

async function compare(given: FuzzProgram, found: ReadonlyMap<string, HostTensor>): Promise<Compared> {
  const bounds = boundedResults(given)
  const exact = await referenceResults(given)
  let [numbers, vague] = [0, 0]
  for (const [name, { data: doubles, errors, shape }] of bounds) {
    const { data } = found.get(name)!
    const expected = exact.get(name)!.data
    if (data.length !== doubles.length)
      return { fault: `${name} has ${data.length} numbers, not ${doubles.length}`, numbers, vague }
    for (let index = 0; index < data.length; index++) {
      numbers++
      const [got, wanted, allowed] = [data[index]!, doubles[index]!, errors[index]!]
      if (!(Object.is(Math.fround(wanted), expected[index]) || Math.fround(wanted) === expected[index]))
        throw new Error(`${name}[${index}]: the reference says ${expected[index]}, its kernels ${wanted}`)
      if (allowed === Number.POSITIVE_INFINITY) vague++
      else if (
        Number.isFinite(wanted)
          ? !(Math.abs(got - wanted) <= allowed * 1.01 + 2 ** -24 * Math.abs(wanted))
          : !Object.is(got, wanted)
      )
        return {
          fault: `${name} [${shape.join(', ')}], element ${index}: ${got}, not ${wanted} ± ${allowed}`,
          numbers,
          vague,
        }
    }
  }
  return { fault: null, numbers, vague }
}

async function referenceResults({ program, inputs }: FuzzProgram): Promise<ReadonlyMap<string, HostTensor>> {
  const executable = await reference.compile(program)
  const valuesOf = (nodes: FuzzProgram['program']['feeds']) =>
    Object.entries(nodes).map(([name, node]) => [name, inputs.get(node)!] as const)
  const states = new Map<string, DeviceTensor>()
  for (const [name, tensor] of valuesOf(program.states)) states.set(name, await reference.upload(tensor))
  const { outputs, updates } = await executable.run(Object.fromEntries(valuesOf(program.feeds)), states)
  const results = new Map(Object.entries(outputs))
  for (const [name, tensor] of updates) results.set(name, await reference.download(tensor))
  return results
}

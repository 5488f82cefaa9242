/** Which new values may be written over old ones: where every number has been read before its place is written. */
import type { Node } from '../../graph/operations.ts'
import type { Tensors } from '../../graph/program.ts'
import { elementCount } from '../../graph/types.ts'
import type { Loop } from './loop.ts'
import { passesOf } from './passes.ts'
import type { Plan, Step } from './steps.ts'

/**
 * Names of the states whose new value may have the memory of the old one: an update of a weight reads the weight at its
 * own index, in the last step that reads it. So a training step needs weights, moments and averages once, not twice.
 */
export function updatesInPlace({ steps, outputs, updates }: Plan, states: Tensors): ReadonlySet<string> {
  const [readIn, writtenIn] = [stepsOf(steps, 'reads'), stepsOf(steps, 'writes')]
  const handedOut = new Set([...outputs.values()].map(({ value }) => value))
  const found = new Set<string>()
  for (const [name, value] of updates) {
    const state = states[name]!
    const [writer, ...others] = writtenIn.get(value) ?? []
    const lastReader = readIn.get(state)?.at(-1) ?? -1
    if (writer === undefined || others.length > 0 || handedOut.has(state) || lastReader > writer) continue
    if (lastReader < writer || readsBeforeWriting(steps[writer]!, state, value)) found.add(name)
  }
  return found
}

/** The addend of a product where its place may become the result's: nothing reads it later, and it is no factor too. */
export function addendInPlace(step: Step, isLastUse: (value: Node) => boolean): Node | undefined {
  const { work, reads, writes } = step
  const [left, right, addend] = reads
  if (work.is !== 'product' || !addend || addend.bytes !== 0 || !isLastUse(addend.value)) return undefined
  const isFactor = left!.value === addend.value || right!.value === addend.value
  const isAsLarge = elementCount(addend.value.shape) === elementCount(writes[0]!.value.shape)
  return isFactor || !isAsLarge ? undefined : addend.value
}

/** Numbers of the steps that read or write each value. */
function stepsOf(steps: readonly Step[], which: 'reads' | 'writes'): ReadonlyMap<Node, readonly number[]> {
  const found = new Map<Node, number[]>()
  for (const [index, step] of steps.entries())
    for (const { value } of step[which]) {
      const before = found.get(value)
      if (!before) found.set(value, [index])
      else if (before.at(-1) !== index) before.push(index)
    }
  return found
}

/** Whether a step that reads one value and writes another reads each number before it writes the one at its place. */
function readsBeforeWriting(step: Step, from: Node, to: Node): boolean {
  if (step.work.is === 'product') return addendInPlace(step, (value) => value === from) === from
  if (step.work.is !== 'loop') return false
  const { loop } = step.work
  const store = step.writes.findIndex(({ value }) => value === to)
  if (!isWrittenLast(loop, store)) return false
  const loads = [...step.reads.keys()].filter((index) => step.reads[index]!.value === from)
  // One place that is read and, by way of the value that is stored there, before it is written.
  return loads.length === 1 && isSamePlace(loop, loads[0]!, store) && dependsOn(loop, store, loads[0]!)
}

/** Whether a number is stored when the loop does not come back to its index: in its only pass, or after all of them. */
function isWrittenLast({ values }: Loop, store: number): boolean {
  const passes = passesOf(values)
  const isKept = values.some((value) => value.store === store && value.role === 'kept')
  return isKept || values.every(({ role }, index) => role === 'kept' || passes[index] === 0)
}

const isSamePlace = ({ loads, stores }: Loop, load: number, store: number): boolean =>
  loads[load]!.offset === stores[store]!.offset &&
  loads[load]!.strides.every((stride, axis) => stride === stores[store]!.strides[axis])

function dependsOn({ values }: Loop, store: number, load: number): boolean {
  const depends: boolean[] = []
  for (const { operands } of values)
    depends.push(
      operands.some(
        (operand) =>
          (operand.is === 'load' && operand.index === load) ||
          (operand.is === 'value' && depends[operand.index]!),
      ),
    )
  return values.some((value, index) => value.store === store && depends[index]!)
}

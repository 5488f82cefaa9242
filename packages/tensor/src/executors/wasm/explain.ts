/** What a compiled program does, and how long its steps take, as plain data: the plan that `compileProgram` made, told. */
import type { Node } from '../../graph/operations.ts'
import { elementCount, type Shape } from '../../graph/types.ts'
import type { CompiledProgram } from './compile.ts'
import { isElementwise, isReduction } from './groups.ts'
import type { Loop, Operand, Place } from './loop.ts'
import { aligned } from './memory-plan.ts'
import type { BatchedProduct } from './product.ts'
import { operationsOf as operationsOnNumbers } from './share.ts'
import type { LoopAxis, Role, Space } from './space.ts'
import type { Argument, Step } from './steps.ts'

/** The kinds of work that a step can be, in the order in which they are shown. */
export const workKinds = ['product', 'elementwise', 'reduction', 'copy', 'rows'] as const

/** One of them: a matrix product, an element-wise loop, one with sums or maxima, a copy, rows of a table. */
export type WorkKind = (typeof workKinds)[number]

/** Memory that a step reads or writes. */
export interface PlannedPlace {
  /** What lies there: "feed x", "state weights.norm", "new weights.norm", "constant", "value of step 3". */
  readonly name: string
  readonly shape: Shape
  readonly bytes: number
  /** In the arena, in bytes; null for states and constants, which lie outside of it. */
  readonly offset: number | null
}

/** A place in the arena, and the steps from and to which it is needed; 0 is before the first, and behind the last comes one more. */
export interface LivePlace extends PlannedPlace {
  readonly offset: number
  readonly from: number
  readonly to: number
}

/** One operation of a loop. */
export interface PlannedValue {
  readonly operation: string
  /** `full`: a number for every index of the loop; `kept`: one for all that a reduction has run over. */
  readonly role: Role
  /** "v2" is the loop's value 2, "read 0" what it reads first, else a number. */
  readonly operands: readonly string[]
  /** Which of `writes` it goes to; null where only the loop needs it. */
  readonly write: number | null
}

/** How a loop goes over one of its places: elements between neighbours along each of its axes, and where it begins. */
export type PlannedStrides = Place

/** The shape of a product, left [rows, depth] · right [depth, columns], once or for a batch. */
export interface PlannedProduct {
  readonly count: number
  readonly rows: number
  readonly depth: number
  readonly columns: number
  /** Whether neighbours of a row lie apart. */
  readonly transposesLeft: boolean
  readonly transposesRight: boolean
  /** Whether it adds to something. */
  readonly accumulates: boolean
  /** Who does it: functions of this executor; such a function with the few numbers of a constant of zeros in it; a library. */
  readonly by: 'tiles' | 'sparse rows' | 'library'
  /** As what it multiplies them. */
  readonly factors: 'float32' | 'bfloat16'
}

/** A step of a program: what it computes, on which memory, and what that costs. */
export interface PlannedStep {
  /** From 1. */
  readonly number: number
  readonly kind: WorkKind
  /** In the order in which they are computed. */
  readonly operations: readonly string[]
  /** Axes of a loop, outermost first. */
  readonly space: Space
  readonly values: readonly PlannedValue[]
  readonly product: PlannedProduct | null
  readonly reads: readonly PlannedPlace[]
  readonly writes: readonly PlannedPlace[]
  /** Of the loop's reads, then of its writes. */
  readonly strides: readonly PlannedStrides[]
  /** Floating point operations of a product (a multiplication and an addition count 2), of a loop one for every value. */
  readonly operationCount: number
  /** Bytes of memory that it reads and writes, each counted once. */
  readonly touchedBytes: number
  /** Milliseconds: of the fastest of the runs; null where none was timed. */
  readonly ms: number | null
}

/** In bytes. */
export interface PlannedMemory {
  readonly arena: number
  /** Most that is needed at the same time, and the step at which that is; what the arena has more is lost between. */
  readonly peak: number
  readonly peakStep: number
  readonly states: number
  /** New values that are not written over the old ones: they take turns with them. */
  readonly newStates: number
  readonly constants: number
  /** Of the WebAssembly module. */
  readonly code: number
}

/** A program as it is executed. */
export interface PlannedProgram {
  readonly name: string
  readonly memory: PlannedMemory
  readonly steps: readonly PlannedStep[]
  /** All that lies in the arena, in the order of the steps. */
  readonly places: readonly LivePlace[]
  /** Runs that were timed. */
  readonly timedRuns: number
}

/** Whether a library does a product. */
type Provides = (batch: BatchedProduct) => boolean

/**
 * Tells a plan.
 *
 * @param runs     milliseconds of every step, for every run that was timed
 * @param provides whether a library does a product
 */
export function explainProgram(
  name: string,
  compiled: CompiledProgram,
  runs: readonly Float64Array[] = [],
  provides: Provides = () => false,
): PlannedProgram {
  const names = new Names(compiled)
  const steps = compiled.plan.steps.map((step, index): PlannedStep => {
    const { work, reads, writes } = step
    return {
      number: index + 1,
      kind: kindOf(step),
      operations: operationsOf(step),
      space: work.is === 'loop' ? work.loop.space : [],
      values: work.is === 'loop' ? valuesOf(work.loop) : [],
      product: productOf(step, provides),
      reads: reads.map((argument) => names.placeOf(argument)),
      writes: writes.map((argument) => names.placeOf(argument)),
      strides: work.is === 'loop' ? [...work.loop.loads, ...work.loop.stores] : [],
      operationCount: operationCount(step),
      touchedBytes: touchedBytes(step),
      // What disturbs a run only makes it slower.
      ms: runs.length === 0 ? null : Math.min(...runs.map((run) => run[index]!)),
    }
  })
  const places = names.inArena()
  return { name, memory: memoryOf(compiled, places), steps, places, timedRuns: runs.length }
}

function kindOf({ work }: Step): WorkKind {
  if (work.is === 'product' || work.is === 'sparseProduct') return 'product'
  if (work.is !== 'loop') return 'rows'
  const nodes = work.loop.values.map(({ node }) => node)
  if (nodes.some(isReduction)) return 'reduction'
  return nodes.some(isElementwise) ? 'elementwise' : 'copy'
}

function operationsOf({ work }: Step): string[] {
  if (work.is === 'product' || work.is === 'sparseProduct') return ['matmul']
  return work.is === 'loop' ? work.loop.values.map(({ node }) => node.operation) : [work.is]
}

function valuesOf({ values }: Loop): PlannedValue[] {
  return values.map(({ node, role, operands, store }) => ({
    operation: node.operation,
    role,
    operands: operands.map(operandText),
    write: store ?? null,
  }))
}

function operandText(operand: Operand): string {
  if (operand.is === 'value') return `v${operand.index}`
  if (operand.is === 'load') return `read ${operand.index}`
  return String(Number(operand.value.toPrecision(6)))
}

function productOf({ work, reads }: Step, provides: Provides): PlannedProduct | null {
  if (work.is === 'sparseProduct') {
    const { rows, columns, hasAddend } = work.product
    return {
      count: 1,
      rows: rows.length,
      depth: elementCount(reads[0]!.value.shape) / columns,
      columns,
      transposesLeft: false,
      transposesRight: false,
      accumulates: hasAddend,
      by: 'sparse rows',
      factors: 'float32',
    }
  }
  if (work.is !== 'product') return null
  const { lengths, matrix, factorBytes } = work.batch
  const { rows, depth, columns, leftColumn, rightColumn } = matrix
  return {
    count: elementCount(lengths),
    rows,
    depth,
    columns,
    transposesLeft: leftColumn !== factorBytes && depth > 1,
    transposesRight: rightColumn !== factorBytes && columns > 1,
    accumulates: reads.length > 2,
    by: provides(work.batch) ? 'library' : 'tiles',
    factors: factorBytes === 2 ? 'bfloat16' : 'float32',
  }
}

const lengthOf = (axes: readonly LoopAxis[]): number => elementCount(axes.map(({ length }) => length))

function operationCount(step: Step): number {
  const { work } = step
  if (work.is === 'product' || work.is === 'sparseProduct') return operationsOnNumbers(work)
  if (work.is !== 'loop') return 0
  const { space, values } = work.loop
  const kept = space.filter(({ isReduced }) => !isReduced)
  return values.reduce(
    // A reduction has one result for all that it runs over, but an operation for each.
    (sum, { node, role }) => sum + lengthOf(role === 'full' || isReduction(node) ? space : kept),
    0,
  )
}

function touchedBytes(step: Step): number {
  const { work, reads, writes } = step
  if (work.is !== 'loop') return [...reads, ...writes].reduce((sum, { size }) => sum + size, 0)
  const { space, loads, stores } = work.loop
  const numbers = (place: Place) => lengthOf(space.filter((_, axis) => place.strides[axis] !== 0))
  return [...loads, ...stores].reduce((sum, place) => sum + place.bytes * numbers(place), 0)
}

const bytesOf = ({ shape }: Node): number => 4 * elementCount(shape)

/** What values are called, by where they come from, and when they are needed. */
class Names {
  readonly #compiled: CompiledProgram
  readonly #names = new Map<Node, string>()
  readonly #lives = new Map<Node, { from: number; to: number; size: number }>()

  constructor(compiled: CompiledProgram) {
    this.#compiled = compiled
    const { steps, updates, outputs } = compiled.plan
    for (const [name, node] of updates) this.#names.set(node, `new ${name}`)
    for (const [index, { reads, writes }] of steps.entries()) {
      for (const [place, { value }] of writes.entries()) {
        const which = writes.length > 1 ? `${index + 1}.${place + 1}` : String(index + 1)
        if (!this.#names.has(value)) this.#names.set(value, `value of step ${which}`)
      }
      for (const argument of [...reads, ...writes]) this.#need(argument, index + 1)
    }
    for (const argument of outputs.values()) this.#need(argument, steps.length + 1)
    // What is added has gone where the sum takes its place.
    for (const [index, { reads, writes }] of steps.entries())
      if (this.#shareOnePlace(reads[2]?.value, writes[0]?.value))
        this.#lives.set(reads[2]!.value, { ...this.#lives.get(reads[2]!.value)!, to: index })
  }

  #need({ value, size }: Argument, step: number): void {
    const { from } = this.#lives.get(value) ?? { from: value.operation === 'input' ? 0 : step }
    this.#lives.set(value, { from, to: step, size })
  }

  #shareOnePlace(one: Node | undefined, other: Node | undefined): boolean {
    const [address, theirs] = [one, other].map((value) => value && this.#compiled.places.get(value))
    return address?.in === 'arena' && theirs?.in === 'arena' && address.offset === theirs.offset
  }

  placeOf({ value, bytes, size }: Argument): PlannedPlace {
    const address = this.#compiled.places.get(value)!
    return {
      name: this.#nameOf(value),
      shape: value.shape,
      bytes: size,
      offset: address.in === 'arena' ? address.offset + bytes : null,
    }
  }

  #nameOf(value: Node): string {
    if (value.operation === 'input') return `${value.attributes.role} ${value.attributes.name}`
    return value.operation === 'constant' ? 'constant' : this.#names.get(value)!
  }

  inArena(): LivePlace[] {
    return [...this.#lives].flatMap(([value, { from, to, size }]) => {
      const { offset, ...place } = this.placeOf({ value, bytes: 0, size })
      return offset === null ? [] : [{ ...place, offset, from, to }]
    })
  }
}

function memoryOf(compiled: CompiledProgram, places: readonly LivePlace[]): PlannedMemory {
  const { plan, arenaBytes, constants, inPlace, module } = compiled
  const changes = new Float64Array(plan.steps.length + 3)
  for (const { bytes, from, to } of places) {
    changes[from]! += aligned(bytes)
    changes[to + 1]! -= aligned(bytes)
  }
  let [live, peak, peakStep] = [0, 0, 0]
  for (const [step, change] of changes.entries()) {
    live += change
    if (live > peak) [peak, peakStep] = [live, step]
  }
  const sum = (nodes: Iterable<Node>) => [...nodes].reduce((total, node) => total + bytesOf(node), 0)
  return {
    arena: arenaBytes,
    peak,
    peakStep,
    states: compiled.stateBytes,
    newStates: sum([...plan.updates].flatMap(([name, node]) => (inPlace.has(name) ? [] : [node]))),
    constants: sum(constants.keys()),
    code: module.byteLength,
  }
}

/** Steps that do the same on different memory. */
export interface SimilarSteps extends Pick<PlannedStep, 'kind' | 'operations' | 'space' | 'product'> {
  readonly numbers: readonly number[]
  /** Sums over all of them. */
  readonly operationCount: number
  readonly touchedBytes: number
  readonly ms: number | null
}

/** A program's steps, those that do the same as one; the longest first or, where none was timed, those with the most operations. */
export function similarSteps({ steps }: PlannedProgram): SimilarSteps[] {
  const groups = new Map<string, SimilarSteps>()
  for (const { kind, operations, space, product, number, operationCount, touchedBytes, ms } of steps) {
    const key = JSON.stringify([kind, operations, space, product])
    const before = groups.get(key)
    groups.set(key, {
      kind,
      operations,
      space,
      product,
      numbers: [...(before?.numbers ?? []), number],
      operationCount: (before?.operationCount ?? 0) + operationCount,
      touchedBytes: (before?.touchedBytes ?? 0) + touchedBytes,
      ms: ms === null ? null : (before?.ms ?? 0) + ms,
    })
  }
  return [...groups.values()].sort(
    (left, right) => (right.ms ?? 0) - (left.ms ?? 0) || right.operationCount - left.operationCount,
  )
}

/** A program as a WebAssembly module: its functions, its places in memory, and one function that runs it. */
import type { Node } from '../../graph/operations.ts'
import type { Program } from '../../graph/program.ts'
import { elementCount } from '../../graph/types.ts'
import { expandProgram, simplifyProgram } from '../../ops/rewrite.ts'
import { FunctionWriter, type Local, ModuleWriter } from './assembler.ts'
import { addBarrier } from './barrier.ts'
import { emitLoop } from './emit-loop.ts'
import { addendInPlace, updatesInPlace } from './in-place.ts'
import { loopKey } from './kernel.ts'
import type { Loop } from './loop.ts'
import { aligned, type Lifetime, planMemory } from './memory-plan.ts'
import { addBatchedProduct, type BatchedProduct, scratchBytes } from './product.ts'
import { addProvidedProduct, type Provide, providedScratchBytes } from './provided-product.ts'
import { recomputeFarAway } from './recompute.ts'
import { emitGatherRows, emitScatterAddRows } from './rows.ts'
import { schedule, type Turn, type Worthwhile } from './schedule.ts'
import { emitSparseProduct } from './sparse-product.ts'
import { type Argument, constantsOf, type Plan, planSteps, type Step, type Work } from './steps.ts'
import { type MultipliesBfloat16, Storage } from './storage.ts'
import { swigluRunOf } from './swiglu-run.ts'
import { checkExtents } from './touched.ts'

/** A place in memory that is known when the program runs. */
export type Address =
  | { readonly in: 'arena'; readonly offset: number }
  | { readonly in: 'slot'; readonly slot: number; readonly offset: number }

/** What the functions of the module need, one for each thread: where things are, in bytes. */
export interface CompiledProgram {
  /** Exports `run0(arena, slots, meeting)` and so on; `meeting` is where the threads wait for each other. */
  readonly module: Uint8Array<ArrayBuffer>
  /** Threads that run it side by side; 1 where it has too little to do for more. */
  readonly threads: number
  readonly arenaBytes: number
  /** Offsets in the arena; feeds that nothing reads have none. */
  readonly feeds: ReadonlyMap<string, number>
  readonly outputs: ReadonlyMap<string, Address>
  /** Numbers of the slots that hold the addresses of states, of new values of states, and of constants. */
  readonly states: ReadonlyMap<string, number>
  readonly updates: ReadonlyMap<string, number>
  /** Updates that may be written over the states themselves. */
  readonly inPlace: ReadonlySet<string>
  readonly constants: ReadonlyMap<Node, number>
  readonly slots: number
  /** Where steps complain of an index: a flag, the index, the rows that there are. */
  readonly complaint: number
  readonly plan: Plan
  /** Of all states, which lie outside of the arena. */
  readonly stateBytes: number
  /** Where every value lies. */
  readonly places: ReadonlyMap<Node, Address>
}

export interface CompileOptions {
  /** Whether the engine has relaxed SIMD: products multiply and add in one instruction. */
  readonly isFused?: boolean
  /** Threads that may run it side by side; by default one. */
  readonly threads?: number
  /** When several threads are worth it; tests make them share everything. */
  readonly worthwhile?: Worthwhile
  /** Whether its memory is shared between threads; by default where there are several. */
  readonly isShared?: boolean
  /** The number of a product that somebody else does, by `host.product`; undefined for one that is written here. */
  readonly provide?: Provide
  /** Whether somebody else multiplies a product of bfloat16, so that it is given to `provide` as such. */
  readonly multipliesBfloat16?: MultipliesBfloat16
  /** The number of SwiGLU of so many numbers of bfloat16 that somebody else does, by `host.product`. */
  readonly provideSwiglu?: (count: number) => number | undefined
  /** Exports every step as a function too, `step0` and so on, so that they can be timed one by one. */
  readonly exportsSteps?: boolean
}

/** The program in primitives, as it is compiled. @param multiplies whether a product of bfloat16 is multiplied as such */
export function inPrimitives(program: Program, multiplies?: MultipliesBfloat16): Program {
  const simplified = simplifyProgram(expandProgram(program, () => false))
  const storage = new Storage(simplified, multiplies)
  return recomputeFarAway(simplified, (node) => storage.roundedProduct(node) !== undefined)
}

export function compileProgram(given: Program, options: CompileOptions = {}): CompiledProgram {
  const program = inPrimitives(given, options.multipliesBfloat16)
  const plan = planSteps(program, options.multipliesBfloat16)
  const places = new Places(program, plan)
  const wanted = options.threads ?? 1
  const module = new ModuleWriter(options.isShared ?? wanted > 1)
  const functions = new Functions(module, options)
  const threads = schedule(plan.steps, wanted, (argument) => places.placeOf(argument), options.worthwhile)
  places.addScratch(threads, options.provide !== undefined)
  const barrier = threads.length > 1 ? addBarrier(module, threads.length) : undefined
  for (const [thread, turns] of threads.entries()) {
    const main = new FunctionWriter(['i32', 'i32', 'i32'])
    for (const turn of turns)
      if (turn === 'wait') main.get(main.parameters[2]!).call(barrier!)
      else writeCall(main, functions.of(turn.work), turn, places, thread)
    module.add(main, `run${thread}`)
  }
  if (options.exportsSteps)
    for (const [index, step] of plan.steps.entries()) {
      const single = new FunctionWriter(['i32', 'i32'])
      writeCall(single, functions.of(step.work), step, places, 0)
      module.add(single, `step${index}`)
    }
  return { module: module.encode(), threads: threads.length, plan, ...places.described() }
}

/** Calls the function of a step; the writer has the addresses of the arena and of the slots as parameters. */
function writeCall(writer: FunctionWriter, index: number, step: Step, places: Places, thread: number): void {
  checkExtents(step)
  const [arena, slots] = writer.parameters
  const push = (address: Address) => {
    if (address.in === 'arena') writer.get(arena!)
    else writer.get(slots!).access('i32.load', 4 * address.slot)
    if (address.offset > 0) writer.integer(address.offset).plain('i32.add')
  }
  for (const argument of argumentsOf(step)) {
    if (argument === 'none') writer.integer(0)
    else if (argument === 'scratch') push(places.scratch(thread))
    else if (argument === 'complaint') push(places.complaint)
    else push(places.of(argument))
  }
  writer.call(index)
}

type Pushed = Argument | 'none' | 'scratch' | 'complaint'

/** What the function of a step takes, in its order. */
function argumentsOf({ work, reads, writes }: Step): Pushed[] {
  switch (work.is) {
    case 'loop':
      return [...reads, ...writes]
    case 'product':
      return [reads[0]!, reads[1]!, writes[0]!, reads[2] ?? 'none', 'scratch']
    case 'sparseProduct':
      return [reads[0]!, writes[0]!, reads[1] ?? 'none']
    case 'gatherRows':
      return [...reads, ...writes, 'complaint']
    case 'scatterAddRows':
      return [...writes, ...reads, 'complaint']
  }
}

/** Functions of a module; steps that do the same on different memory share one. */
class Functions {
  readonly #module: ModuleWriter
  readonly #isFused: boolean
  readonly #provide: Provide | undefined
  readonly #provided: number | undefined
  readonly #provideSwiglu: CompileOptions['provideSwiglu']
  readonly #known = new Map<string, number>()

  constructor(module: ModuleWriter, { isFused = false, provide, provideSwiglu }: CompileOptions) {
    this.#provideSwiglu = provideSwiglu
    this.#module = module
    this.#isFused = isFused
    this.#provide = provide
    if (provide) this.#provided = module.import('product', ['i32', 'i32', 'i32', 'i32', 'i32'])
  }

  of(work: Work): number {
    const key = work.is === 'loop' ? loopKey(work.loop) : JSON.stringify(work)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const index = work.is === 'product' ? this.#product(work.batch) : this.#module.add(this.#written(work))
    this.#known.set(key, index)
    return index
  }

  #product(batch: BatchedProduct): number {
    const provided = this.#provide && addProvidedProduct(this.#module, this.#provided!, batch, this.#provide)
    if (provided !== undefined) return provided
    if (batch.factorBytes === 2)
      throw new Error('a part of a product of bfloat16 is refused that as a whole is not')
    return addBatchedProduct(this.#module, batch, this.#isFused)
  }

  #providedLoop(loop: Loop): FunctionWriter | undefined {
    const run = this.#provideSwiglu && this.#provided !== undefined ? swigluRunOf(loop) : undefined
    const number = run && this.#provideSwiglu!(run.count)
    if (number === undefined) return undefined
    const code = new FunctionWriter(['i32', 'i32', 'i32'])
    const [result] = code.parameters.slice(2)
    const [gate, up] = [run!.gate, run!.up].map((load) => code.parameters[load]!) as [Local, Local]
    return code.integer(number).get(gate).get(up).get(result!).integer(0).call(this.#provided!)
  }

  #written(work: Exclude<Work, { is: 'product' }>): FunctionWriter {
    switch (work.is) {
      case 'loop':
        return this.#providedLoop(work.loop) ?? emitLoop(work.loop, this.#isFused)
      case 'sparseProduct':
        return emitSparseProduct(work.product)
      case 'gatherRows':
        return emitGatherRows(work.shape)
      case 'scatterAddRows':
        return emitScatterAddRows(work.shape)
    }
  }
}

/** Where every value lies. */
class Places {
  readonly complaint: Address
  readonly #program: Program
  readonly #plan: Plan
  readonly #addresses = new Map<Node, Address>()
  #bytes: number
  #scratchBytes = 0
  #scratchStart = 0
  readonly #states = new Map<string, number>()
  readonly #updates = new Map<string, number>()
  readonly #inPlace: ReadonlySet<string>
  /** Slots of such updates, and those of their states. */
  readonly #over = new Map<number, number>()
  readonly #constants = new Map<Node, number>()

  constructor(program: Program, plan: Plan) {
    this.#program = program
    this.#plan = plan
    let slot = 0
    const inSlot = (node: Node) => {
      this.#addresses.set(node, { in: 'slot', slot, offset: 0 })
      return slot++
    }
    for (const [name, node] of Object.entries(program.states)) this.#states.set(name, inSlot(node))
    this.#inPlace = updatesInPlace(plan, program.states)
    for (const [name, node] of plan.updates) {
      this.#updates.set(name, inSlot(node))
      if (this.#inPlace.has(name)) this.#over.set(this.#updates.get(name)!, this.#states.get(name)!)
    }
    const results = [...plan.outputs.values()].map(({ value }) => value)
    const read = new Set([
      ...constantsOf(plan.steps),
      ...results.filter((node) => node.operation === 'constant'),
    ])
    for (const node of read) this.#constants.set(node, inSlot(node))
    const { values, lifetimes } = this.#lifetimes()
    const { offsets, bytes } = planMemory(lifetimes)
    for (const [index, together] of values.entries())
      for (const value of together) this.#addresses.set(value, { in: 'arena', offset: offsets[index]! })
    this.complaint = { in: 'arena', offset: bytes }
    this.#bytes = bytes + aligned(12)
  }

  /**
   * Makes room for what products need besides their factors, for every thread.
   *
   * @param isProvided whether a provider does some of them
   */
  addScratch(threads: readonly (readonly Turn[])[], isProvided: boolean): void {
    const needed = threads.flat().map((turn) => {
      if (turn === 'wait' || turn.work.is !== 'product') return 0
      const { batch } = turn.work
      const ours = batch.factorBytes === 4 ? scratchBytes(batch.matrix) : 0
      return Math.max(ours, isProvided ? providedScratchBytes(batch) : 0)
    })
    this.#scratchBytes = aligned(needed.reduce((most, bytes) => Math.max(most, bytes), 0))
    this.#scratchStart = this.#bytes
    this.#bytes += threads.length * this.#scratchBytes
  }

  scratch(thread: number): Address {
    return { in: 'arena', offset: this.#scratchStart + thread * this.#scratchBytes }
  }

  /** The same for a state and for the new value that may be written over it. */
  placeOf(argument: Argument): { readonly space: string; readonly start: number } {
    const address = this.of(argument)
    if (address.in === 'arena') return { space: 'arena', start: address.offset }
    return { space: `slot ${this.#over.get(address.slot) ?? address.slot}`, start: address.offset }
  }

  of({ value, bytes }: Pick<Argument, 'value' | 'bytes'>): Address {
    const address = this.#addresses.get(value)!
    return { ...address, offset: address.offset + bytes }
  }

  described(): Omit<CompiledProgram, 'module' | 'plan' | 'threads'> {
    const feeds = Object.entries(this.#program.feeds).flatMap(([name, node]) => {
      const address = this.#addresses.get(node)
      return address ? [[name, address.offset] as const] : []
    })
    return {
      arenaBytes: this.#bytes,
      feeds: new Map(feeds),
      outputs: new Map([...this.#plan.outputs].map(([name, argument]) => [name, this.of(argument)])),
      states: this.#states,
      updates: this.#updates,
      inPlace: this.#inPlace,
      constants: this.#constants,
      slots: this.#states.size + this.#updates.size + this.#constants.size,
      complaint: this.complaint.offset,
      stateBytes: Object.values(this.#program.states).reduce(
        (sum, { shape }) => sum + 4 * elementCount(shape),
        0,
      ),
      places: this.#addresses,
    }
  }

  /**
   * Values in the arena, those together that have one place one after the other, and the steps that they are needed from
   * and to; feeds are there before the first.
   */
  #lifetimes(): { values: readonly Node[][]; lifetimes: Lifetime[] } {
    const found = new Map<Node, { first: number; last: number }>()
    const sizes = new Map<Node, number>()
    const need = ({ value, size }: Argument, step: number) => {
      if (this.#addresses.has(value)) return
      sizes.set(value, size)
      const before = found.get(value) ?? { first: value.operation === 'input' ? 0 : step, last: step }
      found.set(value, { first: before.first, last: step })
    }
    const { steps } = this.#plan
    for (const [index, { reads, writes }] of steps.entries())
      for (const argument of [...reads, ...writes]) need(argument, index + 1)
    for (const argument of this.#plan.outputs.values()) need(argument, steps.length + 1)

    const placeOf = new Map([...found.keys()].map((value) => [value, [value]]))
    for (const [index, step] of steps.entries()) {
      const addend = addendInPlace(step, (value) => found.get(value)?.last === index + 1)
      const result = step.writes[0]?.value
      if (!addend || !result || found.get(result)?.first !== index + 1) continue
      const place = placeOf.get(addend)!
      place.push(result)
      placeOf.set(result, place)
    }
    const values = [...new Set(placeOf.values())]
    const lifetimes = values.map((together) => ({
      bytes: sizes.get(together[0]!)!,
      first: found.get(together[0]!)!.first,
      last: found.get(together.at(-1)!)!.last,
    }))
    return { values, lifetimes }
  }
}

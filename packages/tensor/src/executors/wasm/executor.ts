/** The executor of our own: programs compiled to WebAssembly, in Node and in pages, on one thread or several. */
import { InputError } from '../../errors.ts'
import type { Node } from '../../graph/operations.ts'
import type { Program } from '../../graph/program.ts'
import { elementCount, type HostTensor, type Shape } from '../../graph/types.ts'
import { verifyProgram } from '../../graph/verify.ts'
import type { DeviceTensor, Executable, Executor, RunResult } from '../executor.ts'
import { checkFeeds, checkStates } from '../inputs.ts'
import { barrierBytes } from './barrier.ts'
import { type Address, type CompiledProgram, compileProgram } from './compile.ts'
import { Heap } from './heap.ts'
import type { BatchedProduct } from './product.ts'
import { type OpenProvider, type ProductProvider, ProvidedProducts } from './provider.ts'
import type { Worthwhile } from './schedule.ts'
import type { RunFunction, Stopwatch } from './stopwatch.ts'
import type { StartThread, ThreadPort } from './threads.ts'
import { hasRelaxedSimd, webAssembly } from './web-assembly.ts'

/** A state in the memory of the executor. */
interface WasmTensor extends DeviceTensor {
  readonly part: Part
}

/** A part of the memory; given back once, at the latest when nothing refers to it any more. */
interface Part {
  readonly address: number
  readonly bytes: number
  isFree: boolean
}

/** How the executor of our own is opened. */
export interface WasmOptions {
  /** Times every step of every run, which makes runs a little slower. */
  readonly stopwatch?: Stopwatch
  /** Whether products multiply and add in one instruction; by default where the engine can. */
  readonly relaxedSimd?: boolean
  /** Who does matrix products where that is faster; by default nobody else. */
  readonly products?: NamedProvider
}

/** A provider of products, with what an executor that has it is called: "onednn 2.6.3". */
export interface NamedProvider {
  readonly kind: Executor['kind']
  readonly name: string
  readonly open: OpenProvider
  /** Whether it does a product faster than the function written for it; the same in every run, as results have to be. */
  readonly isFaster: (batch: BatchedProduct) => boolean
  /** Whether it multiplies bfloat16 faster than float32. */
  readonly multipliesBfloat16: boolean
}

/**
 * Runs programs as WebAssembly with four numbers at a time, on the thread that calls. Every executor has a memory of its
 * own, of 4 GiB at most.
 */
export function createWasmExecutor(options: WasmOptions = {}): Executor {
  return new WasmExecutor(options)
}

/**
 * The same with several threads, which share the steps of a program. Results are the same, bit for bit, for any number,
 * unless somebody else does the products.
 *
 * @param threads at least 2, with the one that calls
 * @param start   starts a thread, with a provider of the same products
 */
export async function openThreadedWasmExecutor(
  threads: number,
  start: StartThread,
  options: ThreadedOptions = {},
): Promise<Executor> {
  const others = await Promise.all(Array.from({ length: threads - 1 }, start))
  return new WasmExecutor({ ...options, others })
}

/** How it is opened with several threads. */
export interface ThreadedOptions extends Pick<WasmOptions, 'products'> {
  /** When several threads are worth it; tests make them share everything. */
  readonly worthwhile?: Worthwhile
}

interface Settings extends WasmOptions, ThreadedOptions {
  readonly others?: readonly ThreadPort[]
}

/** Threads end when nothing refers to their executor any more. */
const orphans = new FinalizationRegistry((threads: readonly ThreadPort[]) => {
  for (const thread of threads) thread.terminate()
})

class WasmExecutor implements Executor {
  readonly kind: Executor['kind']
  readonly name: string
  readonly device = 'cpu'
  readonly threads: number
  readonly multipliesBfloat16: boolean
  readonly heap: Heap
  readonly #settings: Settings
  readonly #others: readonly ThreadPort[]
  readonly #isFused: boolean
  readonly #provider: ProductProvider | undefined
  /** Where the threads wait for each other. */
  readonly #meeting: number
  /** Programs run one after the other and share the memory of their inner values. */
  #arena = { address: 0, bytes: 0 }
  #programs = 0
  readonly #forgotten = new FinalizationRegistry((part: Part) => this.#free(part))

  constructor(settings: Settings) {
    const { others = [], relaxedSimd = hasRelaxedSimd(), products } = settings
    this.#isFused = relaxedSimd
    this.threads = 1 + others.length
    this.kind = products?.kind ?? 'wasm'
    this.multipliesBfloat16 = products?.multipliesBfloat16 ?? false
    this.name = `${products?.name ?? 'wasm'}, ${this.threads} ${this.threads === 1 ? 'thread' : 'threads'}`
    this.heap = new Heap(others.length > 0)
    this.#provider = products?.open(this.heap.memory)
    this.#settings = settings
    this.#others = others
    this.#meeting = this.heap.allocate(barrierBytes, 'threads')
    for (const [index, port] of others.entries())
      port.postMessage({
        kind: 'open',
        memory: this.heap.memory,
        thread: index + 1,
        meeting: this.#meeting,
      })
    if (others.length > 0) orphans.register(this, others)
  }

  async compile(program: Program): Promise<Executable> {
    verifyProgram(program)
    const { stopwatch, worthwhile } = this.#settings
    const products = new ProvidedProducts(this.#provider)
    const { isFaster = () => false } = this.#settings.products ?? {}
    // Values of 16 bits are there for a whole product, so that all of its parts have to be provided.
    const isProvided = (batch: BatchedProduct) => batch.factorBytes === 2 || isFaster(batch)
    const compiled = compileProgram(program, {
      isFused: this.#isFused,
      ...(this.#provider && { provide: (batch) => (isProvided(batch) ? products.add(batch) : undefined) }),
      ...(this.multipliesBfloat16 && {
        multipliesBfloat16: (batch) => isFaster(batch) && products.provides(batch),
        provideSwiglu: (count) => products.add({ swiglu: count }),
      }),
      threads: this.threads,
      exportsSteps: stopwatch !== undefined,
      isShared: this.#others.length > 0,
      ...(worthwhile && { worthwhile }),
    })
    const module = await webAssembly.compile(compiled.module)
    const host = { memory: this.heap.memory, product: products.call }
    const instance = await webAssembly.instantiate(module, { host })
    if (compiled.arenaBytes > this.#arena.bytes) {
      this.#growArena(compiled.arenaBytes, `program ${program.name}`)
    }
    const own = stopwatch
      ? stopwatch.timed(program.name, compiled, instance.exports)
      : (instance.exports.run0 as RunFunction)
    const number = this.#programs++
    const others = this.#others.slice(0, compiled.threads - 1)
    for (const port of others)
      port.postMessage({ kind: 'load', program: number, module, provided: products.works })
    return new WasmExecutable(program, compiled, this, {
      run: (slots) => {
        const arena = this.arena
        for (const port of others) port.postMessage({ kind: 'run', program: number, arena, slots })
        try {
          own(arena, slots, this.#meeting)
        } catch (error) {
          throw others.length === 0 ? error : threadMissing(program.name, compiled.threads, error)
        }
      },
      close: () => {
        products.close()
        for (const port of others) port.postMessage({ kind: 'close', program: number })
      },
    })
  }

  #growArena(bytes: number, who: string): void {
    const before = this.#arena
    if (before.bytes > 0) this.heap.release(before.address, before.bytes)
    try {
      this.#arena = { address: this.heap.allocate(bytes, who), bytes }
    } catch (error) {
      // Programs that were compiled before still need theirs.
      if (before.bytes > 0) this.#arena = { ...before, address: this.heap.allocate(before.bytes, who) }
      throw error
    }
  }

  get arena(): number {
    return this.#arena.address
  }

  async upload({ dtype, shape, data }: HostTensor): Promise<WasmTensor> {
    const tensor = this.allocate(dtype, shape)
    this.numbers(dtype, tensor.part.address, data.length).set(data)
    return tensor
  }

  async download(tensor: DeviceTensor): Promise<HostTensor> {
    const { dtype, shape, part } = this.own(tensor)
    return { dtype, shape, data: this.numbers(dtype, part.address, elementCount(shape)).slice() }
  }

  release(tensor: DeviceTensor): void {
    if ('part' in tensor) this.#free((tensor as WasmTensor).part)
    else this.own(tensor)
  }

  #free(part: Part): void {
    if (part.isFree) return
    part.isFree = true
    // Where the event loop never gets a turn, nothing else clears the registry.
    this.#forgotten.unregister(part)
    this.heap.release(part.address, part.bytes)
  }

  allocate(dtype: HostTensor['dtype'], shape: Shape): WasmTensor {
    const bytes = 4 * elementCount(shape)
    const part: Part = { address: this.heap.allocate(bytes, 'state'), bytes, isFree: false }
    const tensor = { dtype, shape, part }
    this.#forgotten.register(tensor, part, part)
    return tensor
  }

  numbers(dtype: HostTensor['dtype'], address: number, count: number): Float32Array | Int32Array {
    return dtype === 'float32' ? this.heap.floats(address, count) : this.heap.integers(address, count)
  }

  own(tensor: DeviceTensor): WasmTensor {
    if ('part' in tensor && !(tensor as WasmTensor).part.isFree) return tensor as WasmTensor
    throw new InputError({
      who: 'wasm executor',
      expected: 'a tensor that it has uploaded or computed, and not released',
      got: 'part' in tensor ? 'one that has been released' : 'one of another executor',
      hint: 'Download it there and upload it here.',
    })
  }
}

/** The functions of a program, on all its threads. */
interface Code {
  /** @param slots where the addresses of states and constants are */
  run(slots: number): void
  close(): void
}

class WasmExecutable implements Executable {
  readonly #program: Program
  readonly #compiled: CompiledProgram
  readonly #executor: WasmExecutor
  readonly #code: Code
  readonly #slots: Part
  readonly #constants: readonly Part[]
  readonly updatesInPlace: ReadonlySet<string>
  #isClosed = false

  constructor(program: Program, compiled: CompiledProgram, executor: WasmExecutor, code: Code) {
    this.#program = program
    this.#compiled = compiled
    this.updatesInPlace = compiled.inPlace
    this.#executor = executor
    this.#code = code
    const { heap } = executor
    const part = (bytes: number): Part => ({
      address: heap.allocate(bytes, `program ${program.name}`),
      bytes,
      isFree: false,
    })
    this.#slots = part(4 * compiled.slots)
    this.#constants = [...compiled.constants].map(([node, slot]) => {
      const values = constantValues(node)
      const constant = part(4 * values.length)
      executor
        .numbers(node.dtype === 'float32' ? 'float32' : 'int32', constant.address, values.length)
        .set(values)
      heap.integers(this.#slots.address, compiled.slots)[slot] = constant.address
      return constant
    })
  }

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    states: ReadonlyMap<string, DeviceTensor>,
    spare: ReadonlyMap<string, DeviceTensor> = new Map(),
  ): Promise<RunResult> {
    const [program, compiled, executor] = [this.#program, this.#compiled, this.#executor]
    checkFeeds(program, feeds)
    checkStates(program, states)
    const updates = new Map(
      Object.entries(program.updates).map(([name, { dtype, shape }]) => {
        const given = spare.get(name)
        return [name, given ? executor.own(given) : executor.allocate(dtype as HostTensor['dtype'], shape)]
      }),
    )
    const { arena, heap } = executor
    const slots = heap.integers(this.#slots.address, compiled.slots)
    for (const [name, slot] of compiled.states) slots[slot] = executor.own(states.get(name)!).part.address
    for (const [name, slot] of compiled.updates) slots[slot] = updates.get(name)!.part.address
    for (const [name, offset] of compiled.feeds) {
      const { dtype, data } = feeds[name]!
      executor.numbers(dtype, arena + offset, data.length).set(data)
    }
    const complaint = heap.integers(arena + compiled.complaint, 3)
    complaint[0] = 0
    this.#code.run(this.#slots.address)
    if (complaint[0] !== 0) {
      throw new InputError({
        who: `program ${program.name}, rows of a table`,
        expected: `indices from 0 to ${complaint[2]! - 1}`,
        got: String(complaint[1]),
        hint: 'Check the labels or tokens that were fed; masked positions need a valid index too.',
      })
    }
    const outputs = Object.entries(program.outputs).map(([name, { dtype, shape }]): [string, HostTensor] => {
      const address = this.#addressOf(compiled.outputs.get(name)!, slots)
      const numeric = dtype === 'int32' ? 'int32' : 'float32'
      return [
        name,
        { dtype: numeric, shape, data: executor.numbers(numeric, address, elementCount(shape)).slice() },
      ]
    })
    return { outputs: Object.fromEntries(outputs), updates }
  }

  #addressOf(address: Address, slots: Int32Array): number {
    return address.offset + (address.in === 'arena' ? this.#executor.arena : slots[address.slot]! >>> 0)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#code.close()
    for (const { address, bytes } of [this.#slots, ...this.#constants])
      this.#executor.heap.release(address, bytes)
  }
}

const threadMissing = (name: string, threads: number, cause: unknown): InputError =>
  new InputError(
    {
      who: `program ${name}`,
      expected: `${threads} threads that wait for each other`,
      got: 'one that has ended, or not come for minutes',
      hint: 'If memory ran out, use smaller micro-batches or fewer threads; then resume.',
    },
    { cause },
  )

function constantValues(node: Node): ArrayLike<number> {
  if (node.operation !== 'constant') throw new Error(`${node.operation} is no constant`)
  const { values, dtype } = node.attributes
  return dtype === 'bool' ? Array.from(values, (value) => -Number(value !== 0)) : values
}

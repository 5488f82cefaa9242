/**
 * Writes WebAssembly modules: functions over one imported memory. The specification's binary format, and of its
 * instructions those that the executor emits (https://webassembly.github.io/spec/core/binary/).
 */

/** Types of locals and parameters. */
export type WasmType = 'i32' | 'v128'

const typeBytes: Readonly<Record<WasmType, number>> = { i32: 0x7f, v128: 0x7b }

/** Instructions without immediates, by their name in the text format. SIMD ones are written after the prefix 0xfd. */
export const plain = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.ge_u': 0x4f,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  select: 0x1b,
} as const

export const simd = {
  'f32x4.eq': 0x41,
  'f32x4.ne': 0x42,
  'f32x4.lt': 0x43,
  'f32x4.gt': 0x44,
  'f32x4.ge': 0x46,
  'i32x4.eq': 0x37,
  'i32x4.gt_s': 0x3b,
  'i32x4.ge_s': 0x3f,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'f32x4.nearest': 0x6a,
  'i32x4.shl': 0xab,
  'i32x4.shr_s': 0xac,
  'i32x4.shr_u': 0xad,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'f32x4.abs': 0xe0,
  'f32x4.neg': 0xe1,
  'f32x4.sqrt': 0xe3,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.min': 0xe8,
  'f32x4.max': 0xe9,
  /** b < a ? b : a, in one instruction of x64, where `min` takes six. */
  'f32x4.pmin': 0xea,
  /** a < b ? b : a */
  'f32x4.pmax': 0xeb,
  /** a · b + c, rounded once or twice as the machine does it; of relaxed SIMD. */
  'f32x4.relaxed_madd': 0x105,
  'i32x4.trunc_sat_f32x4_s': 0xf8,
  'f32x4.convert_i32x4_s': 0xfa,
} as const

/** Of the threads proposal, which all engines have; written after the prefix 0xfe. */
export const atomic = {
  'memory.atomic.notify': 0x00,
  'memory.atomic.wait32': 0x01,
  'i32.atomic.load': 0x10,
  'i32.atomic.store': 0x17,
  'i32.atomic.rmw.add': 0x1e,
} as const

/** Loads and stores; `lane` ones move the number in that lane. */
export const access = {
  'i32.load': [0x28],
  'i32.store': [0x36],
  'v128.load': [0xfd, 0x00],
  'v128.load32_splat': [0xfd, 0x09],
  'v128.load32_zero': [0xfd, 0x5c],
  'v128.store': [0xfd, 0x0b],
  'v128.load32_lane': [0xfd, 0x56],
  'v128.store32_lane': [0xfd, 0x5a],
  /** Four whole numbers of 16 bits, each as one of 32. */
  'v128.load16x4_u': [0xfd, 0x04],
  'v128.load16_splat': [0xfd, 0x08],
  'v128.load16_lane': [0xfd, 0x55],
  'v128.store16_lane': [0xfd, 0x59],
  'v128.store64_lane': [0xfd, 0x5b],
} as const

export type PlainInstruction = keyof typeof plain
export type SimdInstruction = keyof typeof simd
export type AccessInstruction = keyof typeof access
export type AtomicInstruction = keyof typeof atomic

/** A local variable of a function. */
export interface Local {
  readonly index: number
  readonly dtype: WasmType
}

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? byte : byte | 0x80)
  } while (rest !== 0)
  return bytes
}

/** Signed LEB128 of 32 bits. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; ) {
    const byte = rest & 0x7f
    rest >>= 7
    const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)
    bytes.push(isLast ? byte : byte | 0x80)
    if (isLast) return bytes
  }
}

const pushAll = (bytes: number[], more: Iterable<number>): void => {
  for (const byte of more) bytes.push(byte)
}

/** The body of one function while it is written; instructions take their operands from the stack. */
export class FunctionWriter {
  readonly parameters: readonly Local[]
  readonly #locals: Local[] = []
  readonly #code: number[] = []

  constructor(parameters: readonly WasmType[]) {
    this.parameters = parameters.map((dtype, index) => ({ dtype, index }))
  }

  local(dtype: WasmType): Local {
    const local = { dtype, index: this.parameters.length + this.#locals.length }
    this.#locals.push(local)
    return local
  }

  get(local: Local): this {
    return this.#write(0x20, unsigned(local.index))
  }

  set(local: Local): this {
    return this.#write(0x21, unsigned(local.index))
  }

  tee(local: Local): this {
    return this.#write(0x22, unsigned(local.index))
  }

  integer(value: number): this {
    return this.#write(0x41, signed(value))
  }

  /** A whole number of 64 bits; for durations in nanoseconds. */
  long(value: bigint): this {
    const bytes: number[] = []
    for (let rest = value; ; ) {
      const byte = Number(rest & 0x7fn)
      rest >>= 7n
      const isLast = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)
      bytes.push(isLast ? byte : byte | 0x80)
      if (isLast) return this.#write(0x42, bytes)
    }
  }

  /** Four equal float32 numbers. */
  floats(value: number): this {
    return this.#lanes(new Float32Array(4).fill(value))
  }

  /** Four int32 numbers. */
  integers(...values: readonly [number, number, number, number]): this {
    return this.#lanes(Int32Array.from(values))
  }

  #lanes(values: Float32Array | Int32Array): this {
    return this.#write(0xfd, [0x0c, ...new Uint8Array(values.buffer)])
  }

  plain(...names: readonly PlainInstruction[]): this {
    for (const name of names) this.#code.push(plain[name])
    return this
  }

  simd(...names: readonly SimdInstruction[]): this {
    for (const name of names) this.#write(0xfd, unsigned(simd[name]))
    return this
  }

  /** The address, and for a lane the vector, are on the stack; `offset` in bytes is added to the address. */
  access(name: AccessInstruction, offset = 0, lane?: number): this {
    pushAll(this.#code, access[name])
    // A promise of alignment to so many bytes, as a power of 2; no engine needs it.
    this.#write(name.includes('16') ? 1 : 2, unsigned(offset))
    if (lane !== undefined) this.#code.push(lane)
    return this
  }

  /** The operands, the address first, are on the stack; `offset` in bytes is added to the address. */
  atomic(name: AtomicInstruction, offset = 0): this {
    return this.#write(0xfe, [atomic[name], 2, ...unsigned(offset)])
  }

  /** Moves lanes (0..3 each) of the two vectors on the stack: 0..3 the first's, 4..7 the second's. */
  shuffle(...lanes: readonly [number, number, number, number]): this {
    return this.#write(0xfd, [0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))])
  }

  /** The upper 16 bits of the four lanes of the two vectors on the stack, the first's in the lower half of the result. */
  upperHalves(): this {
    const bytes = Array.from({ length: 8 }, (_, lane) => [4 * lane + 2, 4 * lane + 3]).flat()
    return this.#write(0xfd, [0x0d, ...bytes])
  }

  call(index: number): this {
    return this.#write(0x10, unsigned(index))
  }

  /** Copies memory; on the stack are where to, where from, and how many bytes. */
  copyMemory(): this {
    return this.#write(0xfc, [0x0a, 0, 0])
  }

  /** Runs the body once if the i32 on the stack is not 0. */
  when(body: () => void, otherwise?: () => void): this {
    this.#write(0x04, [0x40])
    body()
    if (otherwise) {
      this.#code.push(0x05)
      otherwise()
    }
    return this.#write(0x0b, [])
  }

  /** Runs the body as long as what `condition` leaves on the stack is not 0; it is asked after each time. */
  repeat(body: () => void, condition: () => void): this {
    this.#write(0x03, [0x40])
    body()
    condition()
    return this.#write(0x0d, [0, 0x0b])
  }

  /** Runs the body this many times; of 0 nothing is written. */
  times(count: number, body: () => void): this {
    if (count === 0) return this
    if (count > 1) {
      const left = this.local('i32')
      this.integer(count).set(left)
      return this.repeat(body, () => this.get(left).integer(1).plain('i32.sub').tee(left))
    }
    body()
    return this
  }

  /** Moves a pointer by bytes. */
  move(pointer: Local, bytes: number): this {
    return bytes === 0 ? this : this.get(pointer).integer(bytes).plain('i32.add').set(pointer)
  }

  #write(byte: number, more: Iterable<number>): this {
    this.#code.push(byte)
    pushAll(this.#code, more)
    return this
  }

  /** The function as an entry of the code section. */
  encode(): number[] {
    const declared = this.#locals.flatMap(({ dtype }) => [1, typeBytes[dtype]])
    const body = [...unsigned(this.#locals.length), ...declared]
    pushAll(body, this.#code)
    body.push(0x0b)
    const entry = unsigned(body.length)
    pushAll(entry, body)
    return entry
  }
}

/** A function of JavaScript. */
interface Imported {
  readonly name: string
  readonly parameters: readonly Pick<Local, 'dtype'>[]
}

/** Pages of 64 KiB that WebAssembly can address. */
export const maxPages = 65_536

/** A module of functions that read and write one memory, which it imports as `host.memory`. None returns a value. */
export class ModuleWriter {
  readonly #isShared: boolean
  readonly #imports: Imported[] = []
  readonly #functions: FunctionWriter[] = []
  readonly #exports = new Map<string, number>()

  /** @param isShared whether the memory is shared between threads */
  constructor(isShared = false) {
    this.#isShared = isShared
  }

  /** Number of a function of JavaScript, `host` and its name, for calls; added before all functions of the module. */
  import(name: string, parameters: readonly WasmType[]): number {
    if (this.#functions.length > 0) throw new Error('imported functions come first')
    return this.#imports.push({ name, parameters: parameters.map((dtype) => ({ dtype })) }) - 1
  }

  /** Number of the function, for calls. */
  add(writer: FunctionWriter, exportedAs?: string): number {
    const index = this.#imports.length + this.#functions.push(writer) - 1
    if (exportedAs !== undefined) this.#exports.set(exportedAs, index)
    return index
  }

  encode(): Uint8Array<ArrayBuffer> {
    const types = new Map<string, { index: number; bytes: number[] }>()
    const typeOf = ({ parameters }: Pick<Imported, 'parameters'>): number => {
      const bytes = [
        0x60,
        ...unsigned(parameters.length),
        ...parameters.map(({ dtype }) => typeBytes[dtype]),
        0,
      ]
      const known = types.get(bytes.join()) ?? { index: types.size, bytes }
      types.set(bytes.join(), known)
      return known.index
    }
    const name = (text: string) => [...unsigned(text.length), ...new TextEncoder().encode(text)]
    const imported = this.#imports.map((it) => [
      ...name('host'),
      ...name(it.name),
      0,
      ...unsigned(typeOf(it)),
    ])
    const used = this.#functions.map((writer) => unsigned(typeOf(writer)))
    const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    section(
      bytes,
      1,
      [...types.values()].map((type) => type.bytes),
    )
    const limits = this.#isShared ? [3, 0, ...unsigned(maxPages)] : [0, 0]
    section(bytes, 2, [[...name('host'), ...name('memory'), 2, ...limits], ...imported])
    section(bytes, 3, used)
    section(
      bytes,
      7,
      [...this.#exports].map(([text, index]) => [...name(text), 0, ...unsigned(index)]),
    )
    section(
      bytes,
      10,
      this.#functions.map((writer) => writer.encode()),
    )
    return Uint8Array.from(bytes)
  }
}

/** A section that is a list of entries. */
function section(bytes: number[], identifier: number, entries: readonly (readonly number[])[]): void {
  const count = unsigned(entries.length)
  const length = entries.reduce((sum, entry) => sum + entry.length, count.length)
  bytes.push(identifier)
  for (const part of [unsigned(length), count, ...entries]) pushAll(bytes, part)
}

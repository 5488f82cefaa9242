/** WebAssembly back in words: the text format of what `assembler.ts` writes, with the bytes of every instruction. */
import { access, atomic, plain, simd } from './assembler.ts'

/** One instruction, or the beginning or end of a block. */
export interface Instruction {
  readonly bytes: Uint8Array
  /** As in the text format: "local.get 0", "v128.load offset=16". */
  readonly text: string
  /** Blocks that it stands in. */
  readonly depth: number
}

/** A function of a module. */
export interface DisassembledFunction {
  /** Its number, by which others call it. */
  readonly index: number
  readonly exportedAs: string | null
  /** Types: "i32", "v128". */
  readonly parameters: readonly string[]
  readonly locals: readonly string[]
  readonly instructions: readonly Instruction[]
}

const types: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
}

/**
 * The functions of a module that this executor has written.
 *
 * @throws {Error} at an instruction that its assembler does not have
 */
export function disassemble(module: Uint8Array): DisassembledFunction[] {
  const reader = new Reader(module, 8)
  const signatures: string[][] = []
  const used: string[][] = []
  const exported = new Map<number, string>()
  const functions: DisassembledFunction[] = []
  let imported = 0
  while (!reader.isAtEnd) {
    const identifier = reader.byte()
    const end = reader.unsigned() + reader.place
    const entries = reader.unsigned()
    for (let entry = 0; entry < entries; entry++) {
      if (identifier === 1) {
        reader.byte()
        signatures.push(reader.list(() => types[reader.byte()]!))
        reader.list(() => reader.byte())
      } else if (identifier === 2) {
        reader.text()
        reader.text()
        // Only functions are counted; the other import is the memory.
        if (reader.byte() === 0) {
          reader.unsigned()
          imported++
        } else if (reader.byte() & 1) {
          reader.unsigned()
          reader.unsigned()
        } else reader.unsigned()
      } else if (identifier === 3) used.push(signatures[reader.unsigned()]!)
      else if (identifier === 7) {
        const name = reader.text()
        reader.byte()
        exported.set(reader.unsigned(), name)
      } else if (identifier === 10) functions.push(reader.body(imported + entry, used[entry]!, exported))
    }
    reader.place = end
  }
  return functions
}

const byCode = <Name extends string>(table: Readonly<Record<Name, number>>): ReadonlyMap<number, string> =>
  new Map(Object.entries<number>(table).map(([name, code]) => [code, name]))

const [plainNames, simdNames, atomicNames] = [byCode(plain), byCode(simd), byCode(atomic)]
/** By their bytes, as text. */
const accessNames = new Map(
  Object.entries<readonly number[]>(access).map(([name, code]) => [code.join(), name]),
)

class Reader {
  place: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, place: number) {
    this.#bytes = bytes
    this.place = place
  }

  get isAtEnd(): boolean {
    return this.place >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.place++]!
  }

  /** LEB128. */
  unsigned(): number {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }

  signed(): bigint {
    let [value, shift] = [0n, 0n]
    for (;;) {
      const byte = this.byte()
      value |= BigInt(byte & 0x7f) << shift
      shift += 7n
      if (byte < 0x80) return byte & 0x40 ? value - (1n << shift) : value
    }
  }

  list<Item>(item: () => Item): Item[] {
    return Array.from({ length: this.unsigned() }, item)
  }

  text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.list(() => this.byte())))
  }

  body(
    index: number,
    parameters: readonly string[],
    exported: ReadonlyMap<number, string>,
  ): DisassembledFunction {
    const end = this.unsigned() + this.place
    const locals = this.list(() => {
      const count = this.unsigned()
      return new Array<string>(count).fill(types[this.byte()]!)
    }).flat()
    const instructions: Instruction[] = []
    let depth = 0
    // The last byte ends the function.
    while (this.place < end - 1) {
      const start = this.place
      const text = this.#instruction()
      const ends = text === 'end' || text === 'else'
      if (ends) depth--
      instructions.push({ bytes: this.#bytes.slice(start, this.place), text, depth })
      if (text === 'loop' || text === 'if' || text === 'else') depth++
    }
    this.place = end
    return { index, exportedAs: exported.get(index) ?? null, parameters, locals, instructions }
  }

  #instruction(): string {
    const code = this.byte()
    switch (code) {
      case 0x03:
      case 0x04:
        this.byte()
        return code === 0x03 ? 'loop' : 'if'
      case 0x05:
        return 'else'
      case 0x0b:
        return 'end'
      case 0x0d:
        return `br_if ${this.unsigned()}`
      case 0x10:
        return `call ${this.unsigned()}`
      case 0x20:
      case 0x21:
      case 0x22:
        return `local.${['get', 'set', 'tee'][code - 0x20]} ${this.unsigned()}`
      case 0x41:
        return `i32.const ${this.signed()}`
      case 0x42:
        return `i64.const ${this.signed()}`
      case 0xfd:
        return this.#vector()
      case 0xfe:
        return this.#memory(atomicNames.get(this.byte()))
    }
    const name = plainNames.get(code)
    if (name !== undefined) return name
    const accessed = accessNames.get(String(code))
    if (accessed === undefined) throw new Error(`no instruction 0x${code.toString(16)}`)
    return this.#memory(accessed)
  }

  #vector(): string {
    const code = this.unsigned()
    if (code === 0x0c) return this.#lanes()
    if (code === 0x0d) return `i8x16.shuffle ${Array.from({ length: 16 }, () => this.byte()).join(' ')}`
    const accessed = accessNames.get(`${0xfd},${code}`)
    if (accessed?.endsWith('_lane')) return `${this.#memory(accessed)} ${this.byte()}`
    return accessed === undefined ? known(simdNames.get(code), code) : this.#memory(accessed)
  }

  #lanes(): string {
    const { buffer } = Uint8Array.from({ length: 16 }, () => this.byte())
    const floats = [...new Float32Array(buffer)]
    const integers = [...new Int32Array(buffer)]
    // The bits do not say what they are: whole numbers make no float of a usual size, but for 0 in every lane.
    const isFloat = floats.every(
      (value) => value === 0 || (Math.abs(value) > 1e-30 && Math.abs(value) < 1e30),
    )
    return isFloat
      ? `v128.const f32x4 ${floats.map((value) => Number(value.toPrecision(8))).join(' ')}`
      : `v128.const i32x4 ${integers.join(' ')}`
  }

  /** A load or a store: its alignment is never told, its offset where there is one. */
  #memory(name: string | undefined): string {
    this.unsigned()
    const offset = this.unsigned()
    return offset === 0 ? known(name) : `${known(name)} offset=${offset}`
  }
}

function known(name: string | undefined, code?: number): string {
  if (name !== undefined) return name
  throw new Error(`no instruction 0x${code?.toString(16) ?? '?'}`)
}

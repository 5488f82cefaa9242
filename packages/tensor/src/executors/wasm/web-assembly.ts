/** WebAssembly as Node and browsers have it: the part that the executor uses, for the libraries of types differ. */
import { FunctionWriter, ModuleWriter } from './assembler.ts'

export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  grow(pages: number): number
}

/** A compiled module, which threads share. */
export interface WasmModule {
  readonly kind?: never
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

interface Imports {
  readonly host: { readonly memory: WasmMemory; readonly product?: CallProduct }
}

/** Does the product of that number. Addresses in bytes, as signed numbers of 32 bits; the addend is 0 for none. */
export type CallProduct = (
  number: number,
  left: number,
  right: number,
  result: number,
  addend: number,
) => void

interface WebAssemblyNamespace {
  readonly Memory: new (limits: {
    readonly initial: number
    readonly maximum: number
    readonly shared?: boolean
  }) => WasmMemory
  readonly Instance: new (module: WasmModule, imports: Imports) => WasmInstance
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<WasmModule>
  instantiate(module: WasmModule, imports: Imports): Promise<WasmInstance>
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyNamespace })
  .WebAssembly

/** Whether the engine multiplies and adds in one instruction. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleWriter()
  const code = new FunctionWriter(['v128'])
  const [x] = code.parameters
  code.get(x!).get(x!).get(x!).simd('f32x4.relaxed_madd').set(x!)
  module.add(code, 'probe')
  return webAssembly.validate(module.encode())
}

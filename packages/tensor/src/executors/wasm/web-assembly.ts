/** WebAssembly as Node and browsers have it: the part that the executor uses, for the libraries of types differ. */
import { FunctionWriter, ModuleWriter } from './assembler.ts'

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface WebAssemblyNamespace {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => WasmMemory
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
  instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: { readonly host: { readonly memory: WasmMemory } },
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>
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

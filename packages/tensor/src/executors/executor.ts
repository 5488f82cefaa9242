import type { Program } from '../graph/program.ts'
import type { HostTensor, Shape } from '../graph/types.ts'

/** A tensor that lives where the executor computes. Only the executor that made it can read it. */
export interface DeviceTensor {
  readonly shape: Shape
  readonly dtype: 'float32' | 'int32'
}

/** What one run gives: outputs in host memory, new values of states on the device. */
export interface RunResult {
  readonly outputs: Readonly<Record<string, HostTensor>>
  readonly updates: ReadonlyMap<string, DeviceTensor>
}

/** A compiled program. */
export interface Executable {
  /**
   * States whose new value may be written over the old one: `spare` may be the state's own tensor. A run that fails may
   * then leave it written in part. Absent: none.
   */
  readonly updatesInPlace?: ReadonlySet<string>
  /**
   * @param feeds  one tensor for every feed of the program, shapes and types as traced
   * @param states one device tensor for every state
   * @param spare  tensors of the right shape that updates may be written into, by state name; never ones that
   *               are also in `states`, but for those of `updatesInPlace`
   */
  run(
    feeds: Readonly<Record<string, HostTensor>>,
    states: ReadonlyMap<string, DeviceTensor>,
    spare?: ReadonlyMap<string, DeviceTensor>,
  ): Promise<RunResult>
  close(): Promise<void>
}

/** Something that runs programs. Nothing above the graph knows which one it is. */
export interface Executor {
  /** Who computes. Another one may round differently. */
  readonly kind: 'reference' | 'wasm' | 'onednn' | 'onnxruntime'
  /** For people, with device and threads: "reference", "onnxruntime cpu, 2 threads". */
  readonly name: string
  /** Where it computes: "cpu", "webgpu". */
  readonly device: string
  /** Threads of one run; a run with another number may round differently. */
  readonly threads: number
  /**
   * Whether products of values that are known to be bfloat16 (`isBfloat16`) are multiplied as such. Otherwise they are
   * products of float32 like all others, and rounding takes time and saves none. Absent: no.
   */
  readonly multipliesBfloat16?: boolean
  compile(program: Program): Promise<Executable>
  /** A copy on the device. */
  upload(tensor: HostTensor): Promise<DeviceTensor>
  /** A copy on the host. */
  download(tensor: DeviceTensor): Promise<HostTensor>
  /** Frees the memory immediately; on the CPU that is left to the garbage collector and this does nothing. */
  release(tensor: DeviceTensor): void
}

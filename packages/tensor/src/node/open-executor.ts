/** Opens what computes in Node. */
import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { InputError } from '../errors.ts'
import type { Executor } from '../executors/executor.ts'
import type { Device } from '../executors/ort.ts'
import { withPauses } from '../executors/pauses.ts'
import { hasRelaxedSimd } from '../executors/wasm/web-assembly.ts'
import { type ExecutorChoice, type ExecutorName, executorChoices } from './devices.ts'
import { openOnednn } from './onednn/library.ts'
import { openOrtExecutor } from './onnxruntime.ts'
import { checkThreads } from './threads.ts'
import { openWasmExecutor } from './wasm-threads.ts'

/** What `openExecutor` opens. */
export interface ExecutorOptions {
  /**
   * Who computes. `auto`, the default, is what the environment variable `TRM_EXECUTOR` names, or else ONNX Runtime
   * where it loads and `wasm` elsewhere.
   */
  readonly executor?: ExecutorChoice
  /** Where: `cpu`, the default, or `webgpu`, which only ONNX Runtime has. */
  readonly device?: Device
  /** Threads of one run; all cores by default. Only with `wasm` do results not depend on how many. */
  readonly threads?: number
}

type Asked = Required<Omit<ExecutorOptions, 'executor'>>

/** How each is opened. */
const openers: Readonly<Record<ExecutorName, (asked: Asked) => Promise<Executor>>> = {
  wasm: (asked) => openOurs('wasm', asked),
  onednn: (asked) => openOurs('onednn', asked),
  onnxruntime: openOrtExecutor,
}

/**
 * Opens an executor.
 *
 * @throws {InputError} if the executor does not compute on the device, the number of threads does not exist, or what
 * was asked for does not load here
 */
export async function openExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const { device = 'cpu', threads = availableParallelism() } = options
  const named = options.executor ?? 'auto'
  const executor = named === 'auto' && device === 'cpu' ? executorOfEnvironment() : named
  checkThreads(threads)
  const asked = { device, threads }
  if (executor !== 'auto') return openers[executor](asked)
  try {
    return await openers.onnxruntime(asked)
  } catch (error) {
    if (device !== 'cpu') throw error
    return openers.wasm(asked)
  }
}

/** @throws {InputError} if `TRM_EXECUTOR` names none */
function executorOfEnvironment(): ExecutorChoice {
  const named = process.env.TRM_EXECUTOR || 'auto'
  const found = executorChoices.find((name) => name === named)
  if (found !== undefined) return found
  throw new InputError({
    who: 'TRM_EXECUTOR',
    expected: `one of ${executorChoices.join(', ')}`,
    got: JSON.stringify(named),
    hint: 'Correct the environment variable, or unset it.',
  })
}

async function openOurs(name: 'wasm' | 'onednn', { device, threads }: Asked): Promise<Executor> {
  if (device !== 'cpu') {
    throw new InputError({
      who: `executor ${name}`,
      expected: 'device cpu',
      got: `device ${device}`,
      hint: 'Leave the device out, or use `executor: onnxruntime`.',
    })
  }
  allowRelaxedSimd()
  const executor = await openWasmExecutor(threads, name === 'onednn' ? { onednn: await openOnednn() } : {})
  return withPauses(executor, () => new Promise((resolve) => setImmediate(resolve)))
}

/** Node 20 has the instructions behind a flag, which holds for what is compiled from then on; later ones have no flag. */
export function allowRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd')
}

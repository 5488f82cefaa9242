import { availableParallelism } from 'node:os'
import * as onnxruntime from 'onnxruntime-node'
import { InputError } from './errors.ts'
import type { Executor } from './executors/executor.ts'
import { createOrtExecutor, type Device } from './executors/ort.ts'

/** The one file that opens ONNX Runtime in Node. */
export async function openOrtExecutor(
  options: { device?: Device; threads?: number } = {},
): Promise<Executor> {
  const { device = 'cpu', threads = availableParallelism() } = options
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new InputError({
      who: 'threads',
      expected: 'a whole number from 1 to 1024',
      got: String(threads),
      hint: `This machine has ${availableParallelism()} cores.`,
    })
  }
  const names = onnxruntime.listSupportedBackends().map((backend) => backend.name)
  if (!names.includes(device)) {
    throw new InputError({
      who: 'device',
      expected: `one of ${names.join(', ')}`,
      got: JSON.stringify(device),
      hint: 'Choose another device; `trm doctor` shows what works here.',
    })
  }
  return createOrtExecutor(onnxruntime, { device, threads })
}

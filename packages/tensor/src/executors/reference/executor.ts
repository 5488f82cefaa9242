import { InputError } from '../../errors.ts'
import { floatTensor, type HostTensor, integerTensor, type Shape } from '../../graph/types.ts'
import { verifyProgram } from '../../graph/verify.ts'
import type { DeviceTensor, Executable, Executor } from '../executor.ts'
import { evaluate } from './evaluate.ts'

/** A state of the reference executor: doubles, so that nothing is rounded between runs. */
export interface ReferenceTensor extends DeviceTensor {
  readonly data: Float64Array
}

/**
 * The executor that others are tested against: one plain function per primitive, in float64, every fused operation by
 * its expansion. Far too slow to train with.
 */
export function createReferenceExecutor(): Executor {
  return {
    kind: 'reference',
    name: 'reference',
    device: 'cpu',
    threads: 1,
    async compile(program): Promise<Executable> {
      verifyProgram(program)
      return {
        async run(feeds, states) {
          const own = Object.fromEntries([...states].map(([name, state]) => [name, ownTensor(state)]))
          const { outputs, updates } = evaluate(program, feeds, own)
          return {
            outputs: mapEntries(outputs, (value, name) => hostTensor(program.outputs[name]!.dtype, value)),
            updates: new Map(
              Object.entries(updates).map(([name, { shape, data }]): [string, ReferenceTensor] => {
                return [name, { dtype: numeric(program.updates[name]!.dtype), shape, data }]
              }),
            ),
          }
        },
        async close() {},
      }
    },
    async upload({ dtype, shape, data }): Promise<ReferenceTensor> {
      return { dtype, shape, data: Float64Array.from(data) }
    },
    async download(tensor) {
      return hostTensor(tensor.dtype, ownTensor(tensor))
    },
    release() {},
  }
}

function ownTensor(tensor: DeviceTensor): ReferenceTensor {
  if ('data' in tensor && tensor.data instanceof Float64Array) return tensor as ReferenceTensor
  throw new InputError({
    who: 'reference executor',
    expected: 'a tensor that it has uploaded or computed',
    got: 'one from another executor',
    hint: 'Download it there and upload it here.',
  })
}

function hostTensor(dtype: string, { shape, data }: { shape: Shape; data: Float64Array }): HostTensor {
  return numeric(dtype) === 'int32' ? integerTensor(shape, data) : floatTensor(shape, data)
}

/** Programs are verified before they run, so that no result is bool. */
function numeric(dtype: string): 'float32' | 'int32' {
  return dtype === 'int32' ? 'int32' : 'float32'
}

function mapEntries<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}

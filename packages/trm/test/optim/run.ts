/** Runs a function of tensors once, on the reference executor. */
import {
  createReferenceExecutor,
  floatTensor,
  type HostTensor,
  RandomStream,
  type Tensor,
  trace,
  Workspace,
} from '@tiny-recursive-models/tensor'

export async function run(
  feeds: Readonly<Record<string, HostTensor>>,
  body: (feeds: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, HostTensor>>> {
  const program = trace('test', { feeds, states: {} }, (inputs) => ({ outputs: body(inputs.feeds) }))
  const runnable = await new Workspace(createReferenceExecutor()).compile(program)
  return runnable.run(feeds)
}

/** Numbers from −2 to 2, the same in every run. */
export function values(count: number, seed = 1): Float32Array {
  const random = new RandomStream(seed, 'values')
  return Float32Array.from({ length: count }, () => random.truncatedNormal())
}

export const matrix = (rows: number, columns: number, seed = 1): HostTensor =>
  floatTensor([rows, columns], values(rows * columns, seed))

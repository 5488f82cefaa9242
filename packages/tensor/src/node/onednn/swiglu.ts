/** SwiGLU over runs of bfloat16 numbers, by oneDNN's element-wise product with what follows it. */
import { withPostOps } from './attributes.ts'
import type { Onednn } from './library.ts'
import { createPrimitive, type Primitive } from './primitive.ts'

/**
 * result ← gate / (1 + e^−gate) · up, in float32 and rounded once: gate · 1, which alone does nothing, and then the two
 * post-ops. (The library's own swish takes no post-op on a processor.) Takes the addresses of gate, a one, up and result.
 *
 * @returns undefined if the library has no fast implementation for this processor
 */
export function createSwiglu(onednn: Onednn, count: number): Primitive | undefined {
  const { dialect } = onednn.functions
  const run = dialect.describe([1, count], [count, 1], 'bfloat16')
  const one = dialect.describe([1, 1], [1, 1], 'bfloat16')
  try {
    return createPrimitive(
      onednn,
      [
        { role: 'source', description: run },
        { role: 'otherSource', description: one },
        { role: 'ofSecondPostOp', description: run },
        { role: 'destination', description: run },
      ],
      () =>
        withPostOps(
          onednn,
          (postOps) => {
            dialect.appendSwish(postOps)
            dialect.appendMultiply(postOps, run)
          },
          (attributes) => dialect.describeMultiply(run, one, run, attributes),
        ),
    )
  } finally {
    for (const description of [run, one]) description.destroy()
  }
}

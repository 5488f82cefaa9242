import { divide, maximum, multiply, reshape, type Tensor } from '@tiny-recursive-models/tensor'

/**
 * Gradients that are no longer than `limit` as one vector: each times limit / max(norm, limit), which is 1 where
 * they are short enough (global-norm clipping, Pascanu et al. 2013, arXiv 1211.5063).
 *
 * @param norm [1] the length of all of them as one vector
 */
export function clipGradients(
  gradients: Readonly<Record<string, Tensor>>,
  norm: Tensor,
  limit: number,
): Record<string, Tensor> {
  const factor = divide(limit, maximum(reshape(norm, []), limit)) // []
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, multiply(gradient, factor)]),
  )
}

// Letters: R rows (outputs), C columns (inputs) of a weight, N the smaller of both, M the larger.
/**
 * Muon's direction: momentum whose singular values are all made about 1, so that rare directions of a matrix move
 * as far as common ones (Keller Jordan 2024, https://kellerjordan.github.io/posts/muon/, and its code,
 * https://github.com/KellerJordan/Muon). Where we keep several maps in one matrix (queryKeyValue, gateUp), they
 * are made orthogonal together, as that code does.
 */
import {
  add,
  divide,
  interpolate,
  matmul,
  multiply,
  scalar,
  squareRoot,
  sumAll,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'

/** Share of the past in the momentum, as in the source; β1 is Adam's and has no part in it. */
export const muonMomentum = 0.95

/** Coefficients a, b, c of σ → aσ + bσ³ + cσ⁵, tuned by the source for a steep rise at 0 rather than for a limit of 1. */
const coefficients = [3.4445, -4.775, 2.0315] as const
const iterations = 5
/** Keeps a gradient of zeros from becoming 0 / 0. */
const normFloor = 1e-7

/**
 * @param gradient [R, C]
 * @param momentum [R, C], this gradient included
 * @returns [R, C]: the Nesterov momentum, orthogonalised, times √max(1, R / C)
 */
export function muonDirection(gradient: Tensor, momentum: Tensor): Tensor {
  const [rows, columns] = gradient.shape as [number, number]
  const ahead = interpolate(gradient, momentum, scalar(muonMomentum))
  return multiply(orthogonalised(ahead), Math.sqrt(Math.max(1, rows / columns)))
}

/**
 * Newton-Schulz: the matrix with the same singular vectors and singular values near 1 (about 0.7 to 1.2), by
 * products alone. The wide side is kept last, so that X Xᵀ is the smaller of the two squares.
 *
 * @param matrix [R, C]
 * @returns [R, C]
 */
export function orthogonalised(matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape as [number, number]
  const isTall = rows > columns
  const wide = isTall ? transpose(matrix, 1, 0) : matrix
  // The length as a vector is at least the largest singular value: all of them are at most 1 from here on.
  let x = divide(wide, add(squareRoot(sumAll(multiply(wide, wide))), normFloor)) // [N, M]
  const [a, b, c] = coefficients
  for (let iteration = 0; iteration < iterations; iteration++) {
    const square = matmul(x, x, { transposeRight: true }) // [N, N]
    const polynomial = add(multiply(square, b), multiply(matmul(square, square), c)) // [N, N]
    x = add(multiply(x, a), matmul(polynomial, x))
  }
  return isTall ? transpose(x, 1, 0) : x
}

// Blocks that mix by the structure of a puzzle instead of by learnt positions or attention.
// Letters: S cells, F symbols that are exchanged (1 where cells are the nodes), B batch, D width, G groups, H hidden width.
// A node is a cell or, for `fields`, a cell with one symbol; nodes are the outermost axis: [S·F, B, D].
import {
  add,
  broadcast,
  concatenate,
  constant,
  filled,
  linear,
  matmul,
  maximum,
  multiply,
  reduceSum,
  reshape,
  rmsNorm,
  slice,
  type Tensor,
} from '@tiny-recursive-models/tensor'
import { fieldCount, type ModelConfig, structureOfModel } from './config.ts'
import { type Rounding, roundingOf } from './precision.ts'
import type { PuzzleStructure } from './structure.ts'
import type { GroupKind, GroupWeights, PerceptronWeights, StructuredBlock } from './weight-tree.ts'

/** One block: [S·F, B, D] → [S·F, B, D]. */
export function structuredBlock(
  { mixer, feedForward }: StructuredBlock<Tensor>,
  config: ModelConfig,
): (h: Tensor) => Tensor {
  const { grid } = structureOfModel(config)
  const rounded = roundingOf(config)
  const mix = (x: Tensor): Tensor =>
    'around' in mixer
      ? mixNeighbours(x, mixer.around, grid, rounded)
      : mixGroups(x, mixer, fieldCount(config), rounded)
  return (h) => residual(residual(h, config, mix), config, (x) => perceptron(x, feedForward, rounded))
}

/**
 * h + f(rms(h)) or, as in the published blocks, rms(h + f(h)). The first is never rounded: what many blocks add to one
 * another would be lost in it.
 */
function residual(h: Tensor, config: ModelConfig, f: (x: Tensor) => Tensor): Tensor {
  const rounded = roundingOf(config)
  if (config.norm === 'before') return add(h, f(rounded(rmsNorm(h))))
  const x = rounded(h)
  return rounded(rmsNorm(add(x, f(x))))
}

/** Every node tells its groups something, and they, and with fields the symbols of its cell, tell it something back. */
function mixGroups(
  x: Tensor,
  { value, groups, cell }: GroupWeights<Tensor>,
  fields: number,
  rounded: Rounding,
): Tensor {
  const said = relu(rowwise(x, value, rounded)) // [S·F, B, D]
  const heard = askGroups(said, groups, fields, rounded)
  return cell ? add(heard, askSymbols(said, cell, fields, rounded)) : heard
}

/**
 * Every group adds up what its cells say, thinks with a small net, and tells all its cells. With fields each symbol
 * does so on its own, by the same weights.
 */
function askGroups(
  said: Tensor,
  kinds: readonly GroupKind<Tensor>[],
  fields: number,
  rounded: Rounding,
): Tensor {
  const [nodes, batch, width] = said.shape as [number, number, number]
  const cells = nodes / fields
  const members = kinds.flatMap((kind) => kind.members)
  const membership = rounded(membershipMatrix(members, cells)) // [G, S]
  const sums = rounded(matmul(membership, reshape(said, [cells, fields * batch * width]))) // [G, F·B·D]
  let first = 0
  const thoughts = kinds.map(({ net, members: { length } }) => {
    const ofKind = slice(sums, 0, first, first + length)
    first += length
    return perceptron(reshape(ofKind, [length * fields, batch, width]), net, rounded)
  })
  const all = reshape(concatenate(0, ...thoughts), [members.length, fields * batch * width])
  return reshape(rounded(matmul(membership, all, { transposeLeft: true })), said.shape) // [S·F, B, D]
}

/** The symbols of a cell as one more kind of group: a cell holds exactly one of them. */
function askSymbols(
  said: Tensor,
  weights: PerceptronWeights<Tensor>,
  fields: number,
  rounded: Rounding,
): Tensor {
  const [nodes, batch, width] = said.shape as [number, number, number]
  const cells = nodes / fields
  const sums = reduceSum(reshape(said, [cells, fields, batch * width]), 1) // [S, 1, B·D]
  const scaled = reshape(rounded(multiply(sums, 1 / Math.sqrt(fields))), [cells, batch, width])
  const thought = reshape(perceptron(scaled, weights, rounded), [cells, 1, batch * width])
  return reshape(broadcast(thought, [cells, fields, batch * width]), said.shape)
}

/** A cell and the eight around it, as in a 3×3 convolution; beyond the edge there are zeros. */
function mixNeighbours(
  x: Tensor,
  weights: PerceptronWeights<Tensor>,
  { rows, columns }: PuzzleStructure['grid'],
  rounded: Rounding,
): Tensor {
  const [nodes, batch, width] = x.shape as [number, number, number]
  const band = batch * width
  const wide = filled([rows, 1, band], 0)
  const sides = concatenate(1, wide, reshape(x, [rows, columns, band]), wide)
  const edge = filled([1, columns + 2, band], 0)
  const padded = concatenate(0, edge, sides, edge) // [rows + 2, columns + 2, B·D]
  const around = [0, 1, 2].flatMap((down) =>
    [0, 1, 2].map((right) => {
      const shifted = slice(slice(padded, 0, down, down + rows), 1, right, right + columns)
      return reshape(shifted, [nodes * batch, width])
    }),
  )
  return perceptron(reshape(concatenate(1, ...around), [nodes, batch, 9 * width]), weights, rounded)
}

/** down · relu(up · x) */
const perceptron = (x: Tensor, { up, down }: PerceptronWeights<Tensor>, rounded: Rounding): Tensor =>
  rowwise(relu(rowwise(x, up, rounded)), down, rounded)

const relu = (x: Tensor): Tensor => maximum(x, 0)

/** A linear map of the last axis. */
function rowwise(x: Tensor, weight: Tensor, rounded: Rounding): Tensor {
  const [nodes, batch, width] = x.shape as [number, number, number]
  const [outputs] = weight.shape as [number, number]
  return reshape(rounded(linear(reshape(x, [nodes * batch, width]), weight)), [nodes, batch, outputs])
}

/** [G, S]: 1/√n where a group of n cells holds the cell, so that sums keep their size. */
function membershipMatrix(groups: readonly (readonly number[])[], cells: number): Tensor {
  const values = new Float32Array(groups.length * cells)
  groups.forEach((members, group) => {
    for (const cell of members) values[group * cells + cell] = 1 / Math.sqrt(members.length)
  })
  return constant(values, [groups.length, cells])
}

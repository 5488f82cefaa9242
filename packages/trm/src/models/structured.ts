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
import { fieldCount, type ModelConfig, type StructuredMixer, structureOfModel } from './config.ts'
import type { PuzzleStructure } from './structure.ts'
import type { Weights } from './weights.ts'

/** One block, from its weights by the end of their names: [S·F, B, D] → [S·F, B, D]. */
export function structuredBlock(h: Tensor, weights: Weights, config: ModelConfig): Tensor {
  const structure = structureOfModel(config)
  const mix = mixers[config.mixer as StructuredMixer]
  const mixed = residual(h, config, (x) => mix(x, weights, structure, fieldCount(config)))
  return residual(mixed, config, (x) => perceptron(x, weights, 'feedForward'))
}

/** h + f(rms(h)) or, as in the published blocks, rms(h + f(h)). */
function residual(h: Tensor, { norm }: ModelConfig, f: (x: Tensor) => Tensor): Tensor {
  return norm === 'before' ? add(h, f(rmsNorm(h))) : rmsNorm(add(h, f(h)))
}

type Mixer = (x: Tensor, weights: Weights, structure: PuzzleStructure, fields: number) => Tensor

const mixers: Readonly<Record<StructuredMixer, Mixer>> = {
  groups: (x, weights, structure, fields) => askGroups(say(x, weights), weights, structure, fields),
  fields: (x, weights, structure, fields) => {
    const said = say(x, weights)
    return add(askGroups(said, weights, structure, fields), askSymbols(said, weights, fields))
  },
  neighbours: mixNeighbours,
}

/** What every node tells its groups: [S·F, B, D]. */
const say = (x: Tensor, weights: Weights): Tensor => relu(rowwise(x, weights['mixer.value']!))

/**
 * Every group adds up what its cells say, thinks with a small net, and tells all its cells. With fields each symbol
 * does so on its own, by the same weights.
 */
function askGroups(said: Tensor, weights: Weights, { groups }: PuzzleStructure, fields: number): Tensor {
  const [nodes, batch, width] = said.shape as [number, number, number]
  const cells = nodes / fields
  const members = Object.values(groups).flat()
  const membership = membershipMatrix(members, cells) // [G, S]
  const sums = matmul(membership, reshape(said, [cells, fields * batch * width])) // [G, F·B·D]
  let first = 0
  const thoughts = Object.entries(groups).map(([kind, { length }]) => {
    const ofKind = slice(sums, 0, first, first + length)
    first += length
    return perceptron(reshape(ofKind, [length * fields, batch, width]), weights, `mixer.${kind}`)
  })
  const all = reshape(concatenate(0, ...thoughts), [members.length, fields * batch * width])
  return reshape(matmul(membership, all, { transposeLeft: true }), said.shape) // [S·F, B, D]
}

/** The symbols of a cell as one more kind of group: a cell holds exactly one of them. */
function askSymbols(said: Tensor, weights: Weights, fields: number): Tensor {
  const [nodes, batch, width] = said.shape as [number, number, number]
  const cells = nodes / fields
  const sums = reduceSum(reshape(said, [cells, fields, batch * width]), 1) // [S, 1, B·D]
  const scaled = reshape(multiply(sums, 1 / Math.sqrt(fields)), [cells, batch, width])
  const thought = reshape(perceptron(scaled, weights, 'mixer.cell'), [cells, 1, batch * width])
  return reshape(broadcast(thought, [cells, fields, batch * width]), said.shape)
}

/** A cell and the eight around it, as in a 3×3 convolution; beyond the edge there are zeros. */
function mixNeighbours(x: Tensor, weights: Weights, { grid }: PuzzleStructure): Tensor {
  const [nodes, batch, width] = x.shape as [number, number, number]
  const { rows, columns } = grid
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
  return perceptron(reshape(concatenate(1, ...around), [nodes, batch, 9 * width]), weights, 'mixer.around')
}

/** down · relu(up · x) */
function perceptron(x: Tensor, weights: Weights, name: string): Tensor {
  return rowwise(relu(rowwise(x, weights[`${name}.up`]!)), weights[`${name}.down`]!)
}

const relu = (x: Tensor): Tensor => maximum(x, 0)

/** A linear map of the last axis. */
function rowwise(x: Tensor, weight: Tensor): Tensor {
  const [nodes, batch, width] = x.shape as [number, number, number]
  return reshape(linear(reshape(x, [nodes * batch, width]), weight), [nodes, batch, weight.shape[0]!])
}

/** [G, S]: 1/√n where a group of n cells holds the cell, so that sums keep their size. */
function membershipMatrix(groups: readonly (readonly number[])[], cells: number): Tensor {
  const values = new Float32Array(groups.length * cells)
  groups.forEach((members, group) => {
    for (const cell of members) values[group * cells + cell] = 1 / Math.sqrt(members.length)
  })
  return constant(values, [groups.length, cells])
}

// Letters: B slots of the batch, P pieces, E length of a puzzle embedding.
/** What the ranks of a training tell each other in a step, and for a checkpoint. */
import { floatTensor, type HostTensor, InputError } from '@tiny-recursive-models/tensor'
import type { Precision } from '../models/precision.ts'
import { weightTypes } from '../models/weights.ts'
import { metricNames } from '../programs/losses.ts'
import { carryTypes, type StepConfig, trainedNames } from '../programs/programs.ts'
import { NarrowSum } from './narrow-sum.ts'
import { carryOfPiece, type Feeds } from './piece-runner.ts'
import { type PieceRange, piecesOfRank, type RankSum, type Ranks } from './ranks.ts'

/** What a rank wants to happen after the step; one that says yes is enough. */
export interface Votes {
  readonly stop: boolean
  readonly timeIsUp: boolean
}

export const noVotes: Votes = { stop: false, timeIsUp: false }

/** What a rank computed in a step or, afterwards, all of them. */
export interface RankResults {
  /** Of the pieces of this rank, or of all: metrics, halted and, with puzzle embeddings, rowGradient. */
  readonly outputs: readonly Feeds[]
  /** The sum over these pieces, by the names of the trained weights. */
  readonly gradient: ReadonlyMap<string, HostTensor>
  readonly votes: Votes
}

interface Part {
  readonly shape: readonly number[]
  readonly from: number
  readonly to: number
}

/**
 * A step needs one sum over all ranks. The gradient comes first; behind it lies a place for everything else that a piece
 * gives, which all ranks but one leave at 0, so that the sum hands it on unchanged. A gradient that travels as bfloat16
 * needs another.
 */
export class RankExchange {
  readonly ranks: Ranks
  /** The pieces of this rank. */
  readonly own: PieceRange
  readonly #config: StepConfig
  readonly #gradient = new Map<string, Part>()
  /** One for each piece. */
  readonly #outputs: Readonly<Record<string, Part>>[] = []
  readonly #votes: Part
  readonly #sums: readonly RankSum[]
  /** Where the parts of the gradient lie, and all others. */
  readonly #gradientValues: Float32Array
  readonly #values: Float32Array

  /** @param precision of the gradients on their way */
  constructor(ranks: Ranks, config: StepConfig, precision: Precision = 'float32') {
    const { model, batch, microBatch } = config
    const pieces = batch / microBatch
    if (pieces < ranks.size) throw tooManyRanks(ranks.size, config)
    this.ranks = ranks
    this.#config = config
    this.own = piecesOfRank(pieces, ranks.rank, ranks.size)
    let end = 0
    const place = (...shape: number[]): Part => {
      const from = end
      end += shape.reduce((product, length) => product * length, 1)
      return { shape, from, to: end }
    }
    const types = weightTypes(model)
    for (const name of trainedNames(model)) this.#gradient.set(name, place(...types[name]!.shape))
    const weights = end
    end = 0
    for (let piece = 0; piece < pieces; piece++) {
      this.#outputs.push({
        metrics: place(metricNames.length),
        halted: place(microBatch),
        ...(model.puzzleEmbeddingWidth > 0 && { rowGradient: place(microBatch, model.puzzleEmbeddingWidth) }),
      })
    }
    this.#votes = place(2)
    if (precision === 'bfloat16') {
      this.#sums = [new NarrowSum(ranks, weights), ranks.openSum(end)]
      this.#gradientValues = this.#sums[0]!.values
      this.#values = this.#sums[1]!.values
    } else {
      const sum = ranks.openSum(weights + end)
      this.#sums = [sum]
      this.#gradientValues = sum.values.subarray(0, weights)
      this.#values = sum.values.subarray(weights)
    }
  }

  /** Hands in what this rank has, and gives what all have. The tensors hold until the next call. */
  async run({ outputs, gradient, votes }: RankResults): Promise<RankResults> {
    const values = this.#values
    values.fill(0)
    for (const [name, { from }] of this.#gradient) this.#gradientValues.set(gradient.get(name)!.data, from)
    for (const [index, tensors] of outputs.entries()) {
      const parts = this.#outputs[this.own.from + index]!
      for (const [name, { from }] of Object.entries(parts)) values.set(tensors[name]!.data, from)
    }
    values.set([Number(votes.stop), Number(votes.timeIsUp)], this.#votes.from)
    for (const sum of this.#sums) await sum.run()
    const [stop, timeIsUp] = values.subarray(this.#votes.from)
    return {
      outputs: this.#outputs.map((parts) =>
        Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, tensorIn(values, part)])),
      ),
      gradient: new Map(
        Array.from(this.#gradient, ([name, part]) => [name, tensorIn(this.#gradientValues, part)]),
      ),
      votes: { stop: stop! > 0, timeIsUp: timeIsUp! > 0 },
    }
  }

  /**
   * The states of all ranks, on rank 0; null on the others.
   *
   * @param states weights and the like, which all ranks have, and the carry of this rank's pieces
   * @throws InputError if the weights of the ranks have come apart
   */
  async gather(states: ReadonlyMap<string, HostTensor>): Promise<Map<string, HostTensor> | null> {
    const types = Object.entries(carryTypes(this.#config.model, this.#config.microBatch)).map(
      ([name, { shape }]) => ({ name, shape, size: shape.reduce((product, length) => product * length, 1) }),
    )
    const { ranks } = this
    const perPiece = types.reduce((sum, { size }) => sum + size, 0)
    const lengths = Array.from({ length: ranks.size }, (_, rank) => {
      const { from, to } = piecesOfRank(this.#outputs.length, rank, ranks.size)
      return markLength + (to - from) * perPiece
    })
    const own = new Float32Array(lengths[ranks.rank]!)
    own.set(markOf(states))
    let end = markLength
    for (let piece = this.own.from; piece < this.own.to; piece++) {
      for (const { name, size } of types) {
        own.set(states.get(carryOfPiece(piece)(name))!.data, end)
        end += size
      }
    }
    const all = await ranks.gather(own, lengths)
    if (all === null) return null
    const gathered = new Map(states)
    let [place, piece] = [0, 0]
    for (const [rank, length] of lengths.entries()) {
      const mark = all.subarray(place, place + markLength)
      if (mark.some((part, index) => part !== own[index])) throw cameApart(rank)
      let from = place + markLength
      place += length
      for (; from < place; piece++) {
        for (const { name, shape, size } of types) {
          gathered.set(carryOfPiece(piece)(name), floatTensor(shape, all.subarray(from, from + size)))
          from += size
        }
      }
    }
    return gathered
  }

  close(): void {
    for (const sum of this.#sums) sum.close()
  }
}

const tensorIn = (values: Float32Array, { shape, from, to }: Part): HostTensor =>
  floatTensor(shape, values.subarray(from, to))

/** Numbers below 2^16 that differ where weights do. */
const markLength = 2

function markOf(states: ReadonlyMap<string, HostTensor>): [number, number] {
  let hash = 0
  for (const [name, { data }] of states) {
    if (!name.startsWith('weights.')) continue
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length)
    for (let index = 0; index < words.length; index++) hash = (Math.imul(hash, 31) + words[index]!) | 0
  }
  return [hash >>> 16, hash & 0xffff]
}

const cameApart = (rank: number): InputError =>
  new InputError({
    who: `rank ${rank}`,
    expected: 'the weights of rank 0, bit for bit, from the same sums of gradients',
    got: 'others',
    hint: 'The machines round differently: use processors of one kind, the same version of Node and, with ONNX Runtime, the same number of threads on all. Then resume from the last checkpoint.',
  })

function tooManyRanks(size: number, { batch, microBatch }: StepConfig): InputError {
  return new InputError({
    who: 'training.microBatch',
    expected: `pieces for ${size} ranks: training.batch ${batch} divided by it at least ${size}`,
    got: `${microBatch}, which makes ${batch / microBatch}`,
    hint: 'Start fewer ranks, or use a smaller training.microBatch, such as auto, or a larger training.batch.',
  })
}

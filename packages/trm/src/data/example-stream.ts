import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { type Example, type PuzzleSet, puzzleAt } from './puzzle-set.ts'

/** A drawn example under a random symmetry of its puzzles. */
export type Augment = (example: Example, random: RandomStream) => Example

/** Puzzles that are soon learnt, and which a run may see less often than the others. */
export interface EasyPuzzles {
  /** Those with a rating below this. */
  readonly below: number
  /** Share of them that an epoch visits, 0 to 1. */
  readonly share: number
}

export interface ExampleStreamOptions {
  /** Any safe integer. */
  readonly seed: number
  /** By default examples stay as they are. */
  readonly augment?: Augment
  readonly easy?: EasyPuzzles
}

/** Training examples without end. */
export interface ExampleStream {
  /** Example number `index` of the run, counted from 0. */
  draw(index: number): Example
}

/**
 * The order in which a run sees its puzzles: every epoch visits every puzzle once (where puzzles come in groups of
 * copies, a random one of every group: reference section 6; of easy puzzles, a random share), in a new random order,
 * each visit under its own augmentation. `draw(index)` is a pure function of (set, seed, index), so a resumed run goes
 * on with exactly the examples that it would have seen; only the number of examples drawn has to be kept.
 */
export function exampleStream(set: PuzzleSet, { seed, augment, easy }: ExampleStreamOptions): ExampleStream {
  if (set.count < 1) {
    throw new InputError({
      who: `puzzle set "${set.name}"`,
      expected: 'at least one puzzle to draw from',
      got: 'none',
      hint: 'Check the file or the split that the set comes from.',
    })
  }
  const isEasy = easy ? easyPlaces(set, easy) : null
  const starts = set.groupStarts
  const units = starts ? starts.length - 1 : set.count
  function puzzleOf(unit: number, index: number): number {
    if (!starts) return unit
    const [start, end] = [starts[unit]!, starts[unit + 1]!]
    return start + new RandomStream(seed, 'member', index).integer(end - start)
  }
  const perEpoch = isEasy && easy ? visitsPerEpoch(set, isEasy, easy.share) : units
  // Batches run across the end of an epoch, so the orders of two epochs are in use at a time.
  const orders = new Map<number, Uint32Array>()
  function orderOf(epoch: number): Uint32Array {
    let order = orders.get(epoch)
    if (order === undefined) {
      order = new RandomStream(seed, 'order', epoch).permutation(units)
      if (easy && isEasy) order = withFewerEasy(order, isEasy, easy.share)
      for (const old of orders.keys()) if (orders.size > 1) orders.delete(old)
      orders.set(epoch, order)
    }
    return order
  }
  return {
    draw(index) {
      if (!Number.isSafeInteger(index) || index < 0) {
        throw new InputError({
          who: `puzzle set "${set.name}"`,
          expected: 'the number of an example, a whole number from 0',
          got: String(index),
          hint: 'Count the examples drawn since the start of the run.',
        })
      }
      const order = orderOf(Math.floor(index / perEpoch))
      const puzzle = puzzleAt(set, puzzleOf(order[index % perEpoch]!, index))
      return augment ? augment(puzzle, new RandomStream(seed, 'augment', index)) : puzzle
    },
  }
}

/** [count]: whether the puzzle is rated as easy. */
function easyPlaces({ name, count, rating }: PuzzleSet, { below }: EasyPuzzles): readonly boolean[] {
  if (rating) return Array.from({ length: count }, (_, puzzle) => rating[puzzle]! < below)
  throw new InputError({
    who: `puzzle set "${name}"`,
    expected: 'ratings, by which data.easyBelow recognises easy puzzles',
    got: 'puzzles without any',
    hint: 'Take a file with a column "rating", or set `data.easyBelow=null`.',
  })
}

const easyVisits = (isEasy: readonly boolean[], share: number): number =>
  Math.round(share * isEasy.filter(Boolean).length)

function visitsPerEpoch({ name, count }: PuzzleSet, isEasy: readonly boolean[], share: number): number {
  const visits = count - isEasy.filter(Boolean).length + easyVisits(isEasy, share)
  if (visits > 0) return visits
  throw new InputError({
    who: `puzzle set "${name}"`,
    expected: 'at least one puzzle to draw from',
    got: 'only easy ones, of which data.easyShare leaves none',
    hint: 'Raise data.easyShare, or lower data.easyBelow.',
  })
}

/** An order of all puzzles without the last of its easy ones. */
function withFewerEasy(order: Uint32Array, isEasy: readonly boolean[], share: number): Uint32Array {
  let left = easyVisits(isEasy, share)
  return order.filter((puzzle) => !isEasy[puzzle] || left-- > 0)
}

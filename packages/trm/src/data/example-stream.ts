import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { augmentMaze } from '../puzzles/maze/augment.ts'
import { mazeSizeOf, mazeSymbols } from '../puzzles/maze/grid.ts'
import { applySymmetry, drawSymmetry } from '../puzzles/sudoku/augment.ts'
import { type Example, type PuzzleSet, puzzleAt } from './puzzle-set.ts'

/** How each drawn example is changed: not at all, or by a random symmetry of its kind. */
export type Augmentation = 'none' | 'sudoku' | 'maze'

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
  readonly augment: Augmentation
  readonly easy?: EasyPuzzles
}

/** Training examples without end. */
export interface ExampleStream {
  /** Example number `index` of the run, counted from 0. */
  draw(index: number): Example
}

const augmentations: Record<
  Augmentation,
  (set: PuzzleSet, puzzle: Example, random: RandomStream) => Example
> = {
  none: (_set, puzzle) => puzzle,
  sudoku: (set, puzzle, random) => {
    const symmetry = drawSymmetry(set.box!, random)
    return {
      inputs: applySymmetry(symmetry, puzzle.inputs),
      labels: applySymmetry(symmetry, puzzle.labels),
      identifier: puzzle.identifier,
    }
  },
  maze: (_set, puzzle, random) => augmentMaze(puzzle, random),
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
      hint: 'Check the file or the split that the set was made from.',
    })
  }
  if (augment === 'sudoku' && set.box === undefined) {
    throw new InputError({
      who: `puzzle set "${set.name}"`,
      expected: 'a box shape, which Sudoku augmentation needs',
      got: 'none',
      hint: 'Set augment to "none", or read the set as a Sudoku set.',
    })
  }
  if (augment === 'maze' && (mazeSizeOf(set.cells) === undefined || set.symbols !== mazeSymbols)) {
    throw new InputError({
      who: `puzzle set "${set.name}"`,
      expected: `mazes of N² cells and ${mazeSymbols} symbols, which maze augmentation needs`,
      got: `${set.cells} cells and ${set.symbols} symbols`,
      hint: 'Set augment to "none", or read the set as mazes.',
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
      return augmentations[augment](set, puzzle, new RandomStream(seed, 'augment', index))
    },
  }
}

/** [count]: whether the puzzle is rated as easy. */
function easyPlaces({ name, count, rating }: PuzzleSet, { below }: EasyPuzzles): readonly boolean[] {
  if (rating) return Array.from({ length: count }, (_, puzzle) => rating[puzzle]! < below)
  throw new InputError({
    who: `puzzle set "${name}"`,
    expected: 'ratings, by which data.easyBelow tells easy puzzles',
    got: 'puzzles without any',
    hint: 'Take a file with a column "rating", or write --set data.easyBelow=null.',
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
    got: 'easy ones only, of which data.easyShare leaves none',
    hint: 'Raise data.easyShare, or lower data.easyBelow.',
  })
}

/** An order of all puzzles without the last of its easy ones. */
function withFewerEasy(order: Uint32Array, isEasy: readonly boolean[], share: number): Uint32Array {
  let left = easyVisits(isEasy, share)
  return order.filter((puzzle) => !isEasy[puzzle] || left-- > 0)
}

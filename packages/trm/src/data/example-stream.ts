import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { augmentMaze } from './maze/augment.ts'
import { mazeSizeOf, mazeSymbols } from './maze/grid.ts'
import { type Example, type PuzzleSet, puzzleAt } from './puzzle-set.ts'
import { applySymmetry, drawSymmetry } from './sudoku/augment.ts'

/** How each drawn example is changed: not at all, or by a random symmetry of its kind. */
export type Augmentation = 'none' | 'sudoku' | 'maze'

export interface ExampleStreamOptions {
  /** Any safe integer. */
  readonly seed: number
  readonly augment: Augmentation
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
 * copies, a random one of every group: reference section 6), in a new random order, each visit under its own
 * augmentation. `draw(index)` is a pure function of (set, seed, index), so a resumed run goes
 * on with exactly the examples that it would have seen; only the number of examples drawn has to be kept.
 */
export function exampleStream(set: PuzzleSet, { seed, augment }: ExampleStreamOptions): ExampleStream {
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
  const starts = set.groupStarts
  const units = starts ? starts.length - 1 : set.count
  function puzzleOf(unit: number, index: number): number {
    if (!starts) return unit
    const [start, end] = [starts[unit]!, starts[unit + 1]!]
    return start + new RandomStream(seed, 'member', index).integer(end - start)
  }
  // Batches run across the end of an epoch, so the orders of two epochs are in use at a time.
  const orders = new Map<number, Uint32Array>()
  function orderOf(epoch: number): Uint32Array {
    let order = orders.get(epoch)
    if (order === undefined) {
      order = new RandomStream(seed, 'order', epoch).permutation(units)
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
      const order = orderOf(Math.floor(index / units))
      const puzzle = puzzleAt(set, puzzleOf(order[index % units]!, index))
      return augmentations[augment](set, puzzle, new RandomStream(seed, 'augment', index))
    },
  }
}

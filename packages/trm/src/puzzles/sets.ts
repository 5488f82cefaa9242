/** Puzzles of one kind as the sets of a run. */
import { InputError } from '@tiny-recursive-models/tensor'
import { trainingPuzzles } from '../data/data-sets.ts'
import type { Augment, EasyPuzzles } from '../data/example-stream.ts'
import type { LoadedParts } from '../data/parts.ts'
import { type Example, type PuzzleSet, packPuzzles, type SolvedPuzzle } from '../data/puzzle-set.ts'
import type { Board } from './family.ts'

/** Puzzles of one board as a set; each under its own identifier 0. */
export function boardSet(board: Board, puzzles: readonly SolvedPuzzle[], name: string): PuzzleSet {
  return packPuzzles(puzzles, { name, cells: board.rows * board.columns, symbols: board.names.length })
}

/** The change of a drawn example: that of the board, or question and answer under one of its symmetries. */
export function augmentationOf({ augment, symmetry, title }: Board): Augment {
  if (augment) return augment
  if (symmetry === undefined) {
    throw new InputError({
      who: 'data.augment',
      expected: `false, since no symmetry of a ${title} is known`,
      got: 'true',
      hint: 'Set `data.augment=false`.',
    })
  }
  return ({ inputs, labels, identifier }: Example, random) => {
    const { apply } = symmetry(random)
    return { inputs: apply(inputs), labels: apply(labels), identifier }
  }
}

interface StoredSets {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  readonly test: PuzzleSet
  readonly trainIndices?: readonly number[] | null
  readonly validationIndices?: readonly number[] | null
}

/** @param augment whether drawn examples are changed by the symmetries of the board */
export function storedParts(
  { train, validation, test, trainIndices = null, validationIndices = null }: StoredSets,
  board: Board,
  { augment, easy }: { readonly augment: boolean; readonly easy?: EasyPuzzles },
): LoadedParts {
  return {
    train: trainingPuzzles(train, {
      ...(augment && { augment: augmentationOf(board) }),
      ...(easy && { easy }),
    }),
    validation,
    test,
    augment: augment ? board.kind.puzzle : 'none',
    trainIndices,
    validationIndices,
  }
}

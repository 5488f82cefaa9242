import { type BoxShape, boxShapes, InputError, largestMaze, mazeSymbols } from '@tiny-recursive-models/trm'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'

/** What a model solves. */
export type PuzzleKind =
  | { readonly puzzle: 'sudoku'; readonly shape: BoxShape }
  | { readonly puzzle: 'maze'; readonly size: number }

/** The kind of puzzles of a model; one that is neither of Sudokus nor of mazes is refused. */
export function puzzleKindOf({ recipe, model, source }: OpenedModel): PuzzleKind {
  const { data } = recipe
  switch (data.kind) {
    case 'sudoku-generated':
    case 'sudoku-file':
      return { puzzle: 'sudoku', shape: { boxRows: data.boxRows, boxColumns: data.boxColumns } }
    case 'maze-generated':
    case 'maze-file':
      return { puzzle: 'maze', size: data.size }
    case 'official-folder': {
      // A published folder does not name its puzzles; these are the sizes of the published ones.
      const { cells, symbols } = model.config
      if (cells === 81 && symbols === 11) return { puzzle: 'sudoku', shape: boxShapes['9x9'] }
      if (cells === largestMaze ** 2 && symbols === mazeSymbols) return { puzzle: 'maze', size: largestMaze }
      throw new InputError({
        who: source,
        expected: 'a model of Sudokus or mazes',
        got: `a model of ${data.path ?? 'other puzzles'}`,
        hint: 'trm solve reads these only; trm eval measures models of every kind.',
      })
    }
  }
}

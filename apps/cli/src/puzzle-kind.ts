import { InputError, type PuzzleKind, puzzleKindOf } from '@tiny-recursive-models/trm'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'

/** The kind of puzzles of a model; one that is neither of Sudokus nor of mazes is refused. */
export function puzzleKindOfModel({ recipe, model, source }: OpenedModel): PuzzleKind {
  const { data } = recipe
  const kind = puzzleKindOf(data, model.config)
  if (kind !== undefined) return kind
  throw new InputError({
    who: source,
    expected: 'a model of Sudokus or mazes',
    got: `a model of ${('path' in data && data.path) || 'other puzzles'}`,
    hint: 'trm solve reads these only; trm eval measures models of every kind.',
  })
}

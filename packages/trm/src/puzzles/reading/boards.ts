import type { Board, GridFamily, PuzzleKind } from '../family.ts'

const boards = new WeakMap<GridFamily, Map<string, Board>>()

/** The board of a kind, made once: a row must not make one of its own. */
export function cachedBoard(family: GridFamily, kind: PuzzleKind): Board {
  const known = boards.get(family) ?? new Map<string, Board>()
  const key = JSON.stringify(kind)
  const board = known.get(key) ?? family.board(kind)
  boards.set(family, known.set(key, board))
  return board
}

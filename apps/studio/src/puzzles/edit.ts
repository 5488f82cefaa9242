/** What keys and clicks make of a question: functions from one [S] to the next. */
import type { Board } from '@tiny-recursive-models/trm'

/** Where they stand for no symbol of the board. */
const erasers = ['Backspace', 'Delete', '0', '.', ' ']

/** What an erased cell holds. */
export const erased = ({ structure }: Board): number => structure.open[0]!

/** The question after a key that writes into a cell; undefined for other keys. */
export function writeByKey(
  board: Board,
  question: Int32Array,
  cell: number,
  key: string,
): Int32Array | undefined {
  const { mode, keys, palette } = board.editing
  // Small letters are symbols of their own where a board has both.
  const name = [key, key.toLowerCase()].find((one) => Object.hasOwn(keys, one))
  if (name !== undefined) return write(board, question, cell, keys[name]!)
  if (erasers.includes(key)) return write(board, question, cell, erased(board))
  return mode === 'paint' && key === 'Enter' ? paint(board, question, cell, palette[0]!) : undefined
}

/** A symbol of which there is one only is taken away where it stood. */
export function write(board: Board, question: Int32Array, cell: number, token: number): Int32Array {
  const isSingle = board.editing.single.includes(token)
  const next = isSingle ? question.map((was) => (was === token ? erased(board) : was)) : question.slice()
  next[cell] = token
  return next
}

/** What a click with a symbol in hand makes of a cell: a second one takes it away again. */
export function paint(board: Board, question: Int32Array, cell: number, token: number): Int32Array {
  const isThere = question[cell] === token && !board.editing.single.includes(token)
  return write(board, question, cell, isThere ? erased(board) : token)
}

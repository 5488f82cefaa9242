/** The candidates of a doubtful cell, as somebody would pencil them into it. */
import { type CellView, sureCell } from '../grid/cells.ts'

export interface PencilMark {
  readonly text: string
  /** From 0. */
  readonly column: number
  readonly row: number
  /** 0 to 1: what is likelier is larger. */
  readonly strength: number
  /** The answer of the cell. */
  readonly isBest: boolean
}

/** Others would be specks. */
const leastMarked = 0.01

export const isDoubtful = ({ confidence, look }: CellView): boolean =>
  confidence !== null && confidence < sureCell && look.shape !== 'solid'

export function pencilMarks({ candidates, token: answer }: CellView): {
  columns: number
  rows: number
  marks: PencilMark[]
} {
  const columns = Math.ceil(Math.sqrt(candidates.length))
  const rows = Math.ceil(candidates.length / columns)
  const marks = candidates
    .map(({ token, look, probability }, index) => ({
      text: look.text,
      column: index % columns,
      row: Math.floor(index / columns),
      strength: Math.sqrt(probability),
      isBest: token === answer,
    }))
    .filter(({ strength, isBest }) => strength ** 2 >= leastMarked || isBest)
  return { columns, rows, marks }
}

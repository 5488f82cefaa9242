/** How good an answer to an ARC test input is. S = side² cells of the canvas. */
import { cropTokens, encodeGrid, type Grid, gridsEqual } from '@tiny-recursive-models/trm/puzzles/arc'
import type { Judgement } from '../grid/judge.ts'

/** @param output null where it is not known: then no answer can be judged */
export function judgeArc(answer: Int32Array, side: number, output: Grid | null): Judgement {
  if (output === null) return { isSolved: false, wrong: [], reason: 'The correct answer is not known.' }
  const shown = cropTokens(answer, side)
  if (gridsEqual(shown, output)) return { isSolved: true, wrong: [], reason: '' }
  if (shown.rows !== output.rows || shown.columns !== output.columns) {
    const sizes = `${shown.rows}×${shown.columns} cells instead of ${output.rows}×${output.columns}`
    return { isSolved: false, wrong: [], reason: `Its grid has ${sizes}.` }
  }
  const right = encodeGrid(output, side)
  const wrong = [...answer.keys()].filter(
    (cell) => isShown(cell, side, output) && answer[cell] !== right[cell],
  )
  const of = output.rows * output.columns
  return {
    isSolved: false,
    wrong,
    reason: `${wrong.length} of ${of} cells ${wrong.length === 1 ? 'is' : 'are'} wrong.`,
  }
}

const isShown = (cell: number, side: number, { rows, columns }: Grid): boolean =>
  cell % side < columns && Math.floor(cell / side) < rows

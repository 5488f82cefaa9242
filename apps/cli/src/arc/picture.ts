/** An ARC task as a picture: its pairs, and answers beside the solution with the differences marked. */

import { plural } from '@tiny-recursive-models/trm/format'
import type { ArcTask, Grid } from '@tiny-recursive-models/trm/puzzles/arc'
import type { CellGrid, CellStyle, Panel, PanelRow, Picture } from '../output/picture.ts'

export interface ArcAnswer {
  /** Such as `attempt 1`. */
  readonly title: string
  readonly output: Grid
  /** Where it comes from a vote: what speaks for it. */
  readonly vote?: { readonly votes: number; readonly meanProbability: number }
}

/** The colours in which ARC tasks are shown everywhere; source: arcprize.org, the testing interface. */
const arcPalette: readonly CellStyle[] = [
  '#000000',
  '#0074d9',
  '#ff4136',
  '#2ecc40',
  '#ffdc00',
  '#aaaaaa',
  '#f012be',
  '#ff851b',
  '#7fdbff',
  '#870c25',
].map((colour, number) => ({ colour, sign: number === 0 ? '·' : String(number) }))

/** @param answers what was answered to each test input; none where there are no answers */
export function arcPicture(task: ArcTask, answers: readonly (readonly ArcAnswer[])[] = []): Picture {
  const { id, subset, train, test } = task
  const rows: PanelRow[] = train.map(({ input, output }, index) => ({
    heading: `training pair ${index + 1}`,
    groups: [[gridPanel('input', input), gridPanel('output', output)]],
  }))
  test.forEach(({ input, output }, index) => {
    const solution = output ? [gridPanel('solution', output)] : []
    const answered = (answers[index] ?? []).map((answer) => answerPanel(answer, output))
    const groups = [[gridPanel('input', input)], [...solution, ...answered]]
    rows.push({ heading: `test input ${index + 1}`, groups })
  })
  const counts = `${plural(train.length, 'training pair')}, ${plural(test.length, 'test input')}`
  return { title: `${id} · ${subset} · ${counts}`, palette: arcPalette, rows }
}

const cellGrid = ({ rows, columns, colours }: Grid): CellGrid => ({ rows, columns, cells: colours })

const gridPanel = (what: string, grid: Grid): Panel => ({
  title: `${what} ${grid.rows}×${grid.columns}`,
  grid: cellGrid(grid),
})

function answerPanel({ title, output }: ArcAnswer, solution: Grid | null): Panel {
  if (solution === null) return { title, grid: cellGrid(output) }
  const marked = differingCells(output, solution)
  return { title, grid: { ...cellGrid(output), marked }, caption: describeDifference(output, solution) }
}

/** Cells of an answer that are not as in the solution, those outside of it too. */
export function differingCells(answer: Grid, solution: Grid): Set<number> {
  const found = new Set<number>()
  answer.colours.forEach((colour, place) => {
    const [row, column] = [Math.floor(place / answer.columns), place % answer.columns]
    const isInside = row < solution.rows && column < solution.columns
    if (!isInside || solution.colours[row * solution.columns + column] !== colour) found.add(place)
  })
  return found
}

/** `right`, `3 of 9 cells differ`, `3×3 instead of 5×5` */
export function describeDifference(answer: Grid, solution: Grid): string {
  if (answer.rows !== solution.rows || answer.columns !== solution.columns)
    return `${answer.rows}×${answer.columns} instead of ${solution.rows}×${solution.columns}`
  const count = differingCells(answer, solution).size
  return count === 0 ? 'correct' : `${count} of ${plural(solution.colours.length, 'cell')} differ`
}

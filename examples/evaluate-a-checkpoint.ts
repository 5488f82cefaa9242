/**
 * Measures a model on new puzzles of its kind, with all supervision steps and with early halting.
 *
 *   npx tsx examples/evaluate-a-checkpoint.ts [MODEL] [COUNT]
 *
 * MODEL is a shipped model (sudoku-6x6 by default; `npx trm models` lists them), a run folder or a checkpoint file,
 * of puzzles that can be generated. COUNT puzzles (200 by default) are.
 */
import { boardOfData, boardSet, evaluate, newPuzzle } from '@tiny-recursive-models/trm'
import { openExecutor, openModel } from '@tiny-recursive-models/trm/node'

const [name = 'sudoku-6x6', count = '200'] = process.argv.slice(2)
if (!/^[1-9]\d*$/.test(count)) throw new Error(`COUNT: expected a whole number of puzzles, got ${count}`)

const { model, recipe } = await openModel(name)
const board = boardOfData(recipe.data, model.config)
if (board === undefined)
  throw new Error(`${name}: expected a model of puzzles that are grids of known symbols`)
const puzzles = Array.from({ length: Number(count) }, (_, seed) => {
  const puzzle = newPuzzle(board.kind, recipe.data, seed)
  if (puzzle === undefined) throw new Error(`${name}: puzzles of its kind, ${board.title}, are not generated`)
  return puzzle
})
const set = boardSet(board, puzzles, 'new puzzles')

const executor = await openExecutor()
for (const halting of ['full', 'early'] as const) {
  const options = { halting, ...(board.rule && { isValid: board.rule.isSolved }) }
  for await (const event of evaluate(executor, model, set, options)) {
    if (event.type !== 'done') continue
    const { exactAccuracy, cellAccuracy, validAccuracy, meanSteps } = event.report
    console.log(
      `${board.title}, ${set.count} new puzzles, ${halting} halting, ${meanSteps.toFixed(1)} steps per puzzle:`,
    )
    console.log(
      `  exact ${percent(exactAccuracy)}, cells ${percent(cellAccuracy)}, valid ${percent(validAccuracy)}`,
    )
  }
}

function percent(share: number | null): string {
  return share === null ? 'unknown' : `${(100 * share).toFixed(1)} %`
}

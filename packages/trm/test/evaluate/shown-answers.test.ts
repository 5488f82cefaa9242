import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ShownAnswers } from '../../src/evaluate/shown-answers.ts'
import { modelConfig } from '../../src/models/config.ts'
import { sudokuStructure } from '../../src/puzzles/sudoku/structure.ts'
import { recipes } from '../../src/recipes/index.ts'

const structure = sudokuStructure({ boxRows: 2, boxColumns: 2 })
const { model, noise } = recipes['sudoku-extreme-flow']
const config = modelConfig(
  { ...model, supervisionSteps: 4 },
  { cells: 16, symbols: 6, identifiers: 1 },
  structure,
)
const blank = new Int32Array(32).fill(1)
blank[0] = 3
/** Sure of the symbol 2 in every cell. */
const logits = Float32Array.from({ length: 32 * 6 }, (_, at) => (at % 6 === 2 ? 1e9 : 0))
const [begin, goOn] = [Float32Array.of(1, 1), Float32Array.of(0, 0)]
const copy = ({ data }: { data: ArrayLike<number> }) => Float32Array.from(data)

test('a flow goes from its noise to the prediction in a straight line, in as many steps as in training', () => {
  const shown = new ShownAnswers(config, noise!, 2)
  const first = copy(shown.next(blank, begin))
  for (let step = 1; step <= 6; step++) {
    shown.note(logits)
    const now = copy(shown.next(blank, goOn))
    const share = Math.min(1, step / 4)
    now.forEach((value, at) => {
      const target = at < 4 ? 0 : at % 4 === 0 ? 1 : 0
      const wanted = at < 4 ? 0 : (1 - share) * first[at]! + share * target
      assert.ok(Math.abs(value - wanted) < 1e-5, `step ${step}, place ${at}: ${value}, not ${wanted}`)
    })
  }
  shown.note(logits)
  assert.deepEqual(copy(shown.next(blank, begin)), first, 'a new puzzle begins in the noise')
})

test('noise alone is the same for the same question in any slot, and another in every step and attempt', () => {
  const shown = new ShownAnswers(config, { ...noise!, atTest: 'noise', shared: false }, 2)
  const same = Int32Array.from([...blank.subarray(16), ...blank.subarray(16)])
  const first = copy(shown.next(same, begin, [0, 0]))
  assert.deepEqual(first.slice(0, 64), first.slice(64))
  shown.note(logits)
  assert.notDeepEqual(copy(shown.next(same, goOn, [0, 0])), first)
  const attempts = copy(shown.next(same, begin, [0, 1]))
  assert.deepEqual(attempts.slice(0, 64), first.slice(0, 64))
  assert.notDeepEqual(attempts.slice(64), first.slice(64))
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Executor } from '@tiny-recursive-models/tensor'
import {
  BatchSolver,
  QueueFullError,
  type Solution,
  type SolveRequest,
  type Solver,
  SolverQueue,
} from '../../src/evaluate/index.ts'
import {
  attemptAll,
  boardOfData,
  effortOf,
  findRecipe,
  newPuzzle,
  packPuzzles,
  Thinker,
  think,
} from '../../src/index.ts'
import { modelConfig } from '../../src/models/config.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { openExecutor, openOrtExecutor, openShippedModel, openWorkerSolver } from '../../src/node/index.ts'

const { model, recipe } = await openShippedModel('sudoku-4x4')
const { config } = model
const board = boardOfData(recipe.data, config)!
const questions = Array.from(
  { length: 24 },
  (_, row) => newPuzzle(board.kind, recipe.data, row + 1)!.question,
)
const effort = effortOf({ stop: 'still', maxSteps: 40 }, config)

/** Gaps between steps, and how full they were. */
interface Steps {
  readonly computed: number[]
  readonly busy: number[]
}

async function open(executor: Executor, slots: number): Promise<{ solver: BatchSolver; steps: Steps }> {
  const steps: Steps = { computed: [], busy: [] }
  const onStep = (computed: number, busy: number) => {
    steps.computed.push(computed)
    steps.busy.push(busy)
  }
  return { solver: await BatchSolver.open(executor, model, { kind: board.kind, slots, onStep }), steps }
}

describe('a batch that never ends', () => {
  let executor: Executor
  let solver: BatchSolver
  let steps: Steps
  before(async () => {
    executor = await openExecutor({ executor: 'wasm' })
    ;({ solver, steps } = await open(executor, 8))
  })
  after(() => solver.close())

  test('gives the answers of think, whatever is solved beside them', async () => {
    const answers = await Promise.all(questions.map((question) => solver.solve({ question, effort })))
    for (const [index, { chosen }] of answers.entries()) {
      const thoughts = []
      const options = { halting: 'early' as const, maxSteps: 40 }
      for await (const thought of think(executor, model, questions[index]!, options)) thoughts.push(thought)
      const last = thoughts.at(-1)!
      assert.deepEqual([chosen.steps, chosen.answer], [last.step, last.answer], `puzzle ${index}`)
      // Bit for bit: products of this executor do not depend on the size of the batch.
      assert.equal(1 / (1 + Math.exp(-chosen.haltLogit)), last.haltProbability, `puzzle ${index}`)
    }
  })

  test('works on many puzzles in one step, and on no more slots than it needs', async () => {
    const solvedAlone = await solver.solve({ question: questions[0]!, effort })
    assert.equal(steps.computed.at(-1), 2)
    const begun = steps.computed.length
    const answers = await Promise.all(questions.map((question) => solver.solve({ question, effort })))
    const alone = answers.reduce((sum, { chosen }) => sum + chosen.steps, 0)
    const together = steps.computed.length - begun
    assert.ok(together <= alone / 4, `${together} steps for ${alone} steps of single puzzles`)
    assert.equal(
      steps.busy.slice(begun).reduce((sum, busy) => sum + busy, 0),
      alone,
    )
    assert.equal(Math.max(...steps.computed), 8)
    assert.ok(steps.computed.every((computed, index) => steps.busy[index]! <= computed))
    assert.deepEqual(answers[0]!.chosen, solvedAlone.chosen)
  })

  test('tells of every step, if asked', async () => {
    const { chosen, steps: told } = await solver.solve({ question: questions[1]!, effort, withSteps: true })
    assert.deepEqual(
      told.map(({ step }) => step),
      Array.from({ length: chosen.steps }, (_, index) => index + 1),
    )
    assert.deepEqual(told.at(-1)!.answer, chosen.answer)
    assert.ok(told.every(({ leastConfidence }) => leastConfidence > 0 && leastConfidence <= 1))
  })

  test('makes the attempts of attemptAll', async () => {
    const several = effortOf({ attempts: 3, accept: 'nothing', pick: 'vote', maxSteps: 3, seed: 5 }, config)
    const { cells, symbols } = config
    const answer = new Int32Array(cells).fill(-1)
    for (const question of questions.slice(0, 3)) {
      const set = packPuzzles([{ question, answer }], { name: 'one', cells, symbols })
      const expected = []
      const options = { isValid: board.rule!.isSolved, symmetry: board.symmetry! }
      for await (const event of attemptAll(executor, model, set, several, options))
        if (event.type === 'answer') expected.push(event.attempts)
      const [{ attempts }] = await Promise.all([
        solver.solve({ question, effort: several }),
        solver.solve({ question: questions[9]!, effort }),
      ])
      assert.deepEqual([attempts], expected)
    }
  })

  test('frees the slots of those that give up', async () => {
    const endless = effortOf({ stop: 'never', maxSteps: 100_000 }, config)
    const controllers = questions.slice(0, 12).map(() => new AbortController())
    const given = controllers.map(({ signal }, index) =>
      solver.solve({ question: questions[index]!, effort: endless }, signal),
    )
    const outcomes = Promise.allSettled(given)
    setTimeout(() => {
      for (const controller of controllers) controller.abort(new Error('enough'))
    }, 50)
    for (const outcome of await outcomes)
      assert.equal(outcome.status === 'rejected' && outcome.reason.message, 'enough')
    await solver.solve({ question: questions[0]!, effort })
    assert.equal(steps.busy.at(-1), 1)
  })

  test('refuses questions of another size, and goes on', async () => {
    await assert.rejects(solver.solve({ question: new Int32Array(3), effort }), /expected 16 tokens/)
    assert.equal((await solver.solve({ question: questions[0]!, effort })).chosen.valid, true)
  })
})

test('a puzzle gets the same logits in every slot and every batch from two on, by ONNX Runtime on one thread', async (context) => {
  const executor = await openOrtExecutor({ threads: 1 }).catch(() => null)
  if (executor === null) return context.skip('ONNX Runtime does not load here')
  for (const name of ['sudoku-4x4', 'maze-small']) {
    const shipped = await openShippedModel(name)
    const { cells, symbols } = shipped.model.config
    const like = boardOfData(shipped.recipe.data, shipped.model.config)!
    const asked = Array.from({ length: 9 }, (_, row) => newPuzzle(like.kind, shipped.recipe.data, row + 1)!)
    const logitsOf = async (slots: number, slot: number, others: number): Promise<Float32Array> => {
      const thinker = await Thinker.create(executor, shipped.model, slots)
      const tokens = new Int32Array(slots * cells)
      for (let place = 0; place < slots; place++)
        tokens.set(asked[place === slot ? 0 : 1 + ((place + others) % 8)]!.question, place * cells)
      let logits = new Float32Array()
      for (const first of [1, 0, 0]) {
        const reset = new Float32Array(slots).fill(first)
        logits = (await thinker.step(tokens, new Int32Array(slots), reset)).logits.slice(
          slot * cells * symbols,
          (slot + 1) * cells * symbols,
        )
      }
      await thinker.close()
      return logits
    }
    const expected = await logitsOf(2, 0, 0)
    for (const [slots, slot, others] of [
      [2, 1, 3],
      [4, 2, 1],
      [8, 7, 5],
      [16, 9, 2],
    ] as const)
      assert.deepEqual(await logitsOf(slots, slot, others), expected, `${name}: ${slots} slots, slot ${slot}`)
  }
})

describe('a line before several solvers', () => {
  /** Solvers that answer when they are told to. */
  class Held implements Solver {
    readonly slots = 1
    readonly capacity = 2
    readonly held: { request: SolveRequest; resolve: (solution: Solution) => void }[] = []

    solve(request: SolveRequest): Promise<Solution> {
      return new Promise((resolve) => this.held.push({ request, resolve }))
    }

    async close(): Promise<void> {}
  }
  const request = (identifier: number): SolveRequest => ({ question: questions[0]!, effort, identifier })
  const solution = {} as Solution

  test('gives to who has least to do, in the order of arrival, and refuses what is too much', async () => {
    const [first, second] = [new Held(), new Held()]
    const queue = new SolverQueue([first, second], 2)
    const answers = Array.from({ length: 6 }, (_, index) => queue.solve(request(index)))
    const given = (solver: Held) => solver.held.map(({ request: { identifier } }) => identifier)
    assert.deepEqual(
      [given(first), given(second)],
      [
        [0, 2],
        [1, 3],
      ],
    )
    assert.deepEqual([queue.given, queue.waiting, queue.slots, queue.capacity], [4, 2, 2, 6])
    await assert.rejects(queue.solve(request(6)), QueueFullError)
    second.held[0]!.resolve(solution)
    await answers[1]
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(given(second), [1, 3, 4])
    for (const { resolve } of [...first.held, ...second.held]) resolve(solution)
    await new Promise((resolve) => setImmediate(resolve))
    for (const { resolve } of [...first.held, ...second.held]) resolve(solution)
    await Promise.all(answers)
    assert.deepEqual([queue.given, queue.waiting], [0, 0])
  })

  test('forgets those that give up while they wait', async () => {
    const solver = new Held()
    const queue = new SolverQueue([solver], 1)
    const answers = [queue.solve(request(0)), queue.solve(request(1))]
    const controller = new AbortController()
    const waiting = queue.solve(request(2), controller.signal)
    controller.abort(new Error('enough'))
    await assert.rejects(waiting, /enough/)
    assert.equal(queue.waiting, 0)
    for (const { resolve } of solver.held) resolve(solution)
    await Promise.all(answers)
    assert.equal(solver.held.length, 2)
  })
})

describe('a solver in a thread', () => {
  test('answers as the one in this thread, and can be given up', async () => {
    const { solver: here } = await open(await openExecutor({ executor: 'wasm' }), 4)
    const there = await openWorkerSolver(model, {
      kind: board.kind,
      slots: 4,
      computing: { executor: 'wasm' },
    })
    try {
      const asked = questions.slice(0, 6)
      const [expected, found] = await Promise.all([
        Promise.all(asked.map((question) => here.solve({ question, effort, withSteps: true }))),
        Promise.all(asked.map((question) => there.solve({ question, effort, withSteps: true }))),
      ])
      assert.deepEqual(found, expected)
      const controller = new AbortController()
      const endless = effortOf({ stop: 'never', maxSteps: 100_000 }, config)
      const given = there.solve({ question: asked[0]!, effort: endless }, controller.signal)
      controller.abort(new Error('enough'))
      await assert.rejects(given, /enough/)
      await assert.rejects(there.solve({ question: new Int32Array(2), effort }), /expected 16 tokens/)
      assert.equal((await there.solve({ question: asked[0]!, effort })).chosen.valid, true)
    } finally {
      await Promise.all([here.close(), there.close()])
    }
  })

  test('has the puzzle embeddings of the model', async () => {
    const settings = { ...findRecipe('sudoku-4x4-trm').model, width: 32, prefixTokens: 1 }
    const withTable = modelConfig(
      { ...settings, puzzleEmbeddingWidth: 32 },
      { cells: 16, symbols: 6, identifiers: 3 },
    )
    const rows = Float32Array.from({ length: 3 * 32 }, (_, place) => Math.sin(place * place))
    const embedded = {
      config: withTable,
      weights: initialWeights(withTable, 0),
      puzzleTable: PuzzleTable.dense(rows, 32),
    }
    const options = { slots: 2, computing: { executor: 'wasm' } } as const
    const executor = await openExecutor({ executor: 'wasm' })
    const here = await BatchSolver.open(executor, embedded, { slots: 2 })
    const there = await openWorkerSolver(embedded, options)
    const steps = effortOf({ stop: 'never', maxSteps: 1 }, withTable)
    const request = (identifier: number) => ({ question: questions[0]!, identifier, effort: steps })
    try {
      const answers = []
      for (const identifier of [0, 2]) {
        const found = await there.solve(request(identifier))
        assert.deepEqual(found, await here.solve(request(identifier)))
        answers.push(found.chosen.answer)
      }
      assert.notDeepEqual(answers[0], answers[1])
    } finally {
      await Promise.all([here.close(), there.close()])
    }
  })

  test('says what is wrong with what should compute', async () => {
    const computing = { executor: 'wasm', device: 'webgpu' } as const
    await assert.rejects(openWorkerSolver(model, { computing }), /expected device cpu, got device webgpu/)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findRecipe, type Thought } from '@tiny-recursive-models/trm'
import type { ModelFacts } from '@tiny-recursive-models/trm/browser'
import { parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { ReplayMachine, type ThinkingClient, thinned } from '../../src/train/replay-machine.ts'
import { ScriptedStream, settled } from './scripted-stream.ts'

const recipe = findRecipe('sudoku-4x4')
const question = parseSudoku('1.3.34..2.4.432.').tokens
const solution = parseSudoku('1234341221434321').tokens
/** Its second cell is wrong. */
const mistaken = solution.with(1, 5)
const puzzles = [
  { question, solution },
  { question: question.with(0, question[1]!), solution },
]

class Machine extends ReplayMachine {
  snapshots: ReplayMachine['snapshots'] = []
  puzzles: ReplayMachine['puzzles'] = []
  place = 0
  chosen: number | null = null
  board: ReplayMachine['board'] = null
  answers: ReplayMachine['answers'] = new Map()
  problem: string | null = null
}

/** A worker whose thoughts the test writes. */
class World {
  /** What was thought about, in order: the weights, and the first cells of the puzzle. */
  readonly asked: { step: number; question: Int32Array; thoughts: ScriptedStream<Thought> }[] = []
  closed = 0
  readonly machine = new Machine(async () => this.#client)

  readonly #client: ThinkingClient = {
    open: async (bytes) => ({ id: bytes[0]!, recipe, config: { cells: 16, symbols: 6 } }) as ModelFacts,
    close: async () => {
      this.closed += 1
      return undefined
    },
    think: ({ id }, question) => {
      const thoughts = new ScriptedStream<Thought>()
      this.asked.push({ step: id, question, thoughts })
      return thoughts.events
    },
  }

  async answer(index: number, ...answers: readonly Int32Array[]): Promise<void> {
    const confidence = new Float32Array(16).fill(0.9)
    const thoughts = answers.map((answer, at) => ({ step: at + 1, answer, confidence }) as unknown as Thought)
    await this.asked[index]!.thoughts.send(...thoughts, null)
    await settled()
  }
}

const weights = (step: number): Uint8Array => Uint8Array.of(step)

describe('the puzzle that is watched while a network learns', () => {
  test('is solved with all weights, the latest first, and what is wrong is marked', async () => {
    const world = new World()
    const { machine, asked } = world
    machine.weights(10, weights(10))
    await settled()
    assert.equal(asked.length, 0, 'there is no puzzle yet')
    machine.examples(puzzles)
    await settled()
    machine.weights(20, weights(20))
    machine.weights(30, weights(30))
    await world.answer(0, mistaken, solution)
    assert.equal(machine.board?.title, '4×4 Sudoku')
    assert.deepEqual(
      machine.answers.get(10)?.map(({ wrong, isSolved }) => [wrong, isSolved]),
      [
        [[1], false],
        [[], true],
      ],
    )
    await world.answer(1, solution)
    await world.answer(2, solution)
    assert.deepEqual(
      asked.map(({ step }) => step),
      [10, 30, 20],
    )
    assert.deepEqual([...machine.answers.keys()].sort(), [10, 20, 30])
    assert.equal(world.closed, 3)
  })

  test('is solved first with the weights that the reader looks at', async () => {
    const world = new World()
    const { machine, asked } = world
    machine.examples(puzzles)
    for (const step of [10, 20, 30]) machine.weights(step, weights(step))
    await settled()
    machine.choose(20)
    await world.answer(0, solution)
    assert.deepEqual(
      asked.map(({ step }) => step),
      [10, 20],
    )
    machine.choose(30)
    assert.equal(machine.chosen, null, 'the latest is followed')
  })

  test('is another one when asked for; answers to the one before are not heard', async () => {
    const world = new World()
    const { machine, asked } = world
    machine.examples(puzzles)
    machine.weights(10, weights(10))
    await settled()
    machine.next()
    await world.answer(0, solution)
    assert.equal(machine.answers.size, 0)
    assert.deepEqual(asked[1]!.question, puzzles[1]!.question)
    await world.answer(1, mistaken)
    assert.equal(machine.answers.get(10)?.[0]?.isSolved, false)
  })

  test('goes with its run', async () => {
    const world = new World()
    const { machine, asked } = world
    machine.examples(puzzles)
    machine.weights(10, weights(10))
    await settled()
    machine.clear()
    await world.answer(0, solution)
    assert.deepEqual([machine.snapshots, machine.answers.size, machine.puzzle], [[], 0, null])
    assert.equal(asked.length, 1)
  })

  test('keeps so many weights as memory allows, evenly spread, the first and the last among them', () => {
    const all = Array.from({ length: 100 }, (_, index) => ({ step: index + 1, bytes: new Uint8Array(10) }))
    const few = thinned(all, 10, 1e9).map(({ step }) => step)
    assert.equal(few.length, 10)
    assert.deepEqual([few[0], few.at(-1)], [1, 100])
    const gaps = few.slice(1).map((step, index) => step - few[index]!)
    assert.ok(Math.max(...gaps) <= 4 * Math.min(...gaps), `${few}`)
    assert.equal(thinned(all, 1000, 250).length, 25)
    assert.equal(thinned(all.slice(0, 3), 1, 1).length, 2)
  })
})

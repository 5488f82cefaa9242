import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ThinkOptions } from '@tiny-recursive-models/trm'
import { type Board, boardOf, findRecipe, type Thought } from '@tiny-recursive-models/trm'
import { boxShapes } from '@tiny-recursive-models/trm/puzzles/sudoku'
import type { ModelEntry } from '../../src/lib/model-store.svelte.ts'
import type { OpenModel } from '../../src/lib/open-model.ts'
import { checkPuzzle } from '../../src/puzzles/check.ts'
import { generateDemanding } from '../../src/puzzles/generate.ts'
import type { PuzzleRequests } from '../../src/puzzles/protocol.ts'
import type { FoundPuzzle } from '../../src/puzzles/read.ts'
import { type Activity, idle } from '../../src/think/activity.ts'
import { type History, noHistory } from '../../src/think/history.ts'
import * as playback from '../../src/think/playback.ts'
import type { Recording } from '../../src/think/recording.ts'
import { ThinkMachine, type ThinkPorts } from '../../src/think/think-machine.ts'
import { ScriptedStream, settled } from './scripted-stream.ts'

const recipe = findRecipe('sudoku-4x4')
const kind = { puzzle: 'sudoku', shape: boxShapes['4x4'] }
const board = boardOf(kind)
const entryOf = (id: string): ModelEntry => ({
  id,
  title: `Model ${id}`,
  file: `${id}.safetensors`,
  source: 'shipped',
  puzzle: kind,
  facts: null,
  load: async () => new Uint8Array(),
})
const modelOf = (entry: ModelEntry): OpenModel => ({
  entry,
  facts: {
    id: 1,
    name: entry.id,
    recipe,
    config: { ...recipe.model, supervisionSteps: 16 } as never,
    parameters: 1,
    step: 1,
  },
  board,
})
const thoughtOf = (step: number) => ({ step, answer: new Int32Array(16), changed: [] }) as unknown as Thought

const recording: Recording = {
  model: { config: { ...recipe.model, supervisionSteps: 16 } as never, parameters: 1 },
  check: { problems: [], canThink: true, solution: null },
  puzzle: generateDemanding(kind, null, 1, 1),
  thoughts: [1, 2, 3].map(thoughtOf),
}

class Machine extends ThinkMachine {
  activity: Activity = idle
  model = null as OpenModel | null
  failure = null as string | null
  arc = null as ThinkMachine['arc']
  arcOutput = null as ThinkMachine['arcOutput']
  board = null as Board | null
  question = new Int32Array()
  check = null as ThinkMachine['check']
  isEditing = false
  history: History<Int32Array> = noHistory
  isDaring = false
  pins: ReadonlyMap<number, number> = new Map()
  unpinned = null as Thought | null
  thoughts: readonly Thought[] = []
  isRecorded = false
  playback = playback.atStart
  maxSteps = 16
  earlyHalting = false
  attempt = 0
  isInside = false
  speed = 1_000
}

class World {
  readonly machine: Machine
  readonly thoughts: ScriptedStream<Thought>[] = []
  readonly asked: { readonly tokens: Int32Array; readonly options: ThinkOptions | undefined }[] = []
  /** Models that are being opened, by entry. */
  readonly opening = new Map<string, (error?: Error) => Promise<void>>()
  /** The data by which puzzles were drawn. */
  readonly drawn: unknown[] = []
  wished: FoundPuzzle | null = null
  /** Called before a puzzle is made or checked. */
  beforePuzzle: () => Promise<void> = async () => {}

  constructor() {
    const askPuzzles = async (name: string, takes: never): Promise<unknown> => {
      await this.beforePuzzle()
      if (name === 'generate') {
        const { data, seed } = takes as PuzzleRequests['generate']['takes']
        this.drawn.push(data)
        return generateDemanding(kind, data, seed, 1)
      }
      const { question, answer = null } = takes as { question: Int32Array; answer?: Int32Array }
      return checkPuzzle(board, question, answer)
    }
    this.machine = new Machine({
      openModel: (entry) =>
        new Promise((resolve, reject) => {
          this.opening.set(entry.id, (error) => {
            if (error) reject(error)
            else resolve(modelOf(entry))
            return settled()
          })
        }),
      think: (_, tokens, options) => {
        this.asked.push({ tokens, options })
        this.thoughts.push(new ScriptedStream())
        return this.thoughts.at(-1)!.events
      },
      askPuzzles: askPuzzles as ThinkPorts['askPuzzles'],
      arcQuestion: () => null,
      askable: async () => ({ canThink: false, why: 'no task is open' }),
      wishedPuzzle: () => this.wished,
      recording: ({ id }) => (id === 'recorded' ? recording : null),
    })
  }

  /** A model that thinks about a puzzle, and has taken a step. */
  static async thinking(): Promise<World> {
    const world = new World()
    void world.machine.useModel(entryOf('a'))
    await settled()
    await world.opening.get('a')!()
    await world.thoughts[0]!.send(thoughtOf(1))
    assert.equal(world.machine.activity.name, 'thinking')
    return world
  }
}

describe('thinking on the page', () => {
  test('draws a puzzle of the recipe when the model is open, and thinks about it then', async () => {
    const world = new World()
    const { machine } = world
    void machine.useModel(entryOf('a'))
    await settled()
    assert.equal(machine.opening, 'Model a')
    assert.equal(machine.isReady, false)
    await world.opening.get('a')!()
    assert.equal(machine.board, board)
    assert.deepEqual(world.drawn, [recipe.data])
    assert.equal(machine.isThinking, true)
    assert.equal(machine.maxSteps, 16)
    assert.deepEqual(world.asked[0]!.tokens, machine.question)
    await world.thoughts[0]!.send(thoughtOf(1), thoughtOf(2), null)
    assert.equal(machine.activity, idle)
    assert.deepEqual(
      machine.thoughts.map(({ step }) => step),
      [1, 2],
    )
    assert.equal(machine.playback.ended, true)
  })

  test('a recording plays while its model opens, whose own thoughts take its place', async () => {
    const world = new World()
    const { machine } = world
    void machine.useModel(entryOf('recorded'))
    assert.deepEqual(machine.thoughts, recording.thoughts)
    assert.deepEqual([machine.playback.position, machine.playback.ended], [1, true])
    assert.equal(machine.isRecorded, true)
    machine.seek(2)
    await settled()
    await world.opening.get('recorded')!()
    assert.deepEqual(world.asked[0]!.tokens, recording.puzzle.question)
    const own = [1, 2, 3].map(thoughtOf)
    await world.thoughts[0]!.send(own[0]!)
    assert.equal(machine.thoughts[0], own[0])
    assert.equal(machine.thoughts[1], recording.thoughts[1])
    assert.equal(machine.isThinking, false)
    await world.thoughts[0]!.send(own[1]!, own[2]!, null)
    assert.deepEqual(machine.thoughts, own)
    assert.equal(machine.isRecorded, false)
    assert.deepEqual([machine.playback.position, machine.playback.count], [2, 3])
    assert.equal(machine.activity, idle)
  })

  test('another model does not take the place of a recording in silence', async () => {
    const world = new World()
    const { machine } = world
    void machine.useModel(entryOf('recorded'))
    void machine.useModel(entryOf('b'))
    await settled()
    await world.opening.get('b')!()
    assert.equal(machine.isThinking, true)
    assert.deepEqual(machine.thoughts, [])
    assert.deepEqual(machine.board, board)
  })

  test('a puzzle asked meanwhile ends a recording', async () => {
    const world = new World()
    const { machine } = world
    void machine.useModel(entryOf('recorded'))
    machine.edit(recording.puzzle.question.with(0, 1))
    assert.equal(machine.isRecorded, false)
    assert.deepEqual(machine.thoughts, [])
    await world.opening.get('recorded')!()
    assert.equal(machine.activity.name, 'trying')
    assert.deepEqual(world.asked[0]!.tokens, machine.question)
    await world.thoughts[0]!.send(thoughtOf(1), thoughtOf(2), null)
    assert.equal(machine.isEditing, true)
    assert.deepEqual([machine.playback.position, machine.playback.playing], [2, false])
  })

  test('a stop while a model opens leaves it opening', async () => {
    const world = new World()
    const { machine } = world
    void machine.useModel(entryOf('a'))
    await settled()
    machine.stop()
    assert.equal(machine.opening, 'Model a')
    await world.opening.get('a')!()
    assert.equal(machine.isThinking, true)
  })

  test('the last model chosen is used, whichever opens first', async () => {
    const world = new World()
    const { machine } = world
    void machine.useModel(entryOf('a'))
    void machine.useModel(entryOf('b'))
    await settled()
    await world.opening.get('b')!()
    await world.opening.get('a')!()
    assert.equal(machine.model?.entry.id, 'b')
    assert.equal(world.thoughts.length, 1)
    // It is open by now, and so comes at once.
    await machine.useModel(entryOf('b'))
    void machine.useModel(entryOf('a'))
    await settled()
    assert.equal(machine.model?.entry.id, 'a')
  })

  test('a model that does not open is told of, and the one before stays', async () => {
    const world = await World.thinking()
    const { machine } = world
    void machine.useModel(entryOf('b'))
    assert.equal(machine.isThinking, false)
    await settled()
    const { question, thoughts } = machine
    await world.opening.get('b')!(new Error('damaged'))
    assert.equal(machine.failure, 'damaged')
    assert.deepEqual([machine.question, machine.thoughts], [question, thoughts])
    assert.equal(machine.activity, idle)
    assert.equal(machine.model?.entry.id, 'a')
    void machine.think()
    await settled()
    assert.equal(machine.isThinking, true)
    assert.equal(machine.failure, null)
  })

  test('a second puzzle ends the thought about the first', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    const second = machine.question.map((token, cell) =>
      cell === machine.question.findIndex((t) => t > 1) ? 1 : token,
    )
    void machine.ask({ kind, question: second })
    assert.equal(machine.thoughts.length, 0)
    await settled()
    await thoughts[0]!.send(thoughtOf(2))
    assert.equal(machine.thoughts.length, 0)
    await thoughts[1]!.send(thoughtOf(1))
    assert.equal(machine.thoughts.length, 1)
    assert.deepEqual(world.asked[1]!.tokens, second)
    assert.equal(machine.isThinking, true)
  })

  test('a puzzle that is wished for is asked in place of one that is drawn', async () => {
    const world = await World.thinking()
    const { machine, drawn } = world
    const before = drawn.length
    world.wished = recording.puzzle
    void machine.generate()
    await settled()
    assert.equal(machine.question, recording.puzzle.question)
    assert.equal(drawn.length, before)
  })

  test('of two puzzles that are being made only the last is asked', async () => {
    const world = await World.thinking()
    const { machine } = world
    const waiting: (() => void)[] = []
    world.beforePuzzle = () => new Promise((resolve) => waiting.push(resolve))
    void machine.generate()
    void machine.generate()
    world.beforePuzzle = async () => {}
    for (const make of waiting.reverse()) make()
    await settled()
    assert.equal(world.asked.length, 2)
    assert.deepEqual(world.asked[1]!.tokens, machine.question)
  })

  test('a failure while thinking keeps what was thought', async () => {
    const { machine, thoughts } = await World.thinking()
    await thoughts[0]!.send(new Error('worker lost'))
    assert.equal(machine.failure, 'worker lost')
    assert.equal(machine.activity, idle)
    assert.equal(machine.thoughts.length, 1)
    assert.equal(machine.playback.ended, true)
  })

  test('a stop ends the thought, and what was thought stays; it can be had again', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    machine.stop()
    await thoughts[0]!.send(thoughtOf(2))
    assert.equal(machine.activity, idle)
    assert.equal(machine.thoughts.length, 1)
    machine.tryAgain()
    await settled()
    assert.equal(machine.isThinking, true)
    assert.equal(world.asked[1]!.options?.attempt, 1)
  })

  test('a question against the rules is not thought about', async () => {
    const world = await World.thinking()
    const { machine } = world
    const wrong = machine.question.fill(0)
    wrong.fill(2, 0, 2)
    void machine.ask({ kind, question: wrong })
    await settled()
    assert.equal(machine.check?.canThink, false)
    assert.equal(machine.isReady, false)
    assert.equal(machine.activity, idle)
    assert.equal(world.asked.length, 1)
  })

  test('a question against the rules is thought about where the reader dares', async () => {
    const world = await World.thinking()
    const { machine } = world
    const wrong = machine.question.slice().fill(0)
    wrong.fill(2, 0, 2)
    void machine.ask({ kind, question: wrong })
    await settled()
    assert.equal(machine.canDare, true)
    machine.dare()
    await settled()
    assert.deepEqual(world.asked[1]!.tokens, wrong)
    assert.equal(machine.canDare, false)
    // Of the next question nothing has been decided.
    machine.setQuestion({ kind, question: wrong })
    assert.equal(machine.isDaring, false)
  })

  test('the model thinks while a question is edited, and edits can be undone', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    const first = machine.question
    const at = first.indexOf(1)
    const [second, third] = [first.with(at, 2), first.with(at, 3)]
    machine.edit(first)
    machine.edit(second)
    machine.edit(third)
    await settled()
    assert.equal(machine.activity.name, 'trying')
    assert.deepEqual(world.asked.at(-1)!.tokens, third)
    await thoughts.at(-1)!.send(thoughtOf(1), thoughtOf(2))
    // Steps are not walked through: what was thought before stays until the last answer is there.
    assert.equal(machine.thoughts.length, 1)
    await thoughts.at(-1)!.send(null)
    assert.equal(machine.activity, idle)
    assert.deepEqual([machine.isEditing, machine.thoughts.length, machine.playback.position], [true, 2, 2])
    machine.undo()
    assert.deepEqual(machine.question, second)
    machine.undo()
    machine.undo()
    assert.deepEqual(machine.question, first)
    machine.redo()
    assert.deepEqual(machine.question, second)
    machine.edit(first)
    machine.redo()
    assert.deepEqual(machine.question, first)
    assert.equal(machine.isEditing, true)
  })

  test('what if: an answer that is fixed is asked, the question stays, and the answer before is kept', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    await thoughts[0]!.send(null)
    const { question } = machine
    const before = machine.thoughts.at(-1)
    const at = question.indexOf(1)
    machine.pin(at, 3)
    await settled()
    assert.deepEqual(world.asked[1]!.tokens, question.with(at, 3))
    assert.equal(machine.question, question)
    await thoughts[1]!.send(thoughtOf(1), null)
    assert.equal(machine.unpinned, before)
    machine.pin(at, null)
    await settled()
    assert.deepEqual(world.asked[2]!.tokens, question)
    await thoughts[2]!.send(thoughtOf(1), null)
    assert.equal(machine.unpinned, null)
  })

  test('a thought goes on from where it ended', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    await thoughts[0]!.send(thoughtOf(2), null)
    machine.seek(1)
    void machine.thinkOn(24)
    await settled()
    assert.deepEqual([machine.maxSteps, machine.earlyHalting], [26, false])
    assert.equal(world.asked[1]!.options?.maxSteps, 26)
    assert.equal(machine.playback.position, 2)
    await thoughts[1]!.send(thoughtOf(1), thoughtOf(2))
    assert.equal(machine.thoughts.length, 2)
    await thoughts[1]!.send(thoughtOf(3))
    assert.deepEqual([machine.thoughts.length, machine.playback.position], [3, 3])
  })

  test('only the puzzle at hand is thought about for longer', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    const chosen = (): unknown => [machine.maxSteps, machine.earlyHalting]
    machine.earlyHalting = true
    await thoughts[0]!.send(thoughtOf(2), null)
    void machine.thinkOn(24)
    await settled()
    await thoughts[1]!.send(thoughtOf(1), thoughtOf(2), thoughtOf(3), null)
    void machine.thinkOn(56)
    await settled()
    assert.deepEqual(chosen(), [59, false])
    await thoughts[2]!.send(null)
    machine.tryAgain()
    assert.deepEqual(chosen(), [59, false])
    void machine.generate()
    await settled()
    assert.deepEqual(chosen(), [16, true])
    assert.equal(world.asked.at(-1)!.options?.maxSteps, 16)
  })

  test('steps that the reader chooses while a puzzle is thought about for longer stay', async () => {
    const world = await World.thinking()
    const { machine, thoughts } = world
    await thoughts[0]!.send(thoughtOf(2), null)
    void machine.thinkOn(24)
    machine.maxSteps = 40
    void machine.generate()
    await settled()
    assert.deepEqual([machine.maxSteps, machine.earlyHalting], [40, false])
  })

  test('a puzzle of an address is shown at its step, paused', async () => {
    const world = new World()
    const { machine } = world
    const { question } = recording.puzzle
    void machine.useModel(entryOf('a'), { kind, question }, 2)
    await settled()
    await world.opening.get('a')!()
    assert.deepEqual(world.asked[0]!.tokens, question)
    await world.thoughts[0]!.send(thoughtOf(1), thoughtOf(2), thoughtOf(3), null)
    assert.deepEqual([machine.playback.position, machine.playback.playing], [2, false])
  })

  test('a stop while the question is checked is heard', async () => {
    const world = await World.thinking()
    const { machine } = world
    let check: () => void = () => undefined
    world.beforePuzzle = () =>
      new Promise((resolve) => {
        check = resolve
      })
    void machine.ask({ kind, question: machine.question })
    assert.equal(machine.activity.name, 'waiting')
    machine.stop()
    check()
    await settled()
    assert.equal(machine.activity, idle)
    assert.equal(machine.check?.canThink, true)
    assert.equal(world.asked.length, 1)
  })

  test('looks inside on demand: the same steps again with what every call left, at the same step', async () => {
    const world = await World.thinking()
    const { machine } = world
    assert.equal(world.asked[0]!.options!.inside, false)
    await world.thoughts[0]!.send(thoughtOf(2), null)
    machine.seek(1)
    assert.equal(machine.callsOf(1), 1)
    const looking = machine.lookInside(true)
    await settled()
    assert.equal(world.asked[1]!.options!.inside, true)
    const insideOf = (step: number) => ({ ...thoughtOf(step), inside: [{}, {}, {}] }) as unknown as Thought
    await world.thoughts[1]!.send(insideOf(1), insideOf(2), null)
    await looking
    assert.deepEqual([machine.playback.position, machine.playback.count], [1, 2])
    machine.callBy(1)
    assert.deepEqual([machine.playback.position, machine.playback.call], [1, 1])
    // Not looking any more is at once, and looking again is not thought about anew.
    await machine.lookInside(false)
    assert.deepEqual([machine.playback.position, machine.playback.call], [1, 0])
    machine.callBy(1)
    assert.equal(machine.playback.position, 2)
    await machine.lookInside(true)
    assert.equal(world.asked.length, 2)
  })
})

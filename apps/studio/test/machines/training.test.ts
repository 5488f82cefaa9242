import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type EvaluationReport, findRecipe } from '@tiny-recursive-models/trm'
import type { BrowserTrainingEvent, EvaluationProgress } from '@tiny-recursive-models/trm/browser'
import type { Device, TrainingClient } from '../../src/train/device-worker.ts'
import { empty, type Phase } from '../../src/train/phase.ts'
import type { StoredRun } from '../../src/train/stored-run.ts'
import type { Timing } from '../../src/train/timing.ts'
import {
  type MeasureTime,
  type RunWatcher,
  type StateFile,
  TrainingMachine,
} from '../../src/train/training-machine.ts'
import { ScriptedStream, settled } from './scripted-stream.ts'

const recipe = findRecipe('sudoku-4x4')
const bytesOf = (step: number): Uint8Array => Uint8Array.of(step)

class Machine extends TrainingMachine {
  phase: Phase = empty
  recipe = null as TrainingMachine['recipe']
  device: Device = 'wasm'
  executor = null as string | null
  state = null as StateFile | null
  best = null as TrainingMachine['best']
  final = null as TrainingMachine['final']
  keptSince = null as Date | null
  opened = null as TrainingMachine['opened']
  isKept = null as boolean | null
  isTaken = false
  msPerEvaluation = null as number | null
  timing = null as TrainingMachine['timing']
  protected draw(): void {}
  get step(): number {
    return this.steps.step
  }
}

/** Workers that do as the test says, and storage that holds one run. */
class World {
  readonly machine: Machine
  readonly trainings: ScriptedStream<BrowserTrainingEvent>[] = []
  readonly tests: ScriptedStream<EvaluationProgress>[] = []
  readonly resumedFrom: (Uint8Array | null)[] = []
  stored: StoredRun | null = null
  /** Whether no other tab keeps its run. */
  mayStore = true
  started = 0
  ended = 0
  /** Lets a worker that is being started open, or fail. */
  open: (error?: Error) => Promise<void> = async () => {}
  save: () => Promise<boolean> = async () => true

  /** Threads of the workers that were started. */
  readonly threads: number[] = []

  constructor(
    stored: StoredRun | null = null,
    measureTime: MeasureTime | null = null,
    watcher: RunWatcher | null = null,
  ) {
    this.stored = stored
    this.machine = new Machine(
      (_, threads) => {
        this.started += 1
        this.threads.push(threads)
        return new Promise((resolve, reject) => {
          this.open = (error) => {
            if (error) reject(error)
            else resolve(this.#client())
            return settled()
          }
        })
      },
      {
        claim: async () => this.mayStore,
        load: async () => this.stored,
        save: async (run) => {
          const isKept = await this.save()
          if (isKept) this.stored = run
          return isKept
        },
        remove: async () => {
          this.stored = null
        },
      },
      measureTime,
      watcher,
    )
  }

  /** A run that trains and has done a step. */
  static async training(): Promise<World> {
    const world = new World()
    void world.machine.start(recipe, 'wasm')
    await world.open()
    await world.trainings[0]!.send(stepEvent(1))
    return world
  }

  #client(): TrainingClient {
    const begin = <Event>(list: ScriptedStream<Event>[]): ScriptedStream<Event> => {
      list.push(new ScriptedStream())
      return list.at(-1)!
    }
    return {
      runtime: { device: 'wasm', executor: 'scripted', threads: 1, isolated: true },
      open: async (_, name) => ({ id: 1, name, recipe, config: {} as never, parameters: 1, step: 1 }),
      close: async () => undefined,
      train: (_, resume = null) => {
        this.resumedFrom.push(resume)
        return begin(this.trainings)
      },
      evaluate: () => begin(this.tests),
      terminate: () => {
        this.ended += 1
      },
    }
  }
}

const stepEvent = (step: number) => ({ type: 'step', step, loss: 1 }) as unknown as BrowserTrainingEvent
const checkpoint = (step: number, reason: 'interval' | 'stop' | 'end'): BrowserTrainingEvent => ({
  type: 'checkpoint',
  step,
  reason,
  state: bytesOf(step),
  model: reason === 'end' ? bytesOf(step) : null,
})
const doneAt = (step: number): BrowserTrainingEvent => ({ type: 'done', step, reason: 'steps', elapsedMs: 1 })

describe('a run on the page', () => {
  test('trains, and is tested when it is done', async () => {
    const { machine, trainings, tests } = await World.training()
    assert.equal(machine.status, 'training')
    assert.equal(machine.executor, 'scripted')
    await trainings[0]!.send(checkpoint(2, 'end'), doneAt(2), null)
    assert.equal(machine.status, 'done')
    assert.equal(machine.final?.step, 2)
    assert.deepEqual(machine.test?.state, 'running')
    const report = { exactAccuracy: 0.5 } as EvaluationReport
    await tests[0]!.send({ type: 'done', report }, null)
    assert.deepEqual(machine.test, { state: 'done', report, step: 2 })
  })

  test('tells how many puzzles are made until all are, also while it is to pause', async () => {
    const world = new World()
    const { machine, trainings } = world
    void machine.start(recipe, 'wasm')
    await world.open()
    assert.equal(machine.puzzles, null)
    await trainings[0]!.send({ type: 'puzzles', done: 3, of: 9 })
    assert.deepEqual([machine.status, machine.puzzles], ['starting', { done: 3, of: 9 }])
    machine.pause()
    await trainings[0]!.send({ type: 'puzzles', done: 4, of: 9 })
    assert.deepEqual([machine.status, machine.puzzles], ['pausing', { done: 4, of: 9 }])
    await trainings[0]!.send({ type: 'puzzles', done: 9, of: 9 })
    assert.equal(machine.puzzles, null)
    assert.equal(machine.step, 0)
  })

  test('paused while its worker starts, stops as soon as it trains', async () => {
    const world = new World()
    const { machine, trainings } = world
    void machine.start(recipe, 'wasm')
    machine.pause()
    assert.equal(machine.status, 'pausing')
    await world.open()
    assert.equal(trainings[0]!.isStopped, true)
    await trainings[0]!.send(stepEvent(1))
    assert.equal(machine.status, 'pausing')
    await trainings[0]!.send(checkpoint(1, 'stop'), { type: 'stopped', step: 1 }, null)
    assert.equal(machine.status, 'paused')
    assert.equal(machine.state?.step, 1)
    assert.equal(world.stored?.step, 1)
    assert.equal(machine.isUnsaved, false)
  })

  const timing: Timing = {
    threads: 2,
    msPerStep: 5,
    msPerEvaluation: 9,
    msToBegin: 1,
    trials: [
      { threads: 1, msPerStep: 8 },
      { threads: 2, msPerStep: 5 },
    ],
  }

  test('is measured first, and trains with the threads that are faster', async () => {
    const world = new World(null, async () => timing)
    const { machine } = world
    void machine.start(recipe, 'wasm')
    assert.equal(world.started, 0)
    await settled()
    assert.deepEqual(world.threads, [2])
    assert.deepEqual(machine.timing, timing)
    await machine.discard()
    assert.equal(machine.timing, null)
  })

  test('paused while it is measured does not wait for the result', async () => {
    const world = new World(null, () => new Promise(() => undefined))
    const { machine, trainings } = world
    void machine.start(recipe, 'wasm')
    await settled()
    assert.equal(world.started, 0)
    machine.pause()
    await settled()
    await world.open()
    assert.deepEqual(world.threads, [1])
    assert.equal(trainings[0]!.isStopped, true)
  })

  test('discarded while it is measured is not begun', async () => {
    let tell: (timing: Timing | null) => void = () => undefined
    const world = new World(null, () => new Promise((resolve) => (tell = resolve)))
    void world.machine.start(recipe, 'wasm')
    await world.machine.discard()
    tell(timing)
    await settled()
    assert.deepEqual([world.started, world.machine.timing], [0, null])
  })

  test('tells its watcher of puzzles, of every model, and of another run', async () => {
    const told: string[] = []
    const watcher: RunWatcher = {
      examples: (puzzles) => told.push(`${puzzles.length} puzzles`),
      weights: (step, model) => told.push(`${model} after ${step}`),
      clear: () => told.push('clear'),
    }
    const world = new World(null, null, watcher)
    const { machine, trainings } = world
    void machine.start(recipe, 'wasm')
    await world.open()
    const puzzles = [{ question: Int32Array.of(1), solution: Int32Array.of(2) }]
    await trainings[0]!.send({ type: 'examples', puzzles })
    assert.equal(machine.status, 'starting')
    await trainings[0]!.send(stepEvent(1), checkpoint(1, 'end'))
    assert.deepEqual(told, ['clear', '1 puzzles', '1 after 1'])
    await machine.discard()
    assert.equal(told.at(-1), 'clear')
    // What is stored holds the puzzles: a later visit goes on watching them.
    void machine.start(recipe, 'wasm')
    await world.open()
    await trainings[1]!.send({ type: 'examples', puzzles }, stepEvent(1), checkpoint(1, 'end'), doneAt(1))
    await settled()
    assert.deepEqual(world.stored?.examples, puzzles)
  })

  test('goes on from its state', async () => {
    const world = await World.training()
    const { machine, trainings } = world
    machine.pause()
    await trainings[0]!.send(checkpoint(1, 'stop'), { type: 'stopped', step: 1 }, null)
    void machine.resume(500)
    await settled()
    assert.equal(machine.status, 'starting')
    assert.equal(machine.recipe?.training.steps, 500)
    assert.equal(world.started, 1)
    assert.deepEqual(world.resumedFrom, [null, bytesOf(1)])
    await trainings[1]!.send(stepEvent(2))
    assert.equal(machine.status, 'training')
  })

  test('that fails keeps its last state and goes on with a new worker', async () => {
    const world = await World.training()
    const { machine, trainings } = world
    const crash = new Error('out of memory')
    await trainings[0]!.send(checkpoint(1, 'interval'), crash)
    assert.equal(machine.status, 'failed')
    assert.equal(machine.problem, crash)
    assert.equal(machine.state?.step, 1)
    assert.equal(world.ended, 1)
    void machine.resume()
    assert.equal(machine.problem, null)
    await world.open()
    assert.equal(world.started, 2)
    assert.deepEqual(world.resumedFrom, [null, bytesOf(1)])
  })

  test('whose worker does not open has failed, and can be tried again', async () => {
    const world = new World()
    const { machine } = world
    void machine.start(recipe, 'webgpu')
    await world.open(new Error('no adapter'))
    assert.equal(machine.status, 'failed')
    machine.device = 'wasm'
    void machine.resume()
    await world.open()
    assert.equal(machine.status, 'starting')
    assert.deepEqual(world.resumedFrom, [null])
  })

  test('discarded while its worker starts is not begun', async () => {
    const world = new World()
    const { machine } = world
    void machine.start(recipe, 'wasm')
    await machine.discard()
    await world.open()
    assert.equal(machine.status, 'empty')
    assert.equal(machine.recipe, null)
    assert.equal(world.trainings.length, 0)
    assert.equal(world.ended, 1)
  })

  test('discarded while it trains is not heard any more, and another may begin', async () => {
    const world = await World.training()
    const { machine, trainings } = world
    await machine.discard()
    assert.equal(world.ended, 1)
    void machine.start(recipe, 'wasm')
    await trainings[0]!.send(stepEvent(7), checkpoint(7, 'interval'), new Error('it was ended'))
    assert.equal(machine.status, 'starting')
    assert.equal(machine.state, null)
    assert.notEqual(machine.step, 7)
  })

  test('discarded while it is being stored is not kept', async () => {
    const world = await World.training()
    let saved: (isKept: boolean) => void = () => undefined
    world.save = () =>
      new Promise((resolve) => {
        saved = resolve
      })
    await world.trainings[0]!.send(checkpoint(1, 'stop'))
    await world.machine.discard()
    saved(true)
    await settled()
    assert.equal(world.stored, null)
    assert.equal(world.machine.isKept, null)
  })

  test('that goes on ends its test', async () => {
    const world = await World.training()
    const { machine, trainings, tests } = world
    await trainings[0]!.send(checkpoint(2, 'end'), doneAt(2), null)
    void machine.resume(500)
    await settled()
    assert.equal(tests[0]!.isStopped, true)
    await tests[0]!.send({ type: 'progress', done: 1, total: 2, elapsedMs: 1 })
    assert.equal(machine.status, 'starting')
    assert.equal(machine.test, null)
    assert.equal(machine.final, null)
  })

  test('stays done where its test fails', async () => {
    const { machine, trainings, tests } = await World.training()
    await trainings[0]!.send(checkpoint(2, 'end'), doneAt(2), null)
    await tests[0]!.send(new Error('lost'))
    assert.equal(machine.status, 'done')
    assert.equal(machine.test, null)
    assert.match(String(machine.problem), /lost/)
  })

  test('that the browser has kept is brought back', async () => {
    const before = await World.training()
    await before.trainings[0]!.send(checkpoint(1, 'stop'))
    const { machine } = new World(before.stored)
    await machine.restore()
    assert.equal(machine.status, 'paused')
    assert.equal(machine.state?.step, 1)
    assert.equal(machine.isKept, true)
    assert.equal(machine.step, 1)
  })

  test('of a tab beside one that keeps its own is told of it before it begins', async () => {
    const before = await World.training()
    await before.trainings[0]!.send(checkpoint(1, 'stop'))
    const beside = new World(before.stored)
    beside.mayStore = false
    await beside.machine.restore()
    assert.equal(beside.machine.status, 'empty')
    assert.equal(beside.machine.isTaken, true)
    const alone = new World()
    await alone.machine.restore()
    assert.equal(alone.machine.isTaken, false)
  })
})

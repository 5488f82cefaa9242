import {
  type Executor,
  type HostTensor,
  type Program,
  type RunnableProgram,
  Workspace,
  zeroTensor,
} from '@tiny-recursive-models/tensor'
import { type ExecutorName, executorNames, openExecutor } from '@tiny-recursive-models/tensor/node'
import type { Speeds } from './speed-memory.ts'

/** Of all executors, after the runs that warm up. */
const budgetMs = 1_500
const maxRuns = 8

/**
 * Milliseconds of the fastest of a few runs of a program on each executor: what disturbs a run only makes it slower. They
 * take turns, so that what disturbs both disturbs neither more. Feeds and states are all 0, on which dense arithmetic
 * takes as long as on other numbers. The first runs warm up, since code that is compiled while it runs is slow at first.
 *
 * @returns null where fewer than two load here and have room for the program: there is no choice
 */
export async function* timeExecutors(
  program: Program,
  threads: number,
): AsyncGenerator<{ readonly type: 'measuring' }, Speeds | null> {
  const timers: Timer[] = []
  try {
    for (const executor of executorNames) {
      yield { type: 'measuring' }
      const timer = await Timer.open(executor, program, threads).catch(() => null)
      if (timer) timers.push(timer)
    }
    if (timers.length < 2) return null
    // Where one run takes this long, the first ones have to do.
    if (timers.every(({ fastestMs }) => fastestMs < budgetMs)) {
      for (const timer of timers) timer.fastestMs = Number.POSITIVE_INFINITY
      const started = performance.now()
      for (let run = 0; run < maxRuns && performance.now() - started < budgetMs; run++) {
        for (const timer of timers) {
          yield { type: 'measuring' }
          await timer.run()
        }
      }
    }
    return Object.fromEntries(timers.map(({ name, fastestMs }) => [name, fastestMs]))
  } catch {
    return null
  } finally {
    for (const timer of timers) await timer.close()
  }
}

class Timer {
  readonly name: ExecutorName
  fastestMs = Number.POSITIVE_INFINITY
  readonly #workspace: Workspace
  readonly #program: Program
  readonly #feeds: Readonly<Record<string, HostTensor>>
  #runnable: RunnableProgram | null = null

  private constructor(name: ExecutorName, executor: Executor, program: Program) {
    this.name = name
    this.#workspace = new Workspace(executor)
    this.#program = program
    this.#feeds = Object.fromEntries(
      Object.entries(program.feeds).map(([feed, type]) => [feed, zeroTensor(type)]),
    )
  }

  /** Compiles the program and runs it once. */
  static async open(name: ExecutorName, program: Program, threads: number): Promise<Timer> {
    const timer = new Timer(name, await openExecutor({ executor: name, threads }), program)
    try {
      for (const [state, type] of Object.entries(program.states))
        await timer.#workspace.write(state, zeroTensor(type))
      timer.#runnable = await timer.#workspace.compile(program)
      await timer.run()
      return timer
    } catch (error) {
      await timer.close()
      throw error
    }
  }

  async run(): Promise<void> {
    const before = performance.now()
    await this.#runnable!.run(this.#feeds)
    this.fastestMs = Math.min(this.fastestMs, performance.now() - before)
  }

  async close(): Promise<void> {
    await this.#runnable?.close()
    for (const state of Object.keys(this.#program.states)) this.#workspace.remove(state)
  }
}

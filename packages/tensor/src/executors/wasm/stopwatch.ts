/** Times the steps of compiled programs one by one: what a program's time is spent on. */
import type { CompiledProgram } from './compile.ts'

/**
 * Runs a thread's part of a compiled program, or one step of it. Parameters: addresses of the arena, of the slots, and of
 * where the threads wait for each other.
 */
export type RunFunction = (arena: number, slots: number, meeting: number) => void

/** What was measured of one program. */
export interface TimedProgram {
  readonly name: string
  readonly compiled: CompiledProgram
  /** Milliseconds of every step in every run since the last reset, the first run first. */
  readonly runs: Float64Array[]
}

/**
 * Given to an executor, it times every step of every run of the programs that are compiled there.
 */
export class Stopwatch {
  readonly programs: TimedProgram[] = []

  /** Forgets what was measured: the first runs warm up. */
  reset(): void {
    for (const { runs } of this.programs) runs.length = 0
  }

  /** Runs the program step by step. @param exports of its module, which was compiled with its steps exported */
  timed(name: string, compiled: CompiledProgram, exports: Readonly<Record<string, unknown>>): RunFunction {
    const steps = compiled.plan.steps.map((_, index) => exports[`step${index}`] as RunFunction)
    const runs: Float64Array[] = []
    this.programs.push({ name, compiled, runs })
    return (arena, slots) => {
      const times = new Float64Array(steps.length)
      let before = performance.now()
      for (const [index, step] of steps.entries()) {
        step(arena, slots, 0)
        const now = performance.now()
        times[index] = now - before
        before = now
      }
      runs.push(times)
    }
  }
}

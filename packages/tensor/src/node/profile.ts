/** Where the time of a program goes, and its memory, on the executor of our own. */
import { totalmem } from 'node:os'
import { InputError } from '../errors.ts'
import { compileProgram, inPrimitives } from '../executors/wasm/compile.ts'
import { type DisassembledFunction, disassemble } from '../executors/wasm/disassemble.ts'
import { createWasmExecutor } from '../executors/wasm/executor.ts'
import { explainProgram, type PlannedMemory, type PlannedProgram } from '../executors/wasm/explain.ts'
import { maxBytes, mebibytes } from '../executors/wasm/heap.ts'
import type { BatchedProduct } from '../executors/wasm/product.ts'
import { Stopwatch } from '../executors/wasm/stopwatch.ts'
import { hasRelaxedSimd } from '../executors/wasm/web-assembly.ts'
import { printProgram } from '../graph/print.ts'
import type { Program } from '../graph/program.ts'
import { zeroTensor } from '../graph/types.ts'
import { verifyProgram } from '../graph/verify.ts'
import { Workspace } from '../runtime/workspace.ts'
import { openOnednn } from './onednn/library.ts'
import { onednnProvider } from './onednn/products.ts'
import { allowRelaxedSimd } from './open-executor.ts'

/** How long a program is timed. */
export interface ProfileOptions {
  /** `wasm`, the default, or the same with oneDNN for the products that it is faster at. */
  readonly executor?: 'wasm' | 'onednn'
  /** Runs are begun within this time; 1 by default. There is at least one. */
  readonly seconds?: number
  /** Most runs; 50 by default. */
  readonly maxRuns?: number
  /** Before every run, the first ones included, which warm up. */
  readonly onRun?: () => void
  readonly shouldStop?: () => boolean
}

/** A program as text, one line an operation: as it was traced, and in primitives, equal ones as one, as it is compiled. */
export const programTexts = (program: Program): { readonly traced: string; readonly primitives: string } => ({
  traced: printProgram(program),
  primitives: printProgram(inPrimitives(program)),
})

/** The plan of a program, without running it: so it may be larger than memory. */
export function planProgram(program: Program): PlannedProgram {
  return explainProgram(program.name, compiled(program, false))
}

/**
 * The plan of a program with the time of every step, on one thread: the program is run step by step on zeros, on which
 * dense arithmetic takes as long as on other numbers.
 *
 * @throws {InputError} if memory has no room for it, or oneDNN is asked for and does not load
 */
export async function profileProgram(
  program: Program,
  { executor = 'wasm', seconds = 1, maxRuns = 50, onRun, shouldStop = () => false }: ProfileOptions = {},
): Promise<PlannedProgram> {
  checkRoom(program.name, planProgram(program).memory)
  const stopwatch = new Stopwatch()
  const products = executor === 'onednn' ? onednnProvider(await openOnednn()) : undefined
  const workspace = new Workspace(createWasmExecutor({ stopwatch, ...(products && { products }) }))
  for (const [name, type] of Object.entries(program.states)) await workspace.write(name, zeroTensor(type))
  const feeds = Object.fromEntries(
    Object.entries(program.feeds).map(([name, type]) => [name, zeroTensor(type)]),
  )
  const runnable = await workspace.compile(program)
  const run = async () => {
    onRun?.()
    await runnable.run(feeds)
    // Otherwise timers, messages and Ctrl-C would have to wait for the last run.
    await new Promise((resolve) => setImmediate(resolve))
  }
  try {
    // The first run is in code that is not optimised yet.
    await run()
    if (!shouldStop()) stopwatch.reset()
    const started = performance.now()
    for (let runs = 0; runs < maxRuns && !shouldStop(); runs++) {
      if (runs > 0 && performance.now() - started > 1000 * seconds) break
      await run()
    }
    const [timed] = stopwatch.programs
    const provides = (batch: BatchedProduct) => products?.isFaster(batch) ?? false
    return explainProgram(program.name, timed!.compiled, timed!.runs, provides)
  } finally {
    await runnable.close()
  }
}

/**
 * The WebAssembly of a step: the function that hands it its places, and those that this one calls.
 *
 * @param number of the step, from 1
 * @throws {InputError} if there is no such step
 */
export function codeOfStep(program: Program, number: number): DisassembledFunction[] {
  const { module, plan } = compiled(program, true)
  if (!Number.isInteger(number) || number < 1 || number > plan.steps.length) {
    throw new InputError({
      who: `program ${program.name}`,
      expected: `a step from 1 to ${plan.steps.length}`,
      got: String(number),
      hint: 'The list of its steps has their numbers.',
    })
  }
  const functions = new Map(disassemble(module).map((each) => [each.index, each]))
  const found = new Set(
    [...functions.values()].filter(({ exportedAs }) => exportedAs === `step${number - 1}`),
  )
  // Those that are found meanwhile are gone through as well.
  for (const { instructions } of found)
    for (const { text } of instructions) {
      const called = text.startsWith('call ') ? functions.get(Number(text.slice(5))) : undefined
      if (called) found.add(called)
    }
  return [...found]
}

function compiled(program: Program, exportsSteps: boolean) {
  verifyProgram(program)
  allowRelaxedSimd()
  return compileProgram(program, { isFused: hasRelaxedSimd(), exportsSteps })
}

function checkRoom(name: string, { arena, states, newStates, constants }: PlannedMemory): void {
  const wanted = arena + states + newStates + constants
  const limits: readonly (readonly [number, string])[] = [
    [maxBytes, 'as WebAssembly can address'],
    [totalmem(), 'as this machine has'],
  ]
  for (const [most, why] of limits) {
    if (wanted <= most) continue
    throw new InputError({
      who: `program ${name}`,
      expected: `at most ${mebibytes(most)} in all, ${why}`,
      got: mebibytes(wanted),
      hint: 'Take smaller micro-batches or compute activations again in the backward pass (recompute); the plan alone, without a run, needs no such memory.',
    })
  }
}

/** The ways in which the executor of our own runs a program. */
import v8 from 'node:v8'
import type { Executor } from '../../src/executors/executor.ts'
import { inPrimitives } from '../../src/executors/wasm/compile.ts'
import { createWasmExecutor } from '../../src/executors/wasm/executor.ts'
import { recomputeFarAway } from '../../src/executors/wasm/recompute.ts'
import { hasRelaxedSimd } from '../../src/executors/wasm/web-assembly.ts'
import type { Program } from '../../src/graph/program.ts'
import { onednnVersion, openOnednn } from '../../src/node/onednn/library.ts'
import { openWasmExecutor } from '../../src/node/wasm-threads.ts'
import { bfloat16Products } from '../support/bfloat16-products.ts'

/**
 * With relaxed SIMD and without, where the engine has it, with two threads that share whatever can be shared and
 * compute again whatever can be computed again, with products of bfloat16 multiplied as such, and with every product by
 * oneDNN where it is installed, those of bfloat16 too where it does them.
 */
export async function openFuzzedExecutors(): Promise<ReadonlyMap<string, Executor>> {
  // Node 20 has it behind a flag.
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd')
  return new Map([
    ['plain SIMD', createWasmExecutor({ relaxedSimd: false })],
    ...(hasRelaxedSimd() ? [['relaxed SIMD', createWasmExecutor({ relaxedSimd: true })] as const] : []),
    ['2 threads', recomputing(await openWasmExecutor(2, { worthwhile: evenSmall }))],
    ['products of bfloat16', createWasmExecutor({ products: bfloat16Products })],
    ...((await onednnVersion()) ? [['oneDNN', await openWithOnednn()] as const] : []),
  ])
}

function recomputing(executor: Executor): Executor {
  const compile = executor.compile.bind(executor)
  return Object.assign(executor, {
    compile: (program: Program) =>
      compile(
        recomputeFarAway(inPrimitives(program), () => false, {
          distance: 1,
          mostKept: Number.POSITIVE_INFINITY,
          leastBytes: 0,
          mostTimes: Number.POSITIVE_INFINITY,
        }),
      ),
  })
}

const evenSmall = { share: 0, program: 0 }

const openWithOnednn = async (): Promise<Executor> =>
  openWasmExecutor(2, { worthwhile: evenSmall, onednn: await openOnednn(), isFaster: () => true })

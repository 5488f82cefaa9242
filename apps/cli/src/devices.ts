/** Which executors really compute here, and where: a small program is run and compared with the reference. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createReferenceExecutor,
  type Device,
  type Executor,
  floatTensor,
  InputError,
  linear,
  RandomStream,
  rmsNorm,
  roundToBfloat16,
  slice,
  swiglu,
  type Tensor,
  trace,
  Workspace,
} from '@tiny-recursive-models/tensor'
import { type ExecutorName, openExecutor } from '@tiny-recursive-models/trm/node'
import { inFlags } from './output/flags.ts'

/** An executor on a device. */
export interface Place {
  readonly executor: ExecutorName
  readonly device: Device
}

/** Those of `--executor` and `--device`, by the names that `--probe` has for them. */
export const places = {
  wasm: { executor: 'wasm', device: 'cpu' },
  onednn: { executor: 'onednn', device: 'cpu' },
  'onnxruntime-cpu': { executor: 'onnxruntime', device: 'cpu' },
  'onnxruntime-webgpu': { executor: 'onnxruntime', device: 'webgpu' },
} as const satisfies Readonly<Record<string, Place>>

export type PlaceName = keyof typeof places

export const placeNames = Object.keys(places) as PlaceName[]

export interface Probe extends Place {
  readonly works: boolean
  /** What computes, or why it does not. */
  readonly detail: string
}

/** float32 against float64 over sums of 128 terms; a wrong kernel is off by far more. */
const tolerance = 1e-4
const probeTimeoutMs = 60_000

/** Runs a small program there in this process, which a broken driver may end. */
export async function probePlace(name: PlaceName): Promise<Probe> {
  const place = places[name]
  try {
    const executor = await openExecutor({ ...place, threads: 1 })
    const [found, expected] = [await runProbe(executor), await runProbe(createReferenceExecutor())]
    const error = Math.max(...found.map((value, index) => Math.abs(value - expected[index]!)))
    return error < tolerance
      ? { ...place, works: true, detail: executor.name }
      : { ...place, works: false, detail: `wrong results: off by ${error.toPrecision(2)} from the reference` }
  } catch (thrown) {
    return { ...place, works: false, detail: reasonOf(thrown) }
  }
}

/** Why something does not work, on one line. */
export function reasonOf(thrown: unknown): string {
  const error = inFlags(thrown, ['doctor'])
  const reason =
    error instanceof InputError
      ? `${error.got}. ${error.hint}`
      : String(error instanceof Error ? error.message : error)
  return reason.replace(/\s+/g, ' ').slice(0, 800)
}

/** [32, 64] outputs of a gated layer, from the same random numbers everywhere; oneDNN is given products of that size. */
async function runProbe(executor: Executor): Promise<Float32Array | Int32Array> {
  const [rows, inputs, outputs] = [32, 128, 64]
  const random = new RandomStream(0, 'probe')
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.truncatedNormal())
  const feeds = {
    x: floatTensor([rows, inputs], numbers(rows * inputs)),
    gate: floatTensor([outputs, inputs], numbers(outputs * inputs)),
    up: floatTensor([outputs, inputs], numbers(outputs * inputs)),
  }
  const program = trace('probe', { feeds, states: {} }, ({ feeds: { x, gate, up } }) => ({
    outputs: { y: rmsNorm(swiglu(linear(x, gate), linear(x, up))) },
  }))
  const runnable = await new Workspace(executor).compile(program)
  try {
    return (await runnable.run(feeds)).y!.data
  } finally {
    await runnable.close()
  }
}

/** `probePlace` in a child process, so that a crash is an answer too. */
export const probeInChild = (name: PlaceName): Promise<Probe> =>
  askChild<Probe>(name, (detail) => ({ ...places[name], works: false, detail }))

/** What `trm doctor --probe NAME` prints, in a child process; `otherwise` is told how that ended. */
export async function askChild<Answer>(name: string, otherwise: (how: string) => Answer): Promise<Answer> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, 'doctor', '--probe', name], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: probeTimeoutMs,
  })
  let [output, complaint] = ['', '']
  child.stdout.on('data', (data) => {
    output += String(data)
  })
  child.stderr.on('data', (data) => {
    complaint += String(data)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  try {
    return JSON.parse(output) as Answer
  } catch {
    const end = signal === null ? `exit code ${code}` : `signal ${signal}`
    const last = complaint.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
    return otherwise(`the test process ended with ${end}${last === '' ? '' : ` (${last})`}`)
  }
}

export interface ProductSpeed extends Place {
  /** Of the numbers that are multiplied. */
  readonly precision: 'float32' | 'bfloat16'
  readonly size: number
  readonly threads: number
  readonly runs: number
  readonly gigaflopsPerSecond: number
  /** Whether it multiplies bfloat16 as such; otherwise it rounds float32. */
  readonly multipliesBfloat16: boolean
}

const productSize = 1024
const measureMs = 1_000

/** Products of two square matrices for about a second, with at most so many threads. */
export async function measureProduct(
  place: Place,
  most: number,
  precision: ProductSpeed['precision'] = 'float32',
): Promise<ProductSpeed> {
  const size = productSize
  const executor = await openExecutor({ ...place, threads: most })
  const { threads } = executor
  const workspace = new Workspace(executor)
  const matrix = { shape: [size, size], dtype: 'float32' } as const
  const rounded = precision === 'bfloat16' ? roundToBfloat16 : (x: Tensor) => x
  // Only one row is handed back: copying all would be measured too.
  const program = trace(
    'product',
    { feeds: {}, states: { a: matrix, b: matrix } },
    ({ states: { a, b } }) => ({
      outputs: { row: slice(linear(rounded(a), rounded(b)), 0, 0, 1) },
    }),
  )
  const random = new RandomStream(0, 'product')
  for (const name of ['a', 'b']) {
    const numbers = Float32Array.from({ length: size * size }, () => random.truncatedNormal())
    await workspace.write(name, floatTensor([size, size], numbers))
  }
  const runnable = await workspace.compile(program)
  await runnable.run({})
  const started = performance.now()
  let [runs, elapsedMs] = [0, 0]
  while (elapsedMs < measureMs) {
    await runnable.run({})
    runs++
    elapsedMs = performance.now() - started
  }
  await runnable.close()
  const gigaflopsPerSecond = (runs * 2 * size ** 3) / elapsedMs / 1e6
  const { multipliesBfloat16 = false } = executor
  return { ...place, precision, size, threads, runs, gigaflopsPerSecond, multipliesBfloat16 }
}

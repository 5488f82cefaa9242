/** A training step on every executor, in turn: which is faster depends on model, batch, threads and processor. */
import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { StepSpeed } from './speed/measure-step.ts'
import { median } from './speed/median.ts'
import { benchModels } from './speed/models.ts'

const help = `npm run bench:executors -- [--only NAME] [--executors LIST] [--threads LIST] [--rounds N] [--steps N]

Milliseconds of a training step of the recipe sudoku-6x6 and of the four models of npm run bench, on every executor and
number of threads, each in a process of its own. They take turns, once a round; medians over all steps. Lists have
commas between; --only takes works whose name contains NAME.`

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    executors: { type: 'string', default: 'wasm,onednn,onnxruntime' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})

async function stepSpeed(...words: readonly string[]): Promise<StepSpeed> {
  const script = fileURLToPath(new URL('./speed/measure-step.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...words])
  return JSON.parse(stdout) as StepSpeed
}

const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)

async function compare(work: string): Promise<void> {
  const ways = values.threads
    .split(',')
    .flatMap((threads) => values.executors.split(',').map((executor) => [executor, threads] as const))
  const found = ways.map((): StepSpeed[] => [])
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [index, way] of ways.entries()) found[index]!.push(await stepSpeed(work, ...way, values.steps))
  for (const speeds of found) {
    const steps = speeds.flatMap(({ stepMs }) => stepMs)
    row([
      work,
      speeds[0]!.executor,
      median(steps).toFixed(0),
      Math.min(...steps).toFixed(0),
      Math.max(...speeds.map(({ peakMiB }) => peakMiB)).toFixed(0),
    ])
  }
}

if (values.help) console.log(help)
else {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, float32, ${values.rounds} rounds\n`)
  row(['training step', 'executor', 'ms, median', 'fastest', 'peak MiB'])
  row(['---', '---', '---:', '---:', '---:'])
  for (const work of ['sudoku-6x6', ...benchModels.map(({ name }) => name)])
    if (work.includes(values.only)) await compare(work)
}

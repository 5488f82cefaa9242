import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { loadDataSets } from '@tiny-recursive-models/trm'
import { percent } from '@tiny-recursive-models/trm/format'
import { openModel } from '@tiny-recursive-models/trm/node'
import { measureInference, trainSmallModel } from './speed/measure-inference.ts'
import type { TrainingSpeed } from './speed/measure-training.ts'
import { benchModels } from './speed/models.ts'

const help = `npm run bench -- [--threads N] [--repetitions N] [--only NAME] [--run FOLDER] [--json]

Training step of four models, each in a process of its own, next to a plain large float32 product in the same
process; then puzzles per second with all supervision steps and with early halting. The model of the second table
is the 4×4 recipe trained on the spot (seconds), or the one in --run.`

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: String(cpus().length) },
    repetitions: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    run: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function trainingSpeed(name: string, recompute: boolean): Promise<TrainingSpeed> {
  const script = fileURLToPath(new URL('./speed/measure-training.ts', import.meta.url))
  const args = [
    '--import',
    'tsx',
    script,
    name,
    values.threads,
    values.repetitions,
    recompute ? 'recompute' : 'keep',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as TrainingSpeed
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`
}

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const training: TrainingSpeed[] = []
  if (!values.json) {
    console.log(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${values.threads} threads, onnxruntime cpu float32\n`,
    )
    console.log(row(['training step', 'ms', 'GFLOP', 'GFLOP/s', 'plain Gemm GFLOP/s', 'ratio', 'peak MiB']))
    console.log(row(['---', '---:', '---:', '---:', '---:', '---:', '---:']))
  }
  for (const { name } of benchModels.filter((model) => model.name.includes(values.only))) {
    for (const recompute of [false, true]) {
      const speed = await trainingSpeed(name, recompute)
      training.push(speed)
      if (values.json) continue
      const { stepMs, gflop, gflopPerSecond, gemmGflopPerSecond, peakMiB } = speed
      const figures = [stepMs, gflop, gflopPerSecond, gemmGflopPerSecond].map((figure) => figure.toFixed(0))
      const label = recompute ? `${name}, recomputed` : name
      console.log(
        row([label, ...figures, (gflopPerSecond / gemmGflopPerSecond).toFixed(2), peakMiB.toFixed(0)]),
      )
    }
  }
  const executor = await openOrtExecutor({ threads: Number(values.threads) })
  const { model, test } = values.run ? await openRun(values.run) : await trainSmallModel(executor)
  const inference = await measureInference(executor, model, test, 3)
  if (values.json) return console.log(JSON.stringify({ training, inference }, null, 2))
  console.log(
    `\n${row([`inference, ${values.run ?? 'sudoku-4x4-trm'}, ${test.count} puzzles`, 'puzzles/s', 'exact', 'mean steps'])}`,
  )
  console.log(row(['---', '---:', '---:', '---:']))
  for (const { halting, puzzlesPerSecond, exactAccuracy, meanSteps } of inference) {
    const label = halting === 'full' ? 'all supervision steps' : 'early halting'
    console.log(row([label, puzzlesPerSecond.toFixed(1), percent(exactAccuracy), meanSteps.toFixed(2)]))
  }
}

async function openRun(folder: string) {
  const { model, recipe } = await openModel(folder)
  const { test } = await loadDataSets(recipe.data, (path) => readFile(path))
  return { model, test }
}

await main()

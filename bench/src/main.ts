import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { InputError } from '@tiny-recursive-models/tensor'
import { type ExecutorName, executorNames } from '@tiny-recursive-models/tensor/node'
import { inTurn, type Measured, type Side } from './speed/contestants.ts'
import { shippedModels } from './speed/inference.ts'
import { median } from './speed/median.ts'
import { benchModels } from './speed/models.ts'
import { network } from './speed/network.ts'
import { type Page, ranks } from './speed/ranks.ts'
import { kindsOfWork, measureShares } from './speed/shares.ts'
import { ourSide, peerOf, peerSides, type Task } from './speed/sides.ts'
import { soak } from './speed/soak.ts'
import { structuredRecipes } from './speed/training.ts'

const parts = ['models', 'recipes', 'shares', 'inference', 'ranks', 'network'] as const

const help = `npm run bench -- [options]

Tables of speed. What is compared runs in processes of their own, in turn; figures are medians.

  models     a training step of TRM with MLP and attention, width 512 (batch 8) and 128 (batch 32), 97 tokens
  recipes    a training step of recipes with structured mixing
  shares     what such a step is spent on, on one thread of the executor of our own
  inference  puzzles per second of the shipped 6×6 and 9×9 models, with all steps and with early halting
  ranks      a training step divided among ranks of Open MPI, what a sum costs, and what machines on a network would
  network    a step of two ranks with a network between them that is slow and loses packets: Linux, Open MPI, root

  --part NAME          one of these; may be given several times (default: all)
  --only TEXT          models and recipes whose name contains this
  --executors A,B      of ${executorNames.join(', ')} (default: all; those that do not open here are left out)
  --threads 1,2        numbers of threads (default: 1 and one a core)
  --repetitions N      turns (default 7)
  --seconds N          no new turn of a row after this time (default 60)
  --recompute          the models with recomputation, too
  --bfloat16           the models in bfloat16, too
  --run FOLDER         inference of this run's model instead of the shipped ones
  --puzzles N          of each evaluation (default 100)
  --json               figures as JSON
  --soak [--steps N]   instead: 20,000 steps of a tiny recipe; memory has to stay flat, else the exit status is 1

Rows of the published PyTorch code are added to the models where TRM_PYTHON names a Python with PyTorch and TRM_REPO a
checkout of that code (no optimiser; eager and compiled, float32 and bfloat16).`

const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    only: { type: 'string', default: '' },
    executors: { type: 'string', default: executorNames.join() },
    threads: { type: 'string', default: [...new Set([1, cpus().length])].join() },
    repetitions: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '60' },
    recompute: { type: 'boolean', default: false },
    bfloat16: { type: 'boolean', default: false },
    run: { type: 'string' },
    puzzles: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    steps: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
})

const bad = (option: string, expected: string, got: string): InputError =>
  new InputError({ who: `--${option}`, expected, got, hint: 'npm run bench -- --help lists the options.' })

function whole(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw bad(option, 'a whole number above 0', text)
  return Number(text)
}

function listed<Name extends string>(
  option: string,
  names: readonly string[],
  known: readonly Name[],
): Name[] {
  return names.map((text) => {
    const found = known.find((name) => name === text)
    if (found === undefined) throw bad(option, `one of ${known.join(', ')}`, text)
    return found
  })
}

type Cell = string | number
const row = (cells: readonly Cell[]): void => {
  if (!values.json) console.log(`| ${cells.join(' | ')} |`)
}
function heading(cells: readonly string[]): void {
  row(cells)
  row(cells.map((_, index) => (index < 2 ? '---' : '---:')))
}
const gap = (): void => {
  if (!values.json) console.log()
}
const tell = (text: string): void => {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
}
const toldAll = (): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

interface Asked {
  readonly executors: readonly ExecutorName[]
  readonly threads: readonly number[]
  readonly repetitions: number
  readonly seconds: number
  readonly puzzles: number
}

function ourSides({ executors, threads, puzzles }: Asked, what: Task['what'], name: string): Side[] {
  const isModel = what === 'model'
  const recomputes = isModel && values.recompute ? [false, true] : [false]
  const precisions = isModel && values.bfloat16 ? (['float32', 'bfloat16'] as const) : (['float32'] as const)
  return executors.flatMap((executor) =>
    threads.flatMap((count) =>
      precisions.flatMap((precision) =>
        recomputes.map((recompute) =>
          ourSide({ what, name, executor, threads: count, recompute, precision, puzzles }),
        ),
      ),
    ),
  )
}

const chosen = (names: readonly string[]): string[] => names.filter((name) => name.includes(values.only))

/** Of a column of the runs. */
const middle = ({ runs }: Measured, column = 0): number => median(runs.map((figures) => figures[column]!))

async function models(asked: Asked) {
  const peer = peerOf(process.env)
  const found: Record<string, readonly Measured[]> = {}
  heading(['training step', 'computed by', 'ms', 'GFLOP/s', 'first step s', 'peak MiB'])
  for (const model of benchModels.filter(({ name }) => name.includes(values.only))) {
    const peers = peer ? peerSides(peer, model, Math.max(...asked.threads)) : []
    const measured = await inTurn([...ourSides(asked, 'model', model.name), ...peers], asked, tell)
    toldAll()
    found[model.name] = measured
    const gflop = measured.find(({ facts }) => facts.gflop !== undefined)?.facts.gflop
    for (const side of measured) {
      const ms = middle(side)
      const rate = gflop === undefined ? '' : ((1000 * gflop) / ms).toFixed(0)
      const { firstMs, facts } = side
      row([
        model.name,
        side.side.label,
        ms.toFixed(0),
        rate,
        (firstMs / 1000).toFixed(1),
        facts.peakMiB.toFixed(0),
      ])
    }
  }
  gap()
  return found
}

async function recipes(asked: Asked) {
  const found: Record<string, readonly Measured[]> = {}
  heading(['recipe', 'computed by', 'ms a step', 'peak MiB'])
  for (const name of chosen(structuredRecipes)) {
    const measured = await inTurn(ourSides(asked, 'recipe', name), asked, tell)
    toldAll()
    found[name] = measured
    for (const side of measured)
      row([name, side.side.label, middle(side).toFixed(1), side.facts.peakMiB.toFixed(0)])
  }
  gap()
  return found
}

async function shares(asked: Asked) {
  const found: Record<string, Awaited<ReturnType<typeof measureShares>>> = {}
  heading(['share of a step', 'ms', ...kindsOfWork.map((kind) => `${kind} %`), 'products GFLOP/s'])
  for (const name of chosen([...structuredRecipes, ...benchModels.map((model) => model.name)])) {
    tell(`${name}: where the time goes`)
    const { ms, gflopPerSecond } = await measureShares(name, Math.min(3, asked.repetitions))
    toldAll()
    found[name] = { ms, gflopPerSecond }
    const all = kindsOfWork.reduce((sum, kind) => sum + ms[kind], 0)
    const percents = kindsOfWork.map((kind) => ((100 * ms[kind]) / all).toFixed(1))
    row([name, all.toFixed(1), ...percents, gflopPerSecond.toFixed(1)])
  }
  gap()
  return found
}

async function inference(asked: Asked) {
  const found: Record<string, readonly Measured[]> = {}
  heading([
    'inference',
    'computed by',
    'puzzles/s, all steps',
    'early',
    'exact, early',
    'steps, early',
    'peak MiB',
  ])
  for (const name of values.run === undefined ? chosen(Object.keys(shippedModels)) : [values.run]) {
    const measured = await inTurn(ourSides(asked, 'inference', name), asked, tell)
    toldAll()
    found[name] = measured
    for (const side of measured) {
      const [full, early, exact, steps] = [0, 1, 2, 3].map((column) => middle(side, column)) as [
        number,
        number,
        number,
        number,
      ]
      const cells = [full.toFixed(1), early.toFixed(1), `${(100 * exact).toFixed(1)} %`, steps.toFixed(2)]
      row([name, side.side.label, ...cells, side.facts.peakMiB.toFixed(0)])
    }
  }
  gap()
  return found
}

const page: Page = { heading, row, gap, tell, toldAll }
const tables = {
  models,
  recipes,
  shares,
  inference,
  ranks: (asked: Asked) => ranks({ ...asked, executor: asked.executors[0]! }, page),
  network: (asked: Asked) => network({ ...asked, executor: asked.executors[0]! }, page),
} satisfies Record<(typeof parts)[number], unknown>

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const asked: Asked = {
    executors: listed('executors', values.executors.split(','), executorNames),
    threads: values.threads.split(',').map((text) => whole('threads', text)),
    repetitions: whole('repetitions', values.repetitions),
    seconds: whole('seconds', values.seconds),
    puzzles: whole('puzzles', values.puzzles),
  }
  if (values.soak) {
    const isFlat = await soak(whole('steps', values.steps), asked.executors[0]!, asked.threads[0]!)
    process.exit(isFlat ? 0 : 1)
  }
  const wanted = listed('part', values.part ?? parts, parts)
  if (!values.json)
    console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, float32\n`)
  const found: Record<string, unknown> = {}
  for (const part of wanted) found[part] = await tables[part](asked)
  if (values.json) console.log(JSON.stringify(found, null, 2))
}

try {
  await main()
} catch (error) {
  if (!(error instanceof InputError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/** Several ranks: how much of one process's speed they keep, and what machines on a network would. */
import type { ExecutorName } from '@tiny-recursive-models/tensor/node'
import { inTurn, type Measured, type Side } from './contestants.ts'
import {
  calculatedRecipes,
  costOf,
  fitted,
  gflopOfModel,
  machineCounts,
  networks,
  type RecipeCost,
  type SumTime,
  sumSeconds,
} from './exchange.ts'
import { median } from './median.ts'
import { aloneSide, openMpi, type RankTask, rankSide } from './rank-sides.ts'
import { structuredRecipes } from './training.ts'

/** How a part of the tables is written. */
export interface Page {
  readonly heading: (cells: readonly string[]) => void
  readonly row: (cells: readonly (string | number)[]) => void
  readonly gap: () => void
  readonly tell: (text: string) => void
  readonly toldAll: () => void
}

/** Who computes, and for how long. */
export interface Asked {
  readonly executor: ExecutorName
  readonly repetitions: number
  readonly seconds: number
}

const middle = ({ runs }: Measured, column = 0): number => median(runs.map((figures) => figures[column]!))

/** Pieces of a batch at the same time. */
const sideBySide = 2
const wideModel = 'TRM-MLP 512'
const wideWidth = 512
const narrowRecipe = 'sudoku-6x6'
const lengths = [1, 2 ** 12, 2 ** 16, 2 ** 20, 5_000_000]

export async function ranks(asked: Asked, page: Page) {
  const launcher = openMpi
  const together = `one process, ${sideBySide} workers`
  const whole = new Map<string, number>()
  page.heading(['training step', 'computed by', 'ms', 'one process with as many threads / this'])
  for (const name of [wideModel, ...structuredRecipes]) {
    const task = (pieces: number, workers: number): RankTask => ({
      what: name === wideModel ? 'model' : 'recipe',
      name,
      executor: asked.executor,
      pieces,
      workers,
    })
    const sides: Side[] = [
      aloneSide('one process, 1 thread', task(sideBySide, 1)),
      aloneSide(together, task(sideBySide, sideBySide)),
      ...(launcher ? [rankSide(`${sideBySide} ranks`, launcher, sideBySide, task(sideBySide, 1))] : []),
    ]
    const measured = await inTurn(sides, asked, page.tell)
    page.toldAll()
    // A side that does not open is left out, and has been told of.
    const compared = measured.find(({ side }) => side.label === together)
    if (compared) whole.set(name, middle(compared) / 1000)
    for (const one of measured) {
      const kept = compared ? (middle(compared) / middle(one)).toFixed(2) : ''
      page.row([name, one.side.label, middle(one).toFixed(1), kept])
    }
  }
  page.gap()
  if (!launcher) {
    page.tell('Open MPI is not installed: neither ranks nor sums are measured')
    return {}
  }
  const transports = [
    ['shared memory', null],
    ['TCP of one machine', 'tcp'],
  ] as const
  const sums = await inTurn(
    transports.map(([label, transport]) =>
      rankSide(label, launcher, 2, { what: 'sums', lengths }, transport),
    ),
    asked,
    page.tell,
  )
  page.toldAll()
  page.heading(['sum over 2 ranks', ...lengths.map((length) => `${4 * length} bytes, ms`), 'α µs', 'MB/s'])
  const fits = sums.map((measured) => {
    const times = lengths.map(
      (length, column): SumTime => ({ bytes: 4 * length, seconds: middle(measured, column) / 1000 }),
    )
    const { alpha, bytesPerSecond } = fitted(times)
    page.row([
      measured.side.label,
      ...times.map(({ seconds }) => (1000 * seconds).toFixed(3)),
      (1e6 * alpha).toFixed(0),
      (bytesPerSecond / 1e6).toFixed(0),
    ])
    return { alpha, bytesPerSecond }
  })
  page.gap()
  const costs: (RecipeCost & { readonly seconds: number })[] = []
  for (const [name, seconds] of whole)
    if (name !== wideModel) costs.push({ ...(await costOf(name)), seconds })
  // Told by the rate at which the most similar one is computed.
  const narrow = costs.find(({ name }) => name === narrowRecipe)
  const wide = whole.get(wideModel)
  for (const name of narrow && wide ? calculatedRecipes : []) {
    page.tell(`${name}: counting its work`)
    const cost = await costOf(name)
    const perGflop =
      cost.width < wideWidth ? narrow!.seconds / narrow!.gflop : wide! / gflopOfModel(wideModel)
    costs.push({ ...cost, seconds: perGflop * cost.gflop })
  }
  page.toldAll()
  const byNetwork = fits.at(-1)
  if (!byNetwork) return { fits, costs }
  const { alpha, bytesPerSecond } = byNetwork
  for (const network of networks) {
    const rate = Math.min(network.bytesPerSecond, bytesPerSecond)
    const counts = machineCounts.map((count) => `${count} machines`)
    page.heading([network.name, 'batch', 'parameters', 's a step, 1 machine', ...counts, 'pays up to'])
    for (const { name, batch, parameters, bytes, seconds } of costs) {
      const efficiency = (machines: number): number =>
        seconds / machines / (seconds / machines + sumSeconds(machines, bytes, alpha, rate))
      const worth = machineCounts.filter((machines) => machines <= batch && efficiency(machines) >= 0.5)
      page.row([
        name,
        batch,
        parameters.toLocaleString('en'),
        seconds.toPrecision(3),
        ...machineCounts.map((machines) =>
          machines > batch ? '–' : `${(100 * efficiency(machines)).toFixed(0)} %`,
        ),
        worth.at(-1) ?? 1,
      ])
    }
    page.gap()
  }
  return { fits, costs }
}

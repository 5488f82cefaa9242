/** A step of two ranks with a network between them, as slow as one is told to be. */
import { type Cable, type Network, openNetwork, skipWithoutNetwork } from '../../../testing/network.ts'
import { inTurn } from './contestants.ts'
import { costOf } from './exchange.ts'
import { median } from './median.ts'
import { openMpi, type RankTask, rankSide } from './rank-sides.ts'
import type { Asked, Page } from './ranks.ts'
import { type Precision, structuredRecipes } from './training.ts'

const recipes = structuredRecipes.slice(0, 2)
const ranks = 2

const cables: readonly Cable[] = [
  { delayMs: 0, loss: 0 },
  { delayMs: 20, loss: 0 },
  { delayMs: 20, loss: 0.01 },
]

const labelOf = ({ delayMs, loss }: Cable, precision: Precision): string =>
  `${delayMs} ms each way, ${100 * loss} % lost, ${precision}`

export async function network(asked: Asked, page: Page) {
  if (skipWithoutNetwork.skip || !openMpi) {
    page.tell(`no network: ${skipWithoutNetwork.skip}`)
    return {}
  }
  const found: Record<string, Record<string, number>> = {}
  page.heading(['step of two ranks', 'between them', 'ms', 'KB of gradients'])
  for (const name of recipes) {
    const { bytes } = await costOf(name)
    const task = (gradientPrecision: Precision): RankTask => ({
      ...{ what: 'recipe', name, executor: asked.executor },
      ...{ pieces: ranks, workers: 1, gradientPrecision },
    })
    const sides = [rankSide('no network, float32', openMpi, ranks, task('float32'))]
    const networks: Network[] = []
    try {
      for (const cable of cables) {
        for (const precision of ['float32', 'bfloat16'] as const) {
          // One for each: those whose turn it is not keep theirs.
          const between = await openNetwork(ranks)
          networks.push(between)
          await between.lay(cable)
          sides.push(rankSide(labelOf(cable, precision), between.launcher, ranks, task(precision)))
        }
      }
      const measured = await inTurn(sides, asked, page.tell)
      page.toldAll()
      found[name] = {}
      for (const { side, runs } of measured) {
        const ms = median(runs.map(([figure]) => figure!))
        found[name][side.label] = ms
        const sent = side.label.endsWith('bfloat16') ? bytes / 2 : bytes
        page.row([name, side.label, ms.toFixed(1), (sent / 1000).toFixed(0)])
      }
    } finally {
      for (const between of networks) between.close()
    }
  }
  page.gap()
  return found
}

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { startStudio } from '@tiny-recursive-models/studio-server'
import { findRecipe, overrideRecipe } from '@tiny-recursive-models/trm'
import { runTraining } from '@tiny-recursive-models/trm/node'
import type { Page } from 'playwright-core'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { makeManyRuns } from '../../../../testing/many-runs.ts'
import { buildStudio, desktop, openChromium, phone } from './open-studio.ts'

/** The program of axe-core; null where it is not installed. */
function findAxe(): string | null {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'))
  const path = join(folder, '../axe-core/axe.min.js')
  return existsSync(path) ? path : null
}

const axe = findAxe()
const skip = skipWithoutChromium() || (axe === null && 'axe-core is not installed: npm ci')

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

type Reach = (page: Page) => Promise<unknown>
const at = (page: Page, name: string) => page.getByTestId(name)
const thought: Reach = (page) =>
  page.locator('[data-testid="step"][data-recorded="false"]:not([data-step="0"])').waitFor()

/** States of the page, one after the other on one visit; what was opened is closed again. */
const states: Readonly<Record<string, readonly [hash: string, steps: Readonly<Record<string, Reach>>]>> = {
  think: [
    '#/think',
    {
      'thinking, inside a step': async (page) => {
        await thought(page)
        await at(page, 'to-start').click()
        for (let call = 0; call < 3; call++) await page.keyboard.press('ArrowRight')
        await page.locator('[data-testid="inside"][data-call="z3"]').waitFor()
      },
      'at the end': (page) => page.keyboard.press('End'),
      'a cell chosen': (page) => at(page, 'cell-0').click(),
      tour: (page) => at(page, 'tour-start').click(),
      'the tour over': (page) => at(page, 'tour-close').click(),
      keys: (page) => page.keyboard.press('?'),
      paste: async (page) => {
        await page.keyboard.press('Escape')
        await at(page, 'paste').click()
      },
      refused: async (page) => {
        await at(page, 'paste-text').fill('11..................................')
        await at(page, 'paste-take').click()
        await page.locator('[data-testid="problems"][data-refused]').waitFor()
      },
      editing: (page) => at(page, 'edit').click(),
    },
  ],
  'two models': [
    '#/think/sudoku-extreme/379..8...5.8...4.........3..96....427...1........54.7..2.....16..382.......6...../2',
    {
      compared: async (page) => {
        await thought(page)
        await at(page, 'compare-with').selectOption({ index: 1 })
        await page.locator('[data-testid="compare"]:not([data-count="0"])').waitFor()
      },
    },
  ],
  train: [
    '#/train',
    {
      ready: (page) => page.locator('[data-testid="train-promise"][data-ms]').waitFor(),
      'every field': (page) => at(page, 'train-advanced').locator('summary').click(),
      training: async (page) => {
        await at(page, 'train-training.steps').fill('60')
        await at(page, 'train-training.batch').fill('16')
        await at(page, 'train-start').click()
        await page.locator('[data-testid="train-loss"][data-value]').waitFor()
      },
      'replaying what it learned': async (page) => {
        await page.locator('[data-testid="train-status"][data-status="done"]').waitFor({ timeout: 120_000 })
        await at(page, 'watch-replay').fill('0')
      },
    },
  ],
  runs: [
    '#/runs',
    {
      table: (page) => at(page, 'run-run-000').waitFor(),
      grouped: (page) => at(page, 'runs-group').selectOption({ index: 1 }),
      'one opened': async (page) => {
        await at(page, 'runs-group').selectOption({ index: 0 })
        await at(page, 'open-run-001').click()
      },
      'no run found': (page) => at(page, 'runs-search').fill('exact>200%'),
    },
  ],
  'weights of a run': [
    '#/runs/trained',
    {
      'two of them': (page) => at(page, 'beside-choice').selectOption('final'),
      'one puzzle by all': async (page) => {
        await at(page, 'show-boards').click()
        await page.locator('[data-testid="boards"][data-busy="false"] td svg').last().waitFor()
      },
    },
  ],
  'an unknown run': ['#/runs/nowhere', { told: (page) => at(page, 'unknown-run').waitFor() }],
}

describe('axe-core finds nothing, in Chromium', { skip }, async () => {
  if (skip) return
  const built = await buildStudio()
  const folder = await mkdtemp(join(tmpdir(), 'trm-runs-'))
  await makeManyRuns(folder, 3)
  const recipe = overrideRecipe(findRecipe('sudoku-4x4-trm'), [
    'training.steps=8',
    'training.evaluateEvery=4',
    'optimizer.warmupSteps=2',
  ])
  for await (const _ of runTraining({ folder: join(folder, 'trained'), recipe, threads: 1 }));
  const studio = await startStudio({ page: built.folder, runs: folder })
  const browser = await openChromium()
  after(async () => {
    await browser.close()
    await studio.close()
    await built.remove()
    await rm(folder, { recursive: true, force: true })
  })
  // By the driver's own way, which the page's policy does not forbid.
  const program = readFileSync(axe!, 'utf8')

  for (const [name, [hash, steps]] of Object.entries(states))
    test(`${name}: ${Object.keys(steps).join(', ')}`, async () => {
      const context = await browser.newContext({
        viewport: desktop,
        bypassCSP: true,
        reducedMotion: 'reduce',
      })
      const page = await context.newPage()
      await page.addInitScript(program)
      await page.goto(`${studio.url}${hash}`)
      const found: string[] = []
      for (const [step, reach] of Object.entries(steps)) {
        await reach(page)
        for (const [colorScheme, viewport] of [
          ['light', desktop],
          ['dark', phone],
        ] as const) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          const blank = await page.evaluate<number>(belowFooter)
          if (blank > 1) found.push(`${step}, ${colorScheme}: ${blank} px of nothing below the footer`)
          for (const { id, nodes } of await violations(page))
            found.push(
              ...nodes.map(
                ({ html, failureSummary }) => `${step}, ${colorScheme}: ${id}: ${html}: ${failureSummary}`,
              ),
            )
        }
        await page.setViewportSize(desktop)
      }
      await context.close()
      assert.deepEqual([...new Set(found)], [])
    })
})

/** What is hidden from sight and placed out of what scrolls makes a page longer than what is in it. */
const belowFooter = `document.documentElement.scrollHeight - Math.max(
  document.documentElement.clientHeight, scrollY + document.querySelector('footer').getBoundingClientRect().bottom)`

/** What axe-core objects to. */
async function violations(page: Page): Promise<readonly Finding[]> {
  await page.waitForTimeout(350)
  return page.evaluate('axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)')
}

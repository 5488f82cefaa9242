import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { startStudio } from '@tiny-recursive-models/studio-server'
import { findRecipe, overrideRecipe } from '@tiny-recursive-models/trm'
import { trainInWorker } from '@tiny-recursive-models/trm/node'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { buildStudio, openChromium, phone, Visitor } from './open-studio.ts'

const skip = skipWithoutChromium()

describe('runs, in Chromium', { skip }, async () => {
  if (skip) return
  const built = await buildStudio()
  const folder = await mkdtemp(join(tmpdir(), 'trm-runs-'))
  const browser = await openChromium()
  after(async () => {
    await browser.close()
    await built.remove()
    await rm(folder, { recursive: true, force: true })
  })

  test('a run is followed while it trains, and its report is shown at the end', async () => {
    const recipe = overrideRecipe(findRecipe('sudoku-4x4'), [
      'training.steps=400',
      'training.batch=8',
      'training.evaluateEvery=100',
      'optimizer.warmupSteps=5',
    ])
    const training = trainInWorker({ folder: join(folder, 'live'), recipe, threads: 1 })
    const events = (async () => {
      for await (const event of training.events) if (event.type === 'report') return event.report
      throw new Error('the run ended without a report')
    })()
    const studio = await startStudio({ page: built.folder, runs: folder })
    try {
      const visitor = await Visitor.open(browser, `${studio.url}#/runs`)
      const { page } = visitor
      const row = visitor.at('run-live')
      await row.waitFor()
      const stepOf = async (): Promise<number> => Number(await row.getAttribute('data-step'))
      // Asked from here: the page's own policy forbids it to evaluate text.
      const stepBeyond = async (step: number): Promise<number> => {
        for (;;) {
          const now = await stepOf()
          if (now > step) return now
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
      const seen = await stepBeyond(0)
      await stepBeyond(seen)
      const report = await events
      await page.locator('[data-testid="run-live"][data-status="done"]').waitFor()
      assert.equal(await stepOf(), 400)
      const { exactAccuracy } = report.test!.full
      await page.locator(`[data-testid="report-exact"][data-value="${exactAccuracy}"]`).waitFor()
      await page.setViewportSize(phone)
      assert.equal(await visitor.overflow(), 0)
      await visitor.close()
    } finally {
      await studio.close()
    }
  })
})

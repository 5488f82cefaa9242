import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { startStudio } from '@tiny-recursive-models/studio-server'
import { findRecipe, overrideRecipe } from '@tiny-recursive-models/trm'
import { createRunFolder, openRunFolder, trainInWorker } from '@tiny-recursive-models/trm/node'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { makeManyRuns } from '../../../../testing/many-runs.ts'
import { serveFolder } from '../../../../testing/static-server.ts'
import { buildStudio, desktop, openChromium, phone, Visitor } from './open-studio.ts'

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
    const recipe = overrideRecipe(findRecipe('sudoku-4x4-trm'), [
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

  test('runs are compared, and weights of one think', async () => {
    const path = join(folder, 'wider')
    const recipe = overrideRecipe(findRecipe('sudoku-4x4-trm'), ['model.width=96', 'training.steps=500'])
    const run = await createRunFolder(path, recipe)
    for (let step = 1; step <= 20; step++) await run.appendEvent(stepEvent(step))
    await run.close()
    const studio = await startStudio({ page: built.folder, runs: folder })
    try {
      const visitor = await Visitor.open(browser, `${studio.url}#/runs/live`)
      await visitor.at('compare-wider').check()
      const table = visitor.at('differences')
      await table.waitFor()
      const keys = await table.locator('tbody th').allTextContents()
      assert.deepEqual(
        keys.filter((key) => key === 'model.width' || key === 'training.seed'),
        ['model.width'],
      )
      // The curve of a run comes with its events, not at once.
      await visitor
        .at('chart-loss')
        .getByRole('img', { name: /live: .*wider: 0\.05/ })
        .waitFor()

      // Evaluations × steps of thinking: the last is told, keys lead to the others, and it is kept as a file.
      await visitor.at('step-map-told').filter({ hasText: 'After 400 steps of training' }).waitFor()
      await visitor.at('step-map').locator('[role="gridcell"][tabindex="0"]').focus()
      await visitor.page.keyboard.press('ArrowLeft')
      await visitor.page.keyboard.press('ArrowUp')
      const steps = recipe.model.supervisionSteps - 1
      await visitor
        .at('step-map-told')
        .filter({ hasText: `After 300 steps of training, ${steps} steps of thinking` })
        .waitFor()
      const [file] = await Promise.all([
        visitor.page.waitForEvent('download'),
        visitor.at('step-map').getByTestId('save-csv').click(),
      ])
      assert.equal(file.suggestedFilename(), 'learning-and-thinking-live.csv')

      await visitor.at('show-thoughts').click()
      await visitor.at('thought-steps').locator('li').nth(recipe.model.supervisionSteps).waitFor()
      await visitor.at('measure-count').selectOption('20')
      await visitor.at('measure').click()
      assert.match(await visitor.at('measured').innerText(), /^\d+(\.\d)? % of 20 validation puzzles solved/)

      // The same puzzle by every weights that there are, at each step.
      await visitor.at('show-boards').click()
      await visitor.at('boards').and(visitor.page.locator('[data-busy="false"]')).waitFor()
      const boards = visitor.at('boards').locator('tbody tr')
      assert.equal(await boards.count(), await visitor.at('checkpoint-choice').locator('option').count())
      assert.equal(await visitor.at('boards-final').locator('td svg').count(), recipe.model.supervisionSteps)

      // Two of them on one puzzle, in one action.
      await visitor.at('beside-choice').selectOption('final')
      await visitor.at('think-with-both').click()
      await visitor.page.waitForURL(/#\/think/)
      await visitor.page.locator('[data-testid="compare"]:not([data-count="0"])').waitFor()
      const besides = visitor.at('compare-with').locator('option:checked')
      assert.match((await besides.textContent()) ?? '', /live, final/)
      await visitor.page.goBack()

      await visitor.at('think-with').click()
      await visitor.page.waitForURL(/#\/think/)
      // Chosen among the models of the page: an option is never visible by itself.
      await visitor.page.locator('option:checked', { hasText: 'live, best' }).waitFor({ state: 'attached' })
      await visitor.close()
    } finally {
      await studio.close()
    }
  })

  test('five hundred runs are listed, searched, sorted and drawn, and the page stays awake', async () => {
    const many = join(folder, 'many')
    await makeManyRuns(many, 500)
    const studio = await startStudio({ page: built.folder, runs: many })
    try {
      const visitor = await Visitor.open(browser, `${studio.url}#/runs`)
      const { page } = visitor
      // Longest tasks are told by the browser; a machine that is busy makes them longer, so none is asserted.
      await visitor.at('runs-found').getByText('500 runs').waitFor()
      await visitor.at('chart-accuracy').getByRole('img', { name: /\d %/ }).waitFor()
      assert.ok((await page.locator('[data-testid="run-list"] tbody tr').count()) < 100, 'only rows in sight')
      // Neither another page nor the library, which is larger than all of this: compiling them holds the page up.
      const scripts = await page.evaluate<{ name: string; bytes: number }[]>(`
        performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
          .map(({ name, decodedBodySize }) => ({ name: name.split('/').at(-1), bytes: decodedBodySize }))`)
      assert.deepEqual(
        scripts.filter(({ name }) => /^(Think|Train)-/.test(name)),
        [],
      )
      assert.ok(scripts.reduce((sum, { bytes }) => sum + bytes, 0) < 300_000, JSON.stringify(scripts))
      // The latest is drawn, and its report in sight without scrolling the page.
      assert.equal(await visitor.at('details').locator('h2').first().innerText(), 'run-499')
      assert.equal(await page.evaluate('scrollY'), 0)
      const box = await visitor.at('details').boundingBox()
      assert.ok(box && box.y < desktop.height, 'the report is in sight')
      await visitor.at('runs-search').fill('width=64 exact>50%')
      await visitor
        .at('runs-found')
        .getByText(/^\d+ of 500 runs$/)
        .waitFor()
      await visitor.at('sort-exact').click()
      assert.match(await page.locator('th[aria-sort="descending"]').innerText(), /^Exact\s↓$/)
      await visitor.at('runs-group').selectOption('all but the seed')
      assert.match(await visitor.at('run-group').first().innerText(), /width 64.*runs, mean \d+\.\d % ± \d/s)
      await visitor.at('runs-search').fill('')
      const [download] = await Promise.all([page.waitForEvent('download'), visitor.at('runs-csv').click()])
      assert.equal(download.suggestedFilename(), 'runs.csv')
      assert.ok(await visitor.at('against').locator('circle').count())
      // By its address, as by a link: the curves of a run come with its report.
      await page.evaluate('location.hash = "#/runs/run-123"')
      await visitor.at('chart-accuracy').getByText('run-123').waitFor()
      await visitor.at('open-run-123').waitFor()
      assert.equal(await visitor.at('details').locator('h2').first().innerText(), 'run-123')
      await page.evaluate('location.hash = "#/runs/nowhere"')
      await visitor.at('unknown-run').getByText('nowhere').waitFor()
      await page.goBack()
      await visitor.at('unknown-run').waitFor({ state: 'detached' })
      await page.setViewportSize(phone)
      assert.equal(await visitor.overflow(), 0)
      await page.evaluate('document.documentElement.style.fontSize = "200%"')
      assert.equal(await visitor.overflow(), 0)
      await visitor.close()
    } finally {
      await studio.close()
    }
  })

  test('a server that comes back is found again, and nothing is missing', async () => {
    const run = await openRunFolder(join(folder, 'wider'))
    await run.lock()
    let studio = await startStudio({ page: built.folder, runs: folder })
    try {
      const context = await browser.newContext({ viewport: desktop })
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      await page.goto(`${studio.url}#/runs/wider`)
      const row = page.getByTestId('run-wider')
      await row.locator('[data-follow="live"]').waitFor()
      await studio.close()
      await row.locator('[data-follow="reconnecting"]').waitFor()
      await page.getByTestId('lost').waitFor()
      for (let step = 21; step <= 30; step++) await run.appendEvent(stepEvent(step))
      studio = await startStudio({ page: built.folder, runs: folder, port: studio.port })
      await row.locator('[data-follow="live"]').waitFor()
      await page.locator('[data-testid="run-wider"][data-step="30"]').waitFor()
      await page.getByTestId('lost').waitFor({ state: 'detached' })
      // A run that goes on from a checkpoint cuts its events, and repeats its steps with other numbers.
      await run.close()
      await rm(run.file('events'))
      for (let step = 1; step <= 5; step++) await run.appendEvent(stepEvent(step))
      await page.locator('[data-testid="run-wider"][data-step="5"]').waitFor()
      await context.close()
    } finally {
      await run.close()
      await studio.close()
    }
  })

  test('where there is no server, files of events can be opened', async () => {
    // Isolated already: else the page is loaded anew as soon as its service worker can isolate it.
    const server = await serveFolder(built.folder, { isolated: true })
    try {
      const visitor = await Visitor.open(browser, `${server.url}#/runs`, { viewport: phone })
      const { page } = visitor
      await page.getByTestId('no-server').waitFor()
      await page.getByTestId('open-events').setInputFiles({
        name: 'notes.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('no events\n'),
      })
      assert.match(await page.getByTestId('file-problem').innerText(), /notes\.txt contains no events/)
      await page.getByTestId('open-events').setInputFiles(join(folder, 'live', 'events.jsonl'))
      await page.locator('[data-testid="run-events.jsonl"][data-step="400"][data-status="file"]').waitFor()
      await page
        .getByTestId('chart-accuracy')
        .getByRole('img', { name: /events\.jsonl: \d/ })
        .waitFor()
      await visitor.close()
    } finally {
      await server.close()
    }
  })
})

const stepEvent = (step: number) => ({
  type: 'step',
  step,
  totalSteps: 500,
  loss: 1 / step,
  elapsedMs: step * 100,
})

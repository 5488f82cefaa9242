import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { evaluate, loadDataSets } from '@tiny-recursive-models/trm'
import { openModel, openOrtExecutor, readDataFile } from '@tiny-recursive-models/trm/node'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { phone, serveStudio, Visitor } from './open-studio.ts'

const skip = skipWithoutChromium()

describe('train, in Chromium', { skip }, async () => {
  if (skip) return
  const downloads = await mkdtemp(join(tmpdir(), 'trm-downloads-'))
  const { server, browser } = await serveStudio()
  after(() => rm(downloads, { recursive: true, force: true }))

  test('tells beforehand how long it takes; steps, bar and time left move between two checkpoints', async () => {
    const visitor = await Visitor.open(browser, `${server.url}#/train`)
    const { page } = visitor
    await visitor.at('train-recipe').selectOption('sudoku-4x4')
    await page.locator('[data-testid="train-promise"][data-ms]').waitFor()
    assert.match(await visitor.at('train-promise').innerText(), /steps a second with (one|\d+) thread/)
    await visitor.at('train-advanced').locator('summary').click()
    await visitor.at('train-training.checkpointEvery').fill('0')
    await visitor.at('train-training.evaluateEvery').fill('0')
    await visitor.at('train-start').click()
    // Nothing but steps happens: each must be seen, by the eyes and in the bar.
    const seen: { step: number; bar: number; left: number }[] = []
    while (seen.length < 4) {
      const [step, bar, left] = await Promise.all([
        visitor.at('train-step').getAttribute('data-step', { timeout: 120_000 }),
        page.getByRole('progressbar', { name: 'Steps done' }).getAttribute('value'),
        visitor.at('train-time-left').getAttribute('data-ms'),
      ])
      if (Number(step) > (seen.at(-1)?.step ?? 0))
        seen.push({ step: Number(step), bar: Number(bar ?? 0), left: Number(left) })
      assert.equal(await visitor.at('train-save-checkpoint').isDisabled(), true, 'there is no checkpoint yet')
    }
    assert.ok(seen.at(-1)!.bar > seen[0]!.bar, JSON.stringify(seen))
    assert.equal(new Set(seen.map(({ left }) => left)).size > 1, true, JSON.stringify(seen))
    await visitor.close()
  })

  test('fits a phone with letters twice as large', async () => {
    const visitor = await Visitor.open(browser, `${server.url}#/train`, { viewport: phone })
    await visitor.page.evaluate('document.documentElement.style.fontSize = "200%"')
    await visitor.page.locator('[data-testid="train-promise"][data-ms]').waitFor()
    assert.equal(await visitor.overflow(), 0)
    await visitor.at('train-advanced').locator('summary').click()
    assert.equal(await visitor.overflow(), 0)
    await visitor.close()
  })

  test('learns, pauses and goes on; the model it saves solves as many puzzles in Node', async () => {
    const visitor = await Visitor.open(browser, `${server.url}#/train`)
    const { page } = visitor
    const numberAt = async (name: string): Promise<number> =>
      Number(await visitor.at(name).getAttribute('data-value'))
    const waitForStatus = (status: string): Promise<void> =>
      page.locator(`[data-testid="train-status"][data-status="${status}"]`).waitFor()
    const save = async (name: string): Promise<string> => {
      const [download] = await Promise.all([page.waitForEvent('download'), visitor.at(name).click()])
      const path = join(downloads, download.suggestedFilename())
      await download.saveAs(path)
      return path
    }

    await visitor.at('train-recipe').selectOption('sudoku-4x4')
    await visitor.at('train-advanced').locator('summary').click()
    for (const [key, value] of Object.entries({
      'training.steps': '60',
      'training.batch': '16',
      'optimizer.warmupSteps': '5',
      'training.evaluateEvery': '30',
    }))
      await visitor.at(`train-${key}`).fill(value)
    // Made in a moment, so that nobody looks in time.
    await page.evaluate(`new MutationObserver(() => {
      const made = document.querySelector('[data-testid="train-puzzles"]')
      if (made) document.body.dataset.puzzlesMade = made.textContent
    }).observe(document.body, { subtree: true, childList: true, characterData: true })`)
    await visitor.at('train-start').click()
    await page.locator('[data-testid="train-loss"][data-value]').waitFor()
    const made = await page.locator('body').getAttribute('data-puzzles-made')
    assert.match(made ?? '', /Puzzle\s+\d+\s+of\s+550/)
    await visitor.at('train-pause').focus()
    await page.keyboard.press('Enter')
    await waitForStatus('paused')
    // The focus is on what takes it back.
    assert.equal(await page.evaluate('document.activeElement?.getAttribute("data-testid")'), 'train-resume')
    const checkpoint = await save('train-save-checkpoint')
    assert.match(checkpoint, /step-\d{6}\.safetensors$/)
    await visitor.at('train-resume').click()
    await waitForStatus('done')

    // The puzzle that is watched has been solved with the weights of each checkpoint; the learning can be replayed.
    const watched = visitor.at('watch-steps').locator('li[data-wrong]')
    const wrongCells = async (): Promise<number> => Number(await watched.last().getAttribute('data-wrong'))
    const slider = visitor.at('watch-replay')
    await page.locator('[data-testid="watch-caption"][data-step="60"]').waitFor()
    await watched.last().waitFor()
    const atEnd = await wrongCells()
    await slider.fill('0')
    await page.locator('[data-testid="watch-caption"]:not([data-step="60"])').waitFor()
    await watched.last().waitFor()
    assert.ok((await wrongCells()) >= atEnd, 'it has learned')
    assert.equal(await page.locator('[data-testid="train-chart-cells"]').count(), 1)

    const shown = await numberAt('train-accuracy')
    const { model, recipe, step } = await openModel(await save('train-save-model'))
    // So early each evaluation is the best, and few puzzles are solved; the loss holds the halting score too, which
    // learns last: the cells tell more.
    assert.equal(step, 60)
    const shownCells = await numberAt('train-cells')
    assert.ok(shownCells > 0.7, `${shownCells} of the cells, where clues and guesses have half`)
    const { validation } = await loadDataSets(recipe.data, readDataFile)
    const executor = await openOrtExecutor({ threads: 1 })
    for await (const event of evaluate(executor, model, validation))
      if (event.type === 'done') {
        assert.equal(event.report.exactAccuracy, shown)
        assert.equal(event.report.cellAccuracy, shownCells)
      }

    // What was saved at the pause goes on in another visit.
    const other = await Visitor.open(browser, `${server.url}#/train`)
    const [chooser] = await Promise.all([
      other.page.waitForEvent('filechooser'),
      other.at('train-load').click(),
    ])
    await chooser.setFiles({
      name: 'step.safetensors',
      mimeType: 'application/octet-stream',
      buffer: await readFile(checkpoint),
    })
    await other.at('train-resume').click()
    await other.page.locator('[data-testid="train-status"][data-status="done"]').waitFor()
    assert.equal(await other.at('train-accuracy').getAttribute('data-value'), String(shown))
    await other.close()

    await visitor.at('train-think').click()
    await page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
    await visitor.close()
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boxShapes, checkAnswer, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { serveFolder } from '../../../../testing/static-server.ts'
import { phone, serveStudio, Visitor } from './open-studio.ts'

const skip = skipWithoutChromium()

describe('think, in Chromium', { skip }, async () => {
  if (skip) return
  const { server, browser, folder } = await serveStudio()

  /** What stands in the cells, as a line of text. */
  const lineOf = async ({ page }: Visitor): Promise<string> => {
    const cells = await page.locator('[data-cell]').all()
    const symbols = await Promise.all(cells.map((cell) => cell.getAttribute('data-symbol')))
    return symbols.map((symbol) => (/^\d$/.test(symbol ?? '') ? symbol : '.')).join('')
  }

  test('a new 6×6 puzzle is solved at the first visit, and each step is shown', async () => {
    const visitor = await Visitor.open(browser, server.url)
    const { page } = visitor
    await page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
    await visitor.at('to-start').click()
    const question = parseSudoku(await lineOf(visitor)).tokens

    const halting: number[] = []
    let answer = ''
    // The model ends where its answer stands still, before the most steps that it may take.
    await page.locator('[data-testid="scrub"]:enabled').waitFor()
    const last = Number(await visitor.at('scrub').getAttribute('max'))
    assert.ok(last > 5)
    for (let step = 1; step <= last; step++) {
      await visitor.at('step-forward').click()
      await page.locator(`[data-testid="step"][data-step="${step}"]`).waitFor()
      halting.push(Number(await visitor.at('halting').getAttribute('data-value')))
      answer = await lineOf(visitor)
    }
    assert.ok(halting.every((value) => value > 0 && value < 1))
    await page.locator('[data-testid="verdict"][data-solved]').waitFor()
    const solved = checkAnswer(boxShapes['6x6'], question, parseSudoku(answer).tokens).length === 0
    assert.equal(await visitor.at('verdict').getAttribute('data-solved'), String(solved))

    await visitor.at('step-back').click()
    await page.locator(`[data-testid="step"][data-step="${last - 1}"]`).waitFor()
    await visitor.close()
  })

  test('an invalid puzzle is refused on the grid, unless the reader dares', async () => {
    const visitor = await Visitor.open(browser, server.url)
    await visitor.page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
    await visitor.at('paste').click()
    await visitor.at('paste-text').fill('11..................................')
    await visitor.at('paste-take').click()
    await visitor.page.locator('[data-testid="problems"][data-refused]').waitFor()
    for (const [cell, wrong] of [
      [0, 'true'],
      [1, 'true'],
      [2, null],
    ] as const)
      assert.equal(await visitor.at(`cell-${cell}`).getAttribute('aria-invalid'), wrong)
    assert.match(await visitor.at('problems').innerText(), /1/)
    assert.ok(await visitor.at('play').isDisabled())
    // What a model does there is interesting all the same.
    await visitor.at('dare').click()
    await visitor.page.locator('[data-testid="verdict"][data-solved="false"]').waitFor()
    await visitor.close()
  })

  test('fits a phone with letters twice as large', async () => {
    const visitor = await Visitor.open(browser, server.url, { viewport: phone })
    const { page } = visitor
    await page.evaluate('document.documentElement.style.fontSize = "200%"')
    await page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
    assert.equal(await visitor.overflow(), 0)
    await visitor.at('edit').click()
    await visitor.at('redo').waitFor()
    assert.equal(await visitor.overflow(), 0)
    await visitor.close()
  })

  test('fits a phone', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const visitor = await Visitor.open(browser, server.url, { viewport: phone, colorScheme })
      await visitor.page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
      assert.equal(await visitor.overflow(), 0)
      await visitor.close()
    }
  })

  test('an ARC task takes the width of a phone', async () => {
    const visitor = await Visitor.open(browser, server.url, { viewport: phone })
    await visitor.page.locator('[data-testid="step"][data-recorded="false"]').waitFor()
    const pair = { input: [[1, 2]], output: [[2, 1]] }
    await visitor.at('open-puzzles').setInputFiles({
      name: 'task.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify({ train: [pair], test: [pair] })),
    })
    const box = await visitor.at('arc-input').boundingBox()
    assert.ok(box && box.width > 140, JSON.stringify(box))
    assert.equal(await visitor.overflow(), 0)
    await visitor.close()
  })

  test('on a plain host it works under any path, and without a connection with every model', async () => {
    const server = await serveFolder(folder, { base: '/some/where/' })
    const visitor = await Visitor.open(browser, server.url)
    const { page } = visitor
    const firstThought = page.locator('[data-testid="step"]:not([data-step="0"])')
    await firstThought.waitFor()
    assert.equal(await page.evaluate('crossOriginIsolated'), false)
    const models = await visitor
      .at('model')
      .locator('option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value')!))
    // The service worker comes with the first answer, and keeps the other models too.
    const keptModels = (): Promise<number> =>
      page.evaluate(`(async () => {
        const caches = await Promise.all((await self.caches.keys()).map((name) => self.caches.open(name)))
        const kept = await Promise.all(caches.map((cache) => cache.keys()))
        return kept.flat().filter(({ url }) => url.endsWith('.safetensors')).length
      })()`)
    while ((await keptModels()) < models.length) await page.waitForTimeout(100)
    await server.close()
    await page.reload()
    await firstThought.waitFor()
    for (const model of models) {
      await visitor.at('model').selectOption(model)
      await visitor.at('model-facts').filter({ hasText: 'parameters' }).waitFor()
      await firstThought.waitFor()
      assert.doesNotMatch(await page.locator('main').innerText(), /could not be loaded/)
    }
    await page.context().close()
  })

  test('shows a recorded thought before the model is there, and then the model’s own', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    let letThrough = (): void => undefined
    const isWanted = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    await page.route('**/*.safetensors', async (route) => {
      await isWanted
      await route.continue()
    })
    await page.goto(server.url)
    const step = page.getByTestId('step')
    await page.locator('[data-testid="step"][data-recorded="true"]:not([data-step="0"])').waitFor()
    await page.getByTestId('play').click()
    const position = await step.getAttribute('data-step')
    const last = await page.getByTestId('scrub').getAttribute('max')
    letThrough()
    await page.locator('[data-testid="step"][data-recorded="false"]').waitFor()
    assert.equal(await step.getAttribute('data-step'), position)
    assert.equal(await page.getByTestId('scrub').getAttribute('max'), last)
    // The states come with the model's own thought.
    await page.locator('[data-testid="moves"][aria-label*="largest in"]').waitFor()
    await context.close()
  })

  test('thinks without ONNX Runtime', async () => {
    const server = await serveFolder(folder, {})
    const visitor = await Visitor.open(browser, server.url)
    await visitor.page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
    await visitor.close()
    assert.deepEqual(
      server.requests.filter((line) => /\.wasm|\/ort[.-]/.test(line)),
      [],
    )
    await server.close()
  })
})

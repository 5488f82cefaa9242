import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { BrowserContextOptions } from 'playwright-core'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { phone, serveStudio, Visitor } from './open-studio.ts'

const skip = skipWithoutChromium()
const shipped = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../../packages/trm/models/${name}.safetensors`, import.meta.url))

describe('playing with a puzzle, in Chromium', { skip }, async () => {
  if (skip) return
  const { server, browser } = await serveStudio()

  const open = async (place = '', options: BrowserContextOptions = {}): Promise<Visitor> => {
    const visitor = await Visitor.open(browser, `${server.url}${place}`, options)
    await visitor.page.locator('[data-testid="step"][data-recorded="false"]:not([data-step="0"])').waitFor()
    return visitor
  }
  const symbolsOf = ({ page }: Visitor): Promise<(string | null)[]> =>
    page.locator('[data-cell]').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-symbol')))
  const ended = ({ page }: Visitor) => page.locator('[data-testid="verdict"][data-solved]').waitFor()
  const focused = ({ page }: Visitor): Promise<string | null> =>
    page.evaluate('document.activeElement?.getAttribute("data-testid")')

  test('a file that cannot be opened leaves chooser, model and puzzle as they were', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    const options = await visitor.at('model').locator('option').allInnerTexts()
    const before = await symbolsOf(visitor)
    const whole = await shipped('sudoku-4x4')
    const foreign = Buffer.from(
      JSON.stringify({ 'model.weight': { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }),
    )
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(foreign.length))
    for (const [name, buffer, words] of [
      ['truncated.safetensors', whole.subarray(0, 9000), /cut off/],
      ['foreign.safetensors', Buffer.concat([length, foreign, Buffer.alloc(4)]), /holds its recipe/],
      ['text.safetensors', Buffer.from('not a model at all, but a text'), /damaged|not a/],
    ] as const) {
      await visitor.at('open-model').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
      await visitor.at('failure').filter({ hasText: name }).waitFor()
      assert.match(await visitor.at('failure').innerText(), words)
      assert.equal(await visitor.at('model').inputValue(), 'sudoku-6x6')
      assert.deepEqual(await visitor.at('model').locator('option').allInnerTexts(), options)
      assert.deepEqual(await symbolsOf(visitor), before)
    }
    await visitor.at('open-model').setInputFiles({
      name: 'mine.safetensors',
      mimeType: 'application/octet-stream',
      buffer: whole,
    })
    await page.locator('[data-cell]').nth(15).waitFor()
    await page
      .locator('[data-testid="model"] option:checked', { hasText: 'mine.safetensors' })
      .waitFor({ state: 'attached' })
    await visitor.close()
  })

  test('a model that cannot be fetched leaves the puzzle, and the one that thinks stays chosen', async () => {
    // A service worker has the other models soon.
    const visitor = await open('', { serviceWorkers: 'block' })
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    const before = await symbolsOf(visitor)
    await page.route('**/*.safetensors', (route) => route.fulfill({ status: 500, body: 'no' }))
    await visitor.at('model').selectOption('maze-small')
    await visitor.at('failure').filter({ hasText: 'could not be loaded' }).waitFor()
    assert.equal(await visitor.at('model').inputValue(), 'sudoku-6x6')
    assert.deepEqual(await symbolsOf(visitor), before)
    await visitor.at('generate').click()
    await ended(visitor)
    assert.deepEqual(await page.context().close(), undefined)
  })

  test('thinks where the browser stores nothing', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    // As Chromium does where cookies are blocked.
    await page.addInitScript(`
      const refuse = () => { throw new DOMException('Access is denied for this document.', 'SecurityError') }
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
        Object.defineProperty(window, name, { get: refuse })
      Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: refuse })
    `)
    await page.goto(server.url)
    await page.locator('[data-testid="step"][data-recorded="false"]:not([data-step="0"])').waitFor()
    await page.getByTestId('theme').click()
    await page.getByTestId('generate').click()
    await page.locator('[data-testid="verdict"][data-solved]').waitFor()
    assert.deepEqual(problems, [])
    await context.close()
  })

  test('digits are written while editing only, the model answers at once, and it can be undone', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    const before = await symbolsOf(visitor)
    const empty = await page
      .locator('[data-cell]')
      .evaluateAll((cells) => cells.findIndex((cell) => cell.getAttribute('aria-label')?.includes('answer')))
    const cell = page.getByTestId(`cell-${empty}`)
    const other = before[empty] === '3' ? '4' : '3'
    await cell.focus()
    await page.keyboard.press(other)
    assert.deepEqual(await symbolsOf(visitor), before)
    assert.equal(await visitor.at('verdict').getAttribute('data-solved'), 'true')

    await page.keyboard.press('e')
    await cell.focus()
    await page.keyboard.press(other)
    await page.locator(`[data-testid="cell-${empty}"][aria-label*="given"]`).waitFor()
    await page.locator('[data-testid="verdict"][data-solved="false"]').waitFor()
    await page.keyboard.press('Control+z')
    await page.locator('[data-testid="verdict"][data-solved="true"]').waitFor()
    assert.deepEqual(await symbolsOf(visitor), before)
    await page.keyboard.press('Control+Shift+Z')
    await page.locator(`[data-testid="cell-${empty}"][data-symbol="${other}"]`).waitFor()
    await visitor.close()
  })

  test('what if: an answer is fixed, others follow, and it can be taken back', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    const before = await symbolsOf(visitor)
    const at = await page
      .locator('[data-cell]')
      .evaluateAll((cells) => cells.findIndex((cell) => cell.getAttribute('aria-label')?.includes('answer')))
    await page.getByTestId(`cell-${at}`).click()
    const other = before[at] === '3' ? '4' : '3'
    await visitor.at(`what-if-${other}`).click()
    await page.locator(`[data-testid="cell-${at}"][data-symbol="${other}"][aria-label$="what if"]`).waitFor()
    await visitor.at('what-if').filter({ hasText: 'follow' }).waitFor()
    await page.waitForURL(/#\/think\/sudoku-6x6\//)
    await visitor.at('unpin').click()
    await visitor.at('unpin').waitFor({ state: 'detached' })
    // The answer is thought anew, and seen as it grows.
    for (const until = Date.now() + 30_000; Date.now() < until; await page.waitForTimeout(100))
      if (isDeepStrictEqual(await symbolsOf(visitor), before)) break
    assert.deepEqual(await symbolsOf(visitor), before)
    await visitor.close()
  })

  test('the focus stays on a button that has no more to do, and keys play', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    await visitor.at('to-start').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="step"][data-step="0"]').waitFor()
    assert.equal(await focused(visitor), 'to-start')
    // A step; without Shift it is an update inside one.
    await page.keyboard.press('Shift+ArrowRight')
    await page.locator('[data-testid="step"][data-step="1"]').waitFor()
    await visitor.at('step-back').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="step"][data-step="0"]').waitFor()
    assert.equal(await focused(visitor), 'step-back')
    await visitor.at('play').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    assert.equal(await focused(visitor), 'play')
    await page.keyboard.press('?')
    await visitor.at('keys-dialog').waitFor()
    await page.keyboard.press('Escape')
    await visitor.at('keys-dialog').waitFor({ state: 'detached' })
    const before = await symbolsOf(visitor)
    await page.keyboard.press('n')
    await page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
    assert.notDeepEqual(await symbolsOf(visitor), before)
    await visitor.close()
  })

  test('the focus stays where a button goes with what it has done', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    const pressed = async (name: string): Promise<string | null> => {
      await visitor.at(name).focus()
      await page.keyboard.press('Enter')
      await visitor.at(name).waitFor({ state: 'detached' })
      return focused(visitor)
    }
    // What if, by keys alone.
    const at = await page
      .locator('[data-cell]')
      .evaluateAll((cells) => cells.findIndex((cell) => cell.getAttribute('aria-label')?.includes('answer')))
    await page.getByTestId(`cell-${at}`).focus()
    await page.keyboard.press('Enter')
    await visitor.at('what-if-1').focus()
    await page.keyboard.press('Enter')
    await visitor.at('unpin').waitFor()
    assert.equal(await pressed('unpin'), 'what-if')

    // The tour.
    await visitor.at('tour-start').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await visitor.at('tour').waitFor({ state: 'detached' })
    assert.equal(await focused(visitor), 'tour-start')
    await page.keyboard.press('Enter')
    await visitor.at('tour-next').focus()
    for (let stop = 2; stop <= 5; stop++) {
      await page.keyboard.press('Enter')
      await page.locator(`[data-testid="tour"][data-stop="${stop}"]`).waitFor()
      assert.equal(await focused(visitor), 'tour-next')
    }
    await page.keyboard.press('Enter')
    await visitor.at('tour').waitFor({ state: 'detached' })
    assert.equal(await focused(visitor), 'tour-start')

    // A puzzle without a solution.
    await page.evaluate('location.hash = "#/think/sudoku-4x4/11............../0"')
    await visitor.at('dare').waitFor()
    assert.equal(await pressed('dare'), 'problems')
    await page.keyboard.press('End')
    assert.equal(await pressed('try-again'), 'verdict')
    await visitor.close()
  })

  test('rows of a file that are no puzzles are told by line and reason', async () => {
    const visitor = await open()
    const good = '1.....4..65......2.......34..56.2.....'.slice(0, 36)
    const text = `question,answer\n${good},\n11${good.slice(2)}7,\n${good},\n`
    await visitor
      .at('open-puzzles')
      .setInputFiles({ name: 'three.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await visitor.at('left-out').filter({ hasText: '1 row of three.csv is left out: line 3' }).waitFor()
    await visitor.close()
  })

  test('a reload and a link lead to model, puzzle and step', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    await page.keyboard.press('ArrowLeft')
    const step = await visitor.at('step').getAttribute('data-step')
    await page.waitForFunction(`location.hash.endsWith('/${step}')`)
    const shown = await symbolsOf(visitor)
    await page.reload()
    await page.locator(`[data-testid="step"][data-recorded="false"][data-step="${step}"]`).waitFor()
    assert.deepEqual(await symbolsOf(visitor), shown)
    // Another model and puzzle, as a link that is opened in the same tab.
    await page.evaluate('location.hash = "#/think/sudoku-4x4/1..............2/3"')
    await page.locator('[data-cell="16"]').waitFor({ state: 'detached' })
    await page.locator('[data-testid="step"][data-step="3"]').waitFor()
    assert.equal(await visitor.at('model').inputValue(), 'sudoku-4x4')
    assert.equal((await symbolsOf(visitor))[0], '1')
    await visitor.close()
  })

  test('a copied link leads another visitor to model, puzzle and step', async () => {
    const puzzle = '1..............2'
    const visitor = await open(`#/think/sudoku-4x4/${puzzle}/2`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const { page } = visitor
    await visitor.at('step-forward').click()
    await page.locator('[data-testid="step"][data-step="3"]').waitFor()
    await visitor.at('copy-link').click()
    await visitor.at('kept').filter({ hasText: 'copied' }).waitFor()
    const link = await page.evaluate<string>('navigator.clipboard.readText()')
    assert.equal(link, `${server.url}#/think/sudoku-4x4/${puzzle}/3`)
    const shown = await symbolsOf(visitor)
    await visitor.close()

    const other = await Visitor.open(browser, link)
    await other.page.locator('[data-testid="step"][data-recorded="false"][data-step="3"]').waitFor()
    assert.equal(await other.at('model').inputValue(), 'sudoku-4x4')
    assert.deepEqual(await symbolsOf(other), shown)
    await other.close()
  })

  test('the same weights at another depth stand beside the puzzle', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.keyboard.press('End')
    await ended(visitor)
    await visitor.at('compare-with').selectOption({ label: 'the same model at another depth' })
    await visitor.at('compare').filter({ hasText: 'Sudoku at n 3' }).waitFor()
    await visitor.at('compare-latentUpdates').fill('6')
    await visitor.at('compare-steps').fill('2')
    await visitor.at('compare-steps').press('Tab')
    await page.locator('[data-testid="compare"][data-count="2"]').waitFor()
    await page.keyboard.press('Escape')
    // At its own depth it is the same model: after its two steps both say the same.
    await visitor.at('to-start').click()
    for (let step = 0; step < 2; step++) await page.keyboard.press('Shift+ArrowRight')
    await visitor.at('compare').filter({ hasText: 'at n 6. Both say the same.' }).waitFor()
    await visitor.at('compare-latentUpdates').fill('1')
    await visitor.at('compare-latentUpdates').press('Tab')
    await visitor
      .at('compare')
      .filter({ hasText: /at n 1\. \d+ cells? differs?/ })
      .waitFor()
    // As wide as a phone that has been turned: what was drawn for more room gives way.
    await page.setViewportSize(phone)
    await page.waitForTimeout(200)
    assert.equal(await visitor.overflow(), 0)
    await visitor.close()
  })

  test('an address that leads nowhere is told', async () => {
    const visitor = await open('#/think/no-such-model/1234/2')
    await visitor.at('failure').filter({ hasText: 'no-such-model' }).waitFor()
    await visitor.close()
  })

  test('a hundred puzzles are thought about beside the page, and the reader chooses among them', async () => {
    const visitor = await open()
    const { page } = visitor
    await page.locator('[data-testid="hundred"][data-done="true"]').waitFor()
    const counts = await Promise.all(
      ['once', 'later', 'never'].map(async (name) => Number(await visitor.at(`count-${name}`).innerText())),
    )
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      100,
    )
    await visitor.at('generate').click()
    await ended(visitor)
    // It was chosen because it takes several steps.
    assert.match(await visitor.at('verdict').innerText(), /Solved after step ([3-9]|1\d)/)
    await page
      .locator('[data-testid="hundred"] button.never, [data-testid="hundred"] button.once')
      .first()
      .click()
    await ended(visitor)
    await page.locator('[data-testid="hundred"] [aria-current="true"]').waitFor()
    await visitor.at('ask-copies').click()
    await page.locator('[data-testid="copies"][data-done="true"]').waitFor()
    assert.match(await visitor.at('copies-verdict').innerText(), /\d+ of 16 are right/)
    await visitor.close()
  })
})

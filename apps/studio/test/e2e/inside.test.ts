import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { serveStudio, Visitor } from './open-studio.ts'

const skip = skipWithoutChromium()

describe('a look inside a step, in Chromium', { skip }, async () => {
  if (skip) return
  const { server, browser } = await serveStudio()

  test('every update is a frame, by keys, by its button and in the picture of the machine', async () => {
    const visitor = await Visitor.open(browser, server.url)
    const { page } = visitor
    const place = (call: string, step: number) =>
      page.locator(`[data-testid="inside"][data-call="${call}"][data-step="${step}"]`).waitFor()
    await visitor.at('call-z1').waitFor()
    await page.locator('[data-testid="step"][data-recorded="false"]').waitFor()
    await visitor.at('to-start').click()
    const frames: string[] = []
    for (let call = 1; call <= 6; call++) {
      await page.keyboard.press('ArrowRight')
      await place(`z${call}`, 1)
      assert.equal(await visitor.at('machine').getAttribute('data-call'), `z${call}`)
      assert.equal(await visitor.at('machine-used').innerText(), String(call))
      const cells = await page.locator('[data-cell]').all()
      frames.push((await Promise.all(cells.map((cell) => cell.getAttribute('aria-label')))).join())
    }
    assert.equal(new Set(frames).size, 6)
    // What is pencilled in is a drawing, which has no colours of its own accord.
    const drawn = (): Promise<string> =>
      page.evaluate(`document.querySelector('[data-testid="pencil-marks"]').toDataURL()`)
    const light = await drawn()
    await visitor.at('theme').click()
    assert.notEqual(await drawn(), light)
    await visitor.at('theme').click()
    assert.equal(await drawn(), light)
    await page.locator('[data-testid="step"][data-step="1"]').waitFor()
    await page.keyboard.press('Shift+ArrowRight')
    await place('z6', 2)
    await page.keyboard.press('ArrowLeft')
    await place('z5', 2)
    await visitor.at('call-z2').click()
    await place('z2', 2)
    await visitor.at('look-inside').uncheck()
    await visitor.at('step-forward').click()
    await page.locator('[data-testid="step"][data-step="2"]').waitFor()
    assert.equal(await visitor.at('call-z1').count(), 0)
    await visitor.close()
  })

  test('scratch paper is not blamed for what is given', async () => {
    const visitor = await Visitor.open(browser, `${server.url}#/think/maze-small`)
    const { page } = visitor
    await visitor.at('call-z1').waitFor()
    for (const call of ['z1', 'z2', 'z3']) {
      await visitor.at(`call-${call}`).click()
      await page.locator(`[data-testid="inside"][data-call="${call}"]`).waitFor()
      const given = await page.locator('[data-cell][aria-label*=", given"]').all()
      assert.ok(given.length > 5)
      for (const cell of given)
        assert.doesNotMatch((await cell.getAttribute('aria-label')) ?? '', /changed|wrong/)
    }
    await visitor.close()
  })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findRecipe, overrideRecipe } from '@tiny-recursive-models/trm'
import { trainInWorker } from '@tiny-recursive-models/trm/node'
import { skipWithoutChromium } from '../../../../testing/chromium.ts'
import { phone, serveStudio, Visitor } from './open-studio.ts'

const skip = skipWithoutChromium()

describe('puzzles of one’s own, in Chromium', { skip }, async () => {
  if (skip) return
  const { server, browser } = await serveStudio()
  const folder = await mkdtemp(join(tmpdir(), 'trm-own-'))
  after(() => rm(folder, { recursive: true, force: true }))

  test('a model trained on a table opens, draws and thinks, about rows of that very file too', async () => {
    const script = fileURLToPath(new URL('../../../../examples/latin-squares.mjs', import.meta.url))
    const csv = join(folder, 'my.csv')
    await writeFile(csv, execFileSync(process.execPath, [script, '60']))
    const recipe = overrideRecipe(findRecipe('table'), [
      `data.train=${csv}`,
      'data.testCount=10',
      'data.validation=10',
      'training.steps=4',
      'optimizer.warmupSteps=1',
      'training.batch=8',
    ])
    const path = join(folder, 'run')
    for await (const _ of trainInWorker({ folder: path, recipe, threads: 1 }).events);

    const visitor = await Visitor.open(browser, server.url)
    const { page } = visitor
    await page.locator('[data-testid="step"][data-recorded="false"]').waitFor()
    await visitor.at('open-model').setInputFiles({
      name: 'a-model-with-a-rather-long-name-that-is-all-its-own.safetensors',
      mimeType: 'application/octet-stream',
      buffer: await readFile(join(path, 'best.safetensors')),
    })
    await page.locator('[data-cell="24"]').waitFor()
    await visitor.at('open-puzzles').setInputFiles(csv)
    await visitor.at('row').waitFor()
    const [question, answer] = (await readFile(csv, 'utf8')).split('\n')[1]!.split(',')
    await visitor.at('to-start').click()
    const shown = await page
      .locator('[data-cell]')
      .evaluateAll((cells) => cells.map((cell) => cell.textContent?.trim() || '.').join(''))
    assert.equal(shown, question)
    await page.keyboard.press('End')
    // Four steps of training teach it nothing; that it is told wrong needs the answer of the file.
    await page.locator('[data-testid="verdict"][data-solved="false"]').waitFor()
    assert.match(await visitor.at('verdict').innerText(), /\d+ of \d+ cells are wrong/)
    assert.equal(answer?.length, 25)
    await page.setViewportSize(phone)
    assert.equal(await visitor.overflow(), 0)
    await visitor.close()
  })
})

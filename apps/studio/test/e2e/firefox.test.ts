import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { startStudio } from '@tiny-recursive-models/studio-server'
import { Firefox, skipWithoutFirefox } from '../../../../testing/firefox.ts'
import { makeManyRuns } from '../../../../testing/many-runs.ts'
import { buildStudio } from './open-studio.ts'

const skip = skipWithoutFirefox()
const rightArrow = '\uE014'

describe('the page, in Firefox', { skip }, async () => {
  if (skip) return
  const built = await buildStudio()
  const runs = await mkdtemp(join(tmpdir(), 'trm-runs-'))
  await makeManyRuns(runs, 3)
  const studio = await startStudio({ page: built.folder, runs })
  const firefox = await Firefox.open()
  after(async () => {
    await firefox.close()
    await studio.close()
    await built.remove()
    await rm(runs, { recursive: true, force: true })
  })
  const at = (name: string): string => `[data-testid="${name}"]`
  const symbols = (): Promise<string> =>
    firefox.evaluate(
      'return [...document.querySelectorAll("[data-cell]")].map((cell) => cell.dataset.symbol).join("")',
    )

  test('thinks about a puzzle, by steps and by updates within', async () => {
    await firefox.goTo(studio.url)
    await firefox.waitFor('[data-testid="step"][data-recorded="false"]:not([data-step="0"])')
    await firefox.click(at('to-start'))
    const question = await symbols()
    await firefox.press(rightArrow)
    await firefox.waitFor('[data-testid="inside"][data-call="z1"]')
    assert.notEqual(await symbols(), question)
    // What is drawn, and not laid out: doubtful cells after the first update.
    const [cells, painted] = await firefox.evaluate<[number, number]>(`
      const canvas = document.querySelector('[data-testid="pencil-marks"]')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return [Number(canvas.dataset.cells), data.filter((value, index) => index % 4 === 3 && value > 0).length]`)
    assert.ok(cells > 0 && painted > 100, `${cells} cells, ${painted} pixels`)
    await firefox.press('\uE008', rightArrow)
    await firefox.waitFor('[data-testid="step"][data-step="1"]')
    await firefox.press('\uE010')
    await firefox.waitFor('[data-testid="verdict"][data-solved="true"]')
  })

  test('trains a model', async () => {
    await firefox.goTo(`${studio.url}#/train`)
    await firefox.waitFor('[data-testid="train-promise"][data-ms]')
    await firefox.click(at('train-start'))
    await firefox.waitFor('[data-testid="train-status"][data-status="done"]')
    assert.ok(Number(await firefox.attribute(at('train-accuracy'), 'data-value')) > 0.9)
  })

  test('lists and draws runs', async () => {
    await firefox.goTo(`${studio.url}#/runs`)
    await firefox.waitFor('[data-testid="run-run-002"][data-step="300"]')
    await firefox.waitFor('[data-testid="chart-accuracy"] [role="img"][aria-label*="%"]')
    await firefox.click(at('compare-run-000'))
    await firefox.waitFor('[data-testid="differences"]')
  })
})

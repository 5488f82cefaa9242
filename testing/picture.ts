/**
 * The picture of the README: the studio thinking about a 9×9 Sudoku, a frame a step. Writes PNG files into a folder:
 *
 *   node --import tsx testing/picture.ts FOLDER && img2webp -loop 0 -lossless -d 1000 FOLDER/*.png -o docs/thinking.webp
 */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openChromium } from './chromium.ts'
import { serveFolder } from './static-server.ts'

/** Solved after step 8, two more than the model was trained for; its sureness rises from 4 % to 99 % there. */
const puzzle = '9...6........475.1.....16..52..1..3.....58.2........6...48.3....5..2....39......2'
const steps = 9
const clip = { x: 16, y: 194, width: 1168, height: 650 }

const [folder = 'frames'] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const server = await serveFolder(fileURLToPath(new URL('../apps/studio/dist', import.meta.url)), {
  isolated: true,
})
const browser = await openChromium()
const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, reducedMotion: 'reduce' })
page.setDefaultTimeout(120_000)
await page.goto(server.url)
await page.locator('[data-testid="step"]:not([data-step="0"])').waitFor()
await page.getByTestId('model').selectOption({ label: '9×9 Sudoku' })
await page.locator('[data-testid="cell-80"]').waitFor()
await page.getByTestId('paste').click()
await page.getByTestId('paste-text').fill(puzzle)
await page.getByTestId('paste-take').click()
await page.getByTestId('maximum-steps').fill(String(steps))
await page.getByTestId('maximum-steps').press('Enter')
await page.locator(`[data-testid="step"][data-step="${steps}"]`).waitFor()
await page.getByTestId('to-start').click()
for (let step = 0; step <= steps; step++) {
  await page.locator(`[data-testid="step"][data-step="${step}"]`).waitFor()
  await page.mouse.move(0, 0)
  await page.screenshot({ path: `${folder}/${String(step).padStart(2, '0')}.png`, clip })
  if (step < steps) await page.getByTestId('step-forward').click()
}
await browser.close()
await server.close()

import { chromium } from 'playwright-core'
import { startStudio } from '/work/h/trainruns/apps/studio-server/src/index.ts'
const page = '/tmp/st1'
const studio = await startStudio({ page, runs: null })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' })
const p = await context.newPage()
const bad: string[] = []
p.on('console', (m) => { if (['error','warning'].includes(m.type())) bad.push(m.text()) })
p.on('pageerror', (e) => bad.push(String(e)))
await p.goto(`${studio.url}#/train`)
const t0 = Date.now()
const at = () => ((Date.now() - t0) / 1000).toFixed(1)
await p.locator('[data-testid="train-promise"][data-ms]').waitFor({ timeout: 120000 })
console.log(at(), await p.getByTestId('train-promise').innerText())
await p.screenshot({ path: '/tmp/shots/train-setup-1440.png' })
await p.getByTestId('train-start').click()
const s0 = Date.now()
let best = 0
let shots = 0
for (;;) {
  const status = await p.getByTestId('train-status').getAttribute('data-status')
  const acc = Number(await p.getByTestId('train-accuracy').getAttribute('data-value') ?? 0)
  const step = await p.getByTestId('train-step').getAttribute('data-step').catch(() => null)
  const sec = (Date.now() - s0) / 1000
  if (acc !== best) { console.log('s', sec.toFixed(1), 'step', step, 'best', acc, await p.getByTestId('train-time-left').innerText()); best = acc }
  if (shots === 0 && sec > 20) { await p.screenshot({ path: '/tmp/shots/train-mid-1440.png' }); shots++ }
  if (status === 'done' || sec > 240) { console.log(status, sec.toFixed(1)); break }
  await p.waitForTimeout(200)
}
await p.screenshot({ path: '/tmp/shots/train-done-1440.png' })
const slider = p.getByTestId('watch-replay')
if (await slider.count()) { await slider.fill('2'); await p.waitForTimeout(1500); await p.screenshot({ path: '/tmp/shots/train-replay-1440.png' }) }
console.log('caption', await p.getByTestId('watch-caption').innerText())
for (const [w, h, scheme] of [[1024, 768, 'dark'], [390, 844, 'light'], [390, 844, 'dark']] as const) {
  await p.emulateMedia({ colorScheme: scheme })
  await p.evaluate((s) => { document.documentElement.dataset.theme = s }, scheme)
  await p.setViewportSize({ width: w, height: h })
  await p.waitForTimeout(800)
  await p.screenshot({ path: `/tmp/shots/train-done-${w}-${scheme}.png`, fullPage: true })
  console.log(w, 'overflow', await p.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'))
}
console.log('problems', bad)
await browser.close(); await studio.close(); process.exit(0)

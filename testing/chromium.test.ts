import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findChromium, openChromium, skipWithoutChromium } from './chromium.ts'
import { serveFolder } from './static-server.ts'

const skip = skipWithoutChromium()

test('a page is served as asked and shown by a real browser', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trm-page-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><p>a page</p>')
  const [plain, isolated] = [
    await serveFolder(folder),
    await serveFolder(folder, { isolated: true, base: '/some/where/' }),
  ]
  const browser = await openChromium({ webgpu: true })
  try {
    const page = await browser.newPage()
    await page.goto(plain.url)
    assert.equal(await page.textContent('p'), 'a page')
    assert.equal(await page.evaluate('crossOriginIsolated'), false)
    await page.goto(isolated.url)
    assert.equal(await page.evaluate('crossOriginIsolated'), true)
    assert.equal(
      await page.evaluate('navigator.gpu.requestAdapter().then((adapter) => adapter !== null)'),
      true,
    )
    assert.deepEqual(isolated.requests, ['200 /some/where/'])
    assert.equal((await fetch(new URL('../../index.html', isolated.url))).status, 404)
    assert.equal((await fetch(`${isolated.url}..%2f..%2f..%2fetc%2fpasswd`)).status, 404)
  } finally {
    await browser.close()
    await plain.close()
    await isolated.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a browser that is named must be there', () => {
  const before = process.env.TRM_CHROMIUM
  process.env.TRM_CHROMIUM = '/nowhere/chromium'
  try {
    assert.throws(() => findChromium(), /TRM_CHROMIUM: expected a Chromium, got no file/)
  } finally {
    if (before === undefined) delete process.env.TRM_CHROMIUM
    else process.env.TRM_CHROMIUM = before
  }
})

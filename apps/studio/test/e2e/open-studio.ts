/** The studio in a real browser: built, served, opened. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { build } from 'vite'
import { openChromium } from '../../../../testing/chromium.ts'
import { serveFolder } from '../../../../testing/static-server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The page that `npm test` has built once, or built now into a new folder, which `remove` deletes. */
export async function buildStudio(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const packages = process.env.TRM_TEST_BUILT
  if (packages) return { folder: join(packages, 'packages/cli/dist/studio'), remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'trm-studio-'))
  await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** The page on a host that isolates it, and a browser, until the suite has ended. */
export async function serveStudio() {
  const { folder, remove } = await buildStudio()
  const server = await serveFolder(folder, { isolated: true })
  const browser = await openChromium()
  after(async () => {
    await browser.close()
    await server.close()
    await remove()
  })
  return { folder, server, browser }
}

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

/** A page under watch: what it says on the console, what breaks, and whom it asks. */
export class Visitor {
  readonly page: Page
  readonly #problems: string[] = []
  readonly #hosts = new Set<string>()

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.#problems.push(String(error)))
    page.on('console', (message) => {
      // The browser's own words where a page asks for WebGPU and there is none.
      if (message.text() === 'No available adapters.') return
      if (message.type() === 'error' || message.type() === 'warning') this.#problems.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      if (protocol.startsWith('http')) this.#hosts.add(host)
    })
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: desktop, acceptDownloads: true, ...options })
    const visitor = new Visitor(await context.newPage())
    visitor.page.setDefaultTimeout(120_000)
    // Chromium is silent about what the page's policy forbids where the page goes on without it.
    await visitor.page.addInitScript({
      content: `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error('forbidden by ' + violatedDirective, blockedURI))`,
    })
    await visitor.page.goto(url)
    return visitor
  }

  at(name: string) {
    return this.page.getByTestId(name)
  }

  /** Nothing was complained about, and no other host was asked. */
  async close(): Promise<void> {
    const { host } = new URL(this.page.url())
    await this.page.context().close()
    assert.deepEqual(this.#problems, [])
    assert.deepEqual([...this.#hosts], [host])
  }

  /** Wider than the window: something would have to be scrolled to the side. */
  async overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  }
}

export { openChromium }

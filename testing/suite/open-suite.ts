/** The suite in a real browser, from Node: builds the page, serves it, opens it, asks it. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { type ChromiumOptions, openChromium } from '../chromium.ts'
import { serveFolder } from '../static-server.ts'
import type { SuiteAnswer, SuitePage, SuiteRequest } from './protocol.ts'

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

export interface BrowserSuite {
  /** Runs a suite in a worker of its own. */
  run(request: SuiteRequest): Promise<SuiteAnswer>
  close(): Promise<void>
}

/** @param files a folder of what the suite reads: recorded runs, models */
export async function openSuite(files: string, options: ChromiumOptions = {}): Promise<BrowserSuite> {
  const folder = await mkdtemp(join(tmpdir(), 'trm-suite-'))
  await buildSuite(folder)
  await cp(files, join(folder, 'files'), { recursive: true })
  const server = await serveFolder(folder, { isolated: true })
  const browser = await openChromium(options)
  const page = await browser.newPage()
  await page.goto(server.url)
  await page.waitForFunction('globalThis.runSuite !== undefined')
  return {
    run: (request) =>
      page.evaluate((wanted) => (globalThis as unknown as SuitePage).runSuite(wanted), request),
    close: async () => {
      await browser.close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function buildSuite(outDir: string): Promise<void> {
  await build({
    root: pathOf('.'),
    configFile: false,
    base: './',
    logLevel: 'error',
    resolve: {
      conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production'],
      alias: {
        'node:test': pathOf('../shims/node-test.ts'),
        'node:assert/strict': pathOf('../shims/assert.ts'),
      },
    },
    build: { outDir, emptyOutDir: true, target: 'es2023', minify: false, assetsInlineLimit: 0 },
    worker: { format: 'es' },
  })
}

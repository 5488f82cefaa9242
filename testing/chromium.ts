/** A real browser for tests: the Chromium or Chrome of this machine, driven by playwright-core. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const elsewhere = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The browser to test with: `TRM_CHROMIUM`, or the first in the path; null where there is none. */
export function findChromium(): string | null {
  const named = process.env.TRM_CHROMIUM
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`TRM_CHROMIUM: expected a Chromium, got no file: ${named}`)
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = commands.flatMap((command) => folders.map((folder) => join(folder, command)))
  return [...found, ...elsewhere].find((path) => existsSync(path)) ?? null
}

/**
 * For the `skip` of a test: false where there is a browser, else the reason. `TRM_TEST_BROWSER=1` makes its absence an
 * error, `TRM_TEST_BROWSER=0` leaves browser tests out.
 */
export function skipWithoutChromium(): string | false {
  const wanted = process.env.TRM_TEST_BROWSER
  if (wanted === '0') return 'TRM_TEST_BROWSER=0'
  if (findChromium() !== null) return false
  const reason = 'no Chromium: install one (scripts/install-chromium.sh) or name it by TRM_CHROMIUM'
  if (wanted === '1') throw new Error(`TRM_TEST_BROWSER=1, but ${reason}`)
  return reason
}

/** No sandbox, because tests run as root in containers; and nothing that calls other hosts by itself. */
const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface ChromiumOptions {
  /** With the software adapter that is in every Chromium: slow, and the same everywhere. */
  readonly webgpu?: boolean
}

/** Starts the browser, without a window, with a new profile that is removed at the end. */
export async function openChromium({ webgpu = false }: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('no Chromium on this machine')
  const graphics = webgpu
    ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader']
    : ['--disable-gpu']
  return chromium.launch({ executablePath, headless: true, args: [...quiet, ...graphics] })
}

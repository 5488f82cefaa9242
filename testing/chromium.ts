/** A real browser for tests and measurements: Chromium as installed, driven by playwright-core. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of the browser: TRM_CHROMIUM, or the first on the PATH; null where there is none. */
export function findChromium(): string | null {
  const { TRM_CHROMIUM: named, PATH = '' } = process.env
  if (named) return named
  const folders = PATH.split(delimiter).filter((folder) => folder !== '')
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync) ?? null
}

/**
 * Why tests in a browser are left out, for `skip`; false where they run. Without a browser TRM_TEST_BROWSER=1 makes
 * them fail, and 0 leaves them out where there is one.
 */
export function browserSkip(): string | false {
  const { TRM_TEST_BROWSER: wanted } = process.env
  if (wanted === '0') return 'TRM_TEST_BROWSER is 0'
  if (findChromium() !== null || wanted === '1') return false
  return 'no Chromium: install it (Debian: apt-get install chromium), or name one by TRM_CHROMIUM'
}

/** Nothing that asks other hosts, and no sandbox for the root user of a container. */
const common = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface ChromiumOptions {
  /** With the software adapter of WebGPU, which is slow. */
  readonly webgpu?: boolean
}

export async function openChromium({ webgpu = false }: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error(`a browser is wanted: ${browserSkip()}`)
  const graphics = webgpu
    ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader']
    : ['--disable-gpu']
  return await chromium.launch({ executablePath, args: [...common, ...graphics] })
}

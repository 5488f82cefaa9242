/** The studio as a visitor gets it: what is loaded, and when the first answer is there. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { startStudio } from '@tiny-recursive-models/studio-server'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../../../testing/chromium.ts'
import { type Line, type LineSpeed, openLine } from '../../../testing/line.ts'
import { serveFolder } from '../../../testing/static-server.ts'
import { median } from './median.ts'

export interface LoadedPart {
  readonly what: string
  readonly files: number
  readonly bytes: number
  /** By Brotli, as a web server sends it. */
  readonly compressed: number
}

export interface FirstAnswer {
  readonly host: string
  readonly line: string
  /** Milliseconds from the navigation to the first answer, which is a recorded one, with nothing in the cache. */
  readonly coldMs: number
  /** Until the model in the page has thought the same itself. */
  readonly coldOwnMs: number
  /** The same for who has been there before. */
  readonly warmMs: number
  readonly warmOwnMs: number
  /** Bytes over the line until the model's own answer at the first visit, headers included. */
  readonly coldBytes: number
}

export interface PageFigures {
  readonly sizes: readonly LoadedPart[]
  /** Medians, for every host and line. */
  readonly answers: readonly FirstAnswer[]
}

const lines: Readonly<Record<string, LineSpeed | undefined>> = {
  'this machine': undefined,
  '1.6 Mbit/s, 150 ms': { bitsPerSecond: 1.6e6, latencyMs: 150 },
}

/** The folder that `npm run studio:build` writes the page to. */
export const builtPage = fileURLToPath(new URL('../../../apps/studio/dist', import.meta.url))

/** @param page the folder of the built page */
export async function measurePage(repetitions: number, page: string): Promise<PageFigures> {
  const folder = await serveFolder(page, { compressed: true })
  const studio = await startStudio({ page, runs: null })
  const hosts = { 'trm studio': studio.url, 'static host': folder.url }
  const ways = Object.entries(lines).flatMap(([line, speed]) =>
    Object.entries(hosts).map(([host, url]) => ({ host, line, url, speed, visits: [] as Visits[] })),
  )
  const browser = await openChromium()
  try {
    const sizes = await loadedParts(browser, folder, page)
    for (let repetition = 0; repetition < repetitions; repetition++)
      for (const { url, speed, visits } of ways) visits.push(await visitTwice(browser, url, speed))
    const middle = (visits: readonly Visits[], key: keyof Visits): number =>
      median(visits.map((visit) => visit[key]))
    const answers = ways.map(({ host, line, visits }) => ({
      host,
      line,
      coldMs: middle(visits, 'coldMs'),
      coldOwnMs: middle(visits, 'coldOwnMs'),
      warmMs: middle(visits, 'warmMs'),
      warmOwnMs: middle(visits, 'warmOwnMs'),
      coldBytes: middle(visits, 'coldBytes'),
    }))
    return { sizes, answers }
  } finally {
    await browser.close()
    await studio.close()
    await folder.close()
  }
}

type Visits = Omit<FirstAnswer, 'host' | 'line'>

async function visitTwice(browser: Browser, url: string, speed: LineSpeed | undefined): Promise<Visits> {
  const line = await openLine(url, speed)
  const context = await browser.newContext()
  try {
    const first = await context.newPage()
    const [coldMs, coldOwnMs] = await firstAnswers(first, line.url)
    const coldBytes = line.bytes
    await untilQuiet(line)
    await first.close()
    const [warmMs, warmOwnMs] = await firstAnswers(await context.newPage(), line.url)
    return { coldMs, coldOwnMs, warmMs, warmOwnMs, coldBytes }
  } finally {
    await context.close()
    await line.close()
  }
}

/** When the first answer is there, and when the model's own is. Pages before there were recordings have the latter only. */
async function firstAnswers(tab: Page, url: string): Promise<[anyMs: number, ownMs: number]> {
  const started = performance.now()
  const answer = '[data-testid="step"][data-step]:not([data-step="0"])'
  const times: number[] = []
  await tab.goto(url, { waitUntil: 'commit' })
  for (const selector of [answer, `${answer}:not([data-recorded="true"])`]) {
    await tab.locator(selector).first().waitFor({ timeout: 120_000 })
    times.push(performance.now() - started)
  }
  return [times[0]!, times[1]!]
}

/** Until what the page keeps for later has been loaded. */
async function untilQuiet(line: Line): Promise<void> {
  for (let before = -1; before !== line.bytes; ) {
    before = line.bytes
    await new Promise((resolve) => setTimeout(resolve, 700))
  }
}

async function loadedParts(
  browser: Browser,
  { url, requests }: Awaited<ReturnType<typeof serveFolder>>,
  page: string,
): Promise<LoadedPart[]> {
  const tab = await browser.newPage()
  await firstAnswers(tab, url)
  const paths = new Set(requests.flatMap((line) => /^200 (\/.*)$/.exec(line)?.[1] ?? []))
  await tab.close()
  const parts = new Map<string, { files: number; bytes: number; compressed: number }>()
  for (const path of paths) {
    const content = await readFile(join(page, path.endsWith('/') ? `${path}index.html` : path))
    const part = parts.get(partOf(path)) ?? { files: 0, bytes: 0, compressed: 0 }
    part.files++
    part.bytes += content.length
    part.compressed += brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length
    parts.set(partOf(path), part)
  }
  return [...parts].map(([what, part]) => ({ what, ...part }))
}

function partOf(path: string): string {
  if (path.includes('/ort')) return 'ONNX Runtime'
  return extname(path) === '.safetensors' ? 'model' : 'page'
}

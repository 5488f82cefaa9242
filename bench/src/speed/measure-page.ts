/** The studio as a visitor gets it: what is loaded, and when the first answer is there. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { openChromium } from '../../../testing/chromium.ts'
import { serveFolder } from '../../../testing/static-server.ts'

export interface LoadedPart {
  readonly what: string
  readonly files: number
  readonly bytes: number
  /** By Brotli, as a web server sends it. */
  readonly compressed: number
}

export interface PageFigures {
  readonly sizes: readonly LoadedPart[]
  /** From the navigation to the answer after the first supervision step, with nothing in the cache. */
  readonly firstAnswerMs: readonly number[]
  /** The same for who has been there before. */
  readonly secondAnswerMs: readonly number[]
}

const page = fileURLToPath(new URL('../../../apps/studio/dist', import.meta.url))

/** The built page (`npm run studio:build`), served isolated from this machine. */
export async function measurePage(repetitions: number): Promise<PageFigures> {
  const server = await serveFolder(page, { isolated: true })
  const browser = await openChromium()
  const [firstAnswerMs, secondAnswerMs]: [number[], number[]] = [[], []]
  try {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const context = await browser.newContext()
      for (const times of [firstAnswerMs, secondAnswerMs]) {
        const tab = await context.newPage()
        const started = performance.now()
        await tab.goto(server.url)
        await tab.locator('[data-testid="step"][data-step]:not([data-step="0"])').first().waitFor()
        times.push(performance.now() - started)
        await tab.close()
      }
      await context.close()
    }
    return { sizes: await sizesOf(server.requests), firstAnswerMs, secondAnswerMs }
  } finally {
    await browser.close()
    await server.close()
  }
}

async function sizesOf(requests: readonly string[]): Promise<LoadedPart[]> {
  const paths = new Set(requests.flatMap((line) => /^200 (\/.*)$/.exec(line)?.[1] ?? []))
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

/** The runtime comes in two files whose names begin alike. */
function partOf(path: string): string {
  if (path.includes('ort-wasm')) return 'ONNX Runtime'
  return extname(path) === '.safetensors' ? 'model' : 'page'
}

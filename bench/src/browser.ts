/** What a browser costs: training and solving in Chromium beside Node, the size of the page, and its first answer. */
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startStudio } from '@tiny-recursive-models/studio-server'
import { type ExecutorName, openExecutor } from '@tiny-recursive-models/tensor/node'
import { openChromium } from '../../testing/chromium.ts'
import { openSuite } from '../../testing/suite/open-suite.ts'
import { measureInteractions } from './speed/measure-interactions.ts'
import { builtPage, measurePage } from './speed/measure-page.ts'
import { measureRuns } from './speed/measure-runs.ts'
import { measureRecipe, type RecipeSpeed, summarize } from './speed/recipe-speed.ts'

const help = `npm run bench:browser -- [--part NAME] [--recipe NAME] [--steps N] [--puzzles N] [--repetitions N] [--page FOLDER]

  speed         optimiser steps and puzzles per second of a recipe with a shipped model, in Node and in Chromium, by the
                executor of the page and by ONNX Runtime, taking turns
  answers       what the studio's page loads until its first answer, and how long that takes from \`trm studio\` and from a
                plain host, at the first visit and the next
  interactions  with a 9×9 puzzle: from a key or the pointer to the paint that follows, on this machine and four times slower
  runs          with five hundred runs: tasks of more than 50 ms while they are listed, drawn, searched and compared

  --part NAME   one of these; may be given several times (default: all)`

const { values } = parseArgs({
  options: {
    recipe: { type: 'string', default: 'sudoku-6x6' },
    steps: { type: 'string', default: '8' },
    puzzles: { type: 'string', default: '200' },
    repetitions: { type: 'string', default: '5' },
    part: { type: 'string', multiple: true },
    page: { type: 'string', default: builtPage },
    help: { type: 'boolean', default: false },
  },
})

const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)

async function speeds(): Promise<void> {
  const folder = fileURLToPath(new URL('../../packages/trm/models', import.meta.url))
  const file = `${values.recipe}.safetensors`
  const options = { recipe: values.recipe, steps: Number(values.steps), puzzles: Number(values.puzzles) }
  const model = await readFile(`${folder}/${file}`)
  const suite = await openSuite(folder)
  const inNode = async (executor: ExecutorName): Promise<RecipeSpeed> =>
    measureRecipe(await openExecutor({ executor, threads: 1 }), { ...options, model })
  const inChromium = async (device: 'compiled' | 'wasm', threads: number): Promise<RecipeSpeed> => {
    const { speed, error } = await suite.run({ suite: 'speed', device, threads, file, ...options })
    if (speed) return speed
    throw new Error(error ?? 'the page gave no figures')
  }
  const ways = [
    ['Node, wasm, 1 thread', () => inNode('wasm')],
    ['Node, ONNX Runtime, 1 thread', () => inNode('onnxruntime')],
    ['Chromium, wasm, 1 thread', () => inChromium('compiled', 1)],
    ['Chromium, wasm, 2 threads', () => inChromium('compiled', 2)],
    ['Chromium, ONNX Runtime in WebAssembly, 1 thread', () => inChromium('wasm', 1)],
    ['Chromium, ONNX Runtime in WebAssembly, 2 threads', () => inChromium('wasm', 2)],
  ] as const
  const found = new Map<string, RecipeSpeed[]>(ways.map(([name]) => [name, []]))
  try {
    for (let repetition = 0; repetition < Number(values.repetitions); repetition++)
      for (const [name, measure] of ways) found.get(name)!.push(await measure())
  } finally {
    await suite.close()
  }
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, recipe ${values.recipe}, float32\n`)
  row([
    `${values.repetitions} turns, medians`,
    'ms a step',
    'steps/s',
    'puzzles/s, all steps',
    'early halting',
  ])
  row(['---', '---:', '---:', '---:', '---:'])
  for (const [name, measured] of found) {
    const { stepMs, full, early } = summarize(measured)
    row([name, stepMs.toFixed(0), (1000 / stepMs).toFixed(2), full.toFixed(0), early.toFixed(0)])
  }
  console.log()
}

async function answers(): Promise<void> {
  const { sizes, answers } = await measurePage(Number(values.repetitions), values.page)
  row(['loaded until the first answer', 'files', 'KB', 'KB, Brotli'])
  row(['---', '---:', '---:', '---:'])
  for (const { what, files, bytes, compressed } of sizes)
    row([what, String(files), (bytes / 1000).toFixed(0), (compressed / 1000).toFixed(0)])
  console.log()
  row([
    'seconds to the first answer',
    'line',
    'first visit',
    'the model’s own',
    'next visit',
    'its own',
    'KB',
  ])
  row(['---', '---', '---:', '---:', '---:', '---:', '---:'])
  for (const { host, line, coldMs, coldOwnMs, warmMs, warmOwnMs, coldBytes } of answers) {
    const times = [coldMs, coldOwnMs, warmMs, warmOwnMs].map((ms) => (ms / 1000).toFixed(2))
    row([host, line, ...times, (coldBytes / 1000).toFixed(0)])
  }
}

async function interactions(): Promise<void> {
  const studio = await startStudio({ page: values.page, runs: null })
  const browser = await openChromium()
  try {
    for (const slowdown of [1, 4]) {
      const visits = Number(values.repetitions)
      const { interactions, play } = await measureInteractions(browser, studio.url, { slowdown, visits })
      row([`to the paint, ms, ${slowdown} times slower`, 'of each visit', 'median', '98 %'])
      row(['---', '---:', '---:', '---:'])
      for (const { doing, count, medianMs, p98Ms } of interactions)
        row([doing, String(count), medianMs.toFixed(0), p98Ms.toFixed(0)])
      console.log(
        `\nFrames over 50 ms while playing: ${play.longFrames}, longest ${play.longestMs.toFixed(0)} ms\n`,
      )
    }
  } finally {
    await browser.close()
    await studio.close()
  }
}

async function runs(): Promise<void> {
  const visits = Number(values.repetitions)
  const browser = await openChromium()
  try {
    const tasks = await measureRuns(browser, { page: values.page, runs: 500, visits })
    row([`500 runs, ${visits} visits`, 'visits with a task over 50 ms', 'the longest, ms'])
    row(['---', '---:', '---:'])
    for (const { doing, visitsWithAny, longestMs } of tasks)
      row([doing, String(visitsWithAny), longestMs === 0 ? 'none' : longestMs.toFixed(0)])
  } finally {
    await browser.close()
  }
}

const parts: Readonly<Record<string, () => Promise<void>>> = { speed: speeds, answers, interactions, runs }

if (values.help) console.log(help)
else
  for (const name of values.part ?? Object.keys(parts)) {
    const part = parts[name]
    if (part === undefined)
      throw new Error(`--part: expected one of ${Object.keys(parts).join(', ')}, got ${name}`)
    await part()
  }

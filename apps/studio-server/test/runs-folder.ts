/** Folders of runs and pages to serve in tests. */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recipes } from '@tiny-recursive-models/trm'
import { type Studio, type StudioLimits, startStudio } from '../src/index.ts'

export interface Workplace {
  /** Holds `runs` and `page`, and what nobody may read. */
  readonly folder: string
  readonly runs: string
  readonly page: string
  /** Something that is nowhere but outside the folder of runs. */
  readonly secret: string
  serve(limits?: Partial<StudioLimits>): Promise<Studio>
  remove(): Promise<void>
}

export function makeWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'trm-studio-'))
  const [runs, page] = [join(folder, 'runs'), join(folder, 'page')]
  const secret = 'eighteen grey herons'
  mkdirSync(runs)
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.json'), JSON.stringify({ format: 1, secret }))
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Studio</title>')
  writeFileSync(join(page, 'assets', 'index-a1B2_c3d.js'), 'export default 1\n')
  writeFileSync(join(page, 'assets', 'index-a1B2_c3d.js.br'), 'brotli')
  writeFileSync(join(page, 'assets', 'index-a1B2_c3d.js.gz'), 'gzip')
  writeFileSync(join(page, 'ort.wasm'), new Uint8Array([0, 0x61, 0x73, 0x6d]))
  writeFileSync(join(page, '.hidden'), secret)
  const studios: Studio[] = []
  return {
    ...{ folder, runs, page, secret },
    async serve(limits = {}) {
      const studio = await startStudio({ page, runs, limits })
      studios.push(studio)
      return studio
    },
    async remove() {
      for (const studio of studios) await studio.close().catch(() => undefined)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const stepLine = (step: number): string =>
  `${JSON.stringify({ type: 'step', step, totalSteps: 300, loss: 1 / step })}\n`

export const evaluationLine = (step: number, exactAccuracy: number): string =>
  `${JSON.stringify({ type: 'evaluation', step, split: 'validation', exactAccuracy })}\n`

export const doneLine = (step: number): string =>
  `${JSON.stringify({ type: 'done', step, reason: 'steps', elapsedMs: 1 })}\n`

/** A run of the recipe sudoku-4x4-trm with these events. */
export function makeRun(runs: string, name: string, events: string): string {
  const path = join(runs, name)
  mkdirSync(join(path, 'checkpoints'), { recursive: true })
  writeFileSync(join(path, 'recipe.json'), JSON.stringify(recipes['sudoku-4x4-trm']))
  writeFileSync(join(path, 'events.jsonl'), events)
  return path
}

/** What lies in a folder, as one checksum of names, kinds, times and contents. */
export function checksumOf(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const facts = lstatSync(join(folder, name))
    hash.update(`${name}\0${facts.mode}\0${facts.size}\0${facts.mtimeMs}\0`)
    if (facts.isFile()) hash.update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex')
}

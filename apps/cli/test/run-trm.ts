/**
 * Runs `trm` as its users do: as a child process, of the packages that `npm test` has built once. Where a test file is
 * run by itself, of the sources, which starts more slowly.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The folder of the built packages; `scripts/test.mjs` tells it. */
export const builtFolder = process.env.TRM_TEST_BUILT || null

const launcher = builtFolder
  ? join(builtFolder, 'packages/cli/bin/trm.js')
  : fileURLToPath(new URL('../bin/trm.js', import.meta.url))

/** What this machine is faster with, or remembers of that, does not decide what is tested. */
const cache = mkdtempSync(join(tmpdir(), 'trm-cache-'))
after(() => rmSync(cache, { recursive: true, force: true }))
const environment = (): NodeJS.ProcessEnv => ({
  TRM_EXECUTOR: 'auto',
  ...process.env,
  NO_COLOR: '1',
  XDG_CACHE_HOME: cache,
})

export function startTrm(
  arguments_: readonly string[],
  folder: string,
  program = launcher,
): { child: ChildProcessWithoutNullStreams; ended: Promise<Outcome> } {
  const env = environment()
  const child = spawn(process.execPath, [program, ...arguments_], { cwd: folder, env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => {
    stdout += String(data)
  })
  child.stderr.on('data', (data) => {
    stderr += String(data)
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return { child, ended }
}

export const runTrm = (folder: string, ...arguments_: readonly string[]): Promise<Outcome> =>
  startTrm(arguments_, folder).ended

/** With stdout going to an open file. */
export function runTrmInto(stdout: number, folder: string, ...arguments_: readonly string[]) {
  const env = environment()
  return spawnSync(process.execPath, [launcher, ...arguments_], {
    cwd: folder,
    env,
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
  })
}

/** A model that learns nothing in this time, but does everything. */
export const tiny: readonly string[] = [
  'sudoku-4x4-trm',
  ...[
    'data.minimal=false',
    'data.train=40',
    'data.validation=10',
    'data.test=10',
    'model.width=16',
    'model.latentUpdates=1',
    'optimizer.warmupSteps=2',
    'training.batch=8',
    'training.steps=20',
    'training.evaluateEvery=10',
    'training.checkpointEvery=5',
  ].flatMap((setting) => ['--set', setting]),
]

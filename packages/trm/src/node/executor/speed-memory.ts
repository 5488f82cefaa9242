/** What was measured on this machine, in a file of the user's cache folder. It only saves time: it never fails a run. */
import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExecutorName } from '@tiny-recursive-models/tensor/node'
import { z } from 'zod'
import { makeFolder, readFileBounded, writeFileAtomically } from '../files.ts'

/** Milliseconds of one run of a program, by the executors that compute here. */
export type Speeds = Readonly<Partial<Record<ExecutorName, number | undefined>>>

/** Speeds, and of what. */
export type RememberedSpeeds = Speeds & {
  /** What was measured: "a training step of 16 puzzles". */
  readonly work: string
}

const milliseconds = z.number().positive()
const storedEntry = z.object({
  /** What was measured: "a training step of 16 puzzles". */
  work: z.string().max(200),
  wasm: milliseconds.optional(),
  onednn: milliseconds.optional(),
  onnxruntime: milliseconds.optional(),
  /** When, since 1970. */
  measuredMs: z.number(),
})
const storedFile = z.object({ format: z.literal(1), speeds: z.record(z.string(), storedEntry) })

type Entries = z.infer<typeof storedFile>['speeds']

const maxEntries = 500
const maxBytes = 1_000_000
/** Drivers, systems and neighbours change. */
const validMs = 30 * 24 * 3600 * 1000

/** `executors.json` in `$XDG_CACHE_HOME/tiny-recursive-models`, or else in `~/.cache/tiny-recursive-models`. */
export const speedMemoryPath = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tiny-recursive-models', 'executors.json')

/** @param facts all that the speed depends on */
const keyOf = (facts: unknown): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 24)

/** What was measured under these circumstances, at most a month ago; null where nothing was. */
export async function rememberedSpeeds(facts: unknown): Promise<RememberedSpeeds | null> {
  const entry = (await readEntries())[keyOf(facts)]
  if (entry === undefined || Math.abs(Date.now() - entry.measuredMs) >= validMs) return null
  return withoutTime(entry)
}

/** All that is remembered, the latest first. */
export async function allRememberedSpeeds(): Promise<RememberedSpeeds[]> {
  return Object.values(await readEntries())
    .filter(({ measuredMs }) => Math.abs(Date.now() - measuredMs) < validMs)
    .sort((left, right) => right.measuredMs - left.measuredMs)
    .map(withoutTime)
}

const withoutTime = ({ measuredMs: _, ...speeds }: z.infer<typeof storedEntry>): RememberedSpeeds => speeds

/** Adds what was measured; of too many the oldest are forgotten. */
export async function rememberSpeeds(facts: unknown, speeds: RememberedSpeeds): Promise<void> {
  const path = speedMemoryPath()
  const entry = { ...speeds, measuredMs: Date.now() }
  const entries = { ...(await readEntries()), [keyOf(facts)]: entry }
  const newest = Object.entries(entries)
    .sort(([, left], [, right]) => right.measuredMs - left.measuredMs)
    .slice(0, maxEntries)
  const text = JSON.stringify({ format: 1, speeds: Object.fromEntries(newest) }, null, 2)
  try {
    await makeFolder(dirname(path))
    await writeFileAtomically(path, new TextEncoder().encode(`${text}\n`))
  } catch {
    // A folder that cannot be written: measured anew next time.
  }
}

async function readEntries(): Promise<Entries> {
  try {
    const text = new TextDecoder().decode(await readFileBounded(speedMemoryPath(), { maxBytes }))
    return storedFile.parse(JSON.parse(text)).speeds
  } catch {
    return {}
  }
}

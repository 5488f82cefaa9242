/**
 * A run folder describes itself:
 *
 *   recipe.json                            what is computed
 *   data.json                              which puzzles it is computed on
 *   events.jsonl                           what happened, one JSON object a line
 *   checkpoints/step-000100.safetensors    everything needed to go on
 *   best.safetensors, final.safetensors    weights to use
 *   report.json                            the figures at the end
 *   lock.json                              while a trainer runs
 */
import { readdir, rename, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { assertSameRecipe } from '../checkpoint/same-recipe.ts'
import { decodeTrainingState, type TrainingState } from '../checkpoint/training-state.ts'
import { olderFigureNames, renameKeys } from '../data/older-names.ts'
import { parseRecipe, type Recipe } from '../recipes/schema.ts'
import { errorCode, fileError } from './file-errors.ts'
import {
  makeFolder,
  readFileBounded,
  removeAbandonedTemporaries,
  syncFile,
  writeFileAtomically,
} from './files.ts'
import {
  appendEventLine,
  cutEventFile,
  type RecordedEvent,
  type RunEvent,
  readEventFile,
} from './run-events.ts'
import { takeLock } from './run-lock.ts'

/** The names inside a run folder. */
export const runFiles = {
  recipe: 'recipe.json',
  data: 'data.json',
  events: 'events.jsonl',
  checkpoints: 'checkpoints',
  best: 'best.safetensors',
  final: 'final.safetensors',
  report: 'report.json',
  lock: 'lock.json',
} as const

const checkpointName = /^step-(\d{6,15})\.safetensors$/
const maxRecipeBytes = 1_000_000
/** A record that lists the rows taken of a large file. */
const maxRecordBytes = 2 ** 28
/** What one array of bytes can hold in every supported version of Node. */
export const maxCheckpointBytes = 2 ** 32

/** The latest intact checkpoint of a run, and what was wrong with later ones. */
export interface LatestCheckpoint {
  readonly step: number
  readonly path: string
  readonly state: TrainingState
  /** One message for each newer checkpoint that could not be read. */
  readonly warnings: readonly string[]
}

/** Makes a new run folder and takes its lock. Rejects a folder that is not empty. */
export async function createRunFolder(path: string, recipe: Recipe): Promise<RunFolder> {
  await makeFolder(path)
  const names = await readFolder(path)
  if (names.includes(runFiles.recipe)) {
    throw new InputError({
      who: path,
      expected: 'a new or empty folder',
      got: 'an existing run',
      hint: 'Resume it with `resume: true`, or choose another folder.',
    })
  }
  // A trainer that was killed while it made the folder leaves its lock and hidden temporary files.
  const foreign = names.find((name) => !name.startsWith(runFiles.lock) && !/^\..*\.tmp$/.test(name))
  if (foreign !== undefined) {
    throw new InputError({
      who: path,
      expected: 'a new or empty folder',
      got: `a folder with ${JSON.stringify(foreign)} in it, which is not a run`,
      hint: 'Choose another folder: nothing was changed.',
    })
  }
  const run = new RunFolder(path, recipe)
  await run.lock()
  try {
    await run.writeRecipe(recipe)
  } catch (error) {
    await run.close()
    throw error
  }
  return run
}

/** Opens a run to read it; `resume` continues it. */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const names = await readFolder(path)
  const recipePath = join(path, runFiles.recipe)
  if (!names.includes(runFiles.recipe)) {
    throw new InputError({
      who: path,
      expected: `a run folder (with ${runFiles.recipe})`,
      got: names.length === 0 ? 'an empty folder' : 'a folder without it',
      hint: 'Name the folder that the training wrote.',
    })
  }
  const text = new TextDecoder().decode(await readFileBounded(recipePath, { maxBytes: maxRecipeBytes }))
  return new RunFolder(path, parseRecipe(parseJson(text, recipePath), recipePath))
}

/** One run on disk, open for reading or locked for training. Files are replaced atomically. */
export class RunFolder {
  readonly path: string
  #recipe: Recipe
  #release: (() => Promise<void>) | null = null

  /** Use `createRunFolder` or `openRunFolder`. */
  constructor(path: string, recipe: Recipe) {
    this.path = path
    this.#recipe = recipe
  }

  get recipe(): Recipe {
    return this.#recipe
  }

  /** The path of one of `runFiles`. */
  file(name: keyof typeof runFiles): string {
    return join(this.path, runFiles[name])
  }

  /** Keeps other trainers out until `close`. */
  async lock(): Promise<void> {
    this.#release ??= await takeLock(this.file('lock'))
  }

  async close(): Promise<void> {
    const release = this.#release
    this.#release = null
    await release?.()
  }

  /**
   * Takes the lock and puts the folder into the state of its latest intact checkpoint: later events and leftovers of a
   * killed trainer are removed, damaged checkpoints are set aside. Null if there is no checkpoint yet.
   *
   * @param wanted the recipe with changes that are allowed on resume; stored if it is
   */
  async resume(wanted: Recipe = this.#recipe): Promise<LatestCheckpoint | null> {
    await this.lock()
    try {
      assertSameRecipe(this.#recipe, wanted, this.path)
      await removeAbandonedTemporaries(this.path)
      await removeAbandonedTemporaries(this.file('checkpoints'))
      const latest = await this.latestCheckpoint()
      if (latest === null) await this.#refuseLostCheckpoints()
      else {
        assertSameRecipe(latest.state.recipe, wanted, latest.path)
        refuseShorter(latest.step, wanted, this.path)
      }
      for (const { step, path } of await this.checkpoints()) {
        if (latest !== null && step > latest.step) await rename(path, `${path}.damaged`)
      }
      await cutEventFile(this.file('events'), latest?.step ?? 0)
      await this.writeRecipe(wanted)
      return latest
    } catch (error) {
      await this.close()
      throw fileError(error, this.path, 'a run folder that can be resumed')
    }
  }

  /** A run that begins anew would overwrite its own weights: not where checkpoints have been and are gone. */
  async #refuseLostCheckpoints(): Promise<void> {
    const stored = (await this.readEvents()).findLast(
      ({ type, reason }) => type === 'checkpoint' && reason !== 'best',
    )
    if (stored === undefined) return
    throw new InputError({
      who: this.file('checkpoints'),
      expected: `a checkpoint, such as that of step ${stored.step}`,
      got: 'none',
      hint: 'Restore the folder from a copy, or start a new run in another folder.',
    })
  }

  async writeRecipe(recipe: Recipe): Promise<void> {
    await writeFileAtomically(this.file('recipe'), jsonBytes(recipe))
    this.#recipe = recipe
  }

  /** Checkpoints by step, the latest first. */
  async checkpoints(): Promise<{ step: number; path: string }[]> {
    const folder = this.file('checkpoints')
    const found: { step: number; path: string }[] = []
    for (const name of await readFolder(folder, 'may be missing')) {
      const match = checkpointName.exec(name)
      if (match !== null) found.push({ step: Number(match[1]), path: join(folder, name) })
    }
    return found.sort((left, right) => right.step - left.step)
  }

  /** The latest readable checkpoint. Throws if there are some and none is intact. */
  async latestCheckpoint(): Promise<LatestCheckpoint | null> {
    const warnings: string[] = []
    for (const { step, path } of await this.checkpoints()) {
      try {
        const bytes = await readFileBounded(path, { maxBytes: maxCheckpointBytes })
        const state = decodeTrainingState(bytes, path)
        if (state.step !== step) {
          const parts = { who: path, expected: `the state after step ${step}`, got: `step ${state.step}` }
          throw new InputError({ ...parts, hint: 'The file was renamed: restore its name.' })
        }
        return { step, path, state, warnings }
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        warnings.push(error.message)
      }
    }
    if (warnings.length === 0) return null
    throw new InputError({
      who: this.file('checkpoints'),
      expected: 'a readable checkpoint',
      got: `${warnings.length} that cannot be read (${warnings[0]})`,
      hint: 'Restore a checkpoint from a copy, or start a new run in another folder.',
    })
  }

  /** Stores a checkpoint and removes the oldest ones beyond the recipe's `keepCheckpoints`. Returns its path. */
  async saveCheckpoint(state: Uint8Array, step: number): Promise<string> {
    const folder = this.file('checkpoints')
    await makeFolder(folder)
    await syncFile(this.file('events'))
    const path = join(folder, `step-${String(step).padStart(6, '0')}.safetensors`)
    await writeFileAtomically(path, state)
    for (const old of (await this.checkpoints()).slice(this.#recipe.training.keepCheckpoints)) {
      // Never what was just written, whatever lies beside it.
      if (old.path !== path) await unlink(old.path).catch(() => undefined)
    }
    return path
  }

  /** Stores weights to use: the best so far, or those at the end. */
  async saveWeights(kind: 'best' | 'final', bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(this.file(kind), bytes)
  }

  /** The bytes of `best.safetensors` or `final.safetensors`, or null where there is none. */
  async readWeights(kind: 'best' | 'final'): Promise<Uint8Array | null> {
    if (!(await readFolder(this.path)).includes(runFiles[kind])) return null
    return readFileBounded(this.file(kind), { maxBytes: maxCheckpointBytes })
  }

  /** Which of the two are there, the best first. */
  async weightKinds(): Promise<('best' | 'final')[]> {
    const names = await readFolder(this.path)
    return (['best', 'final'] as const).filter((kind) => names.includes(runFiles[kind]))
  }

  /**
   * Stores what the data of the run is, such as counts, checksums and the rows taken, and the folder that relative paths
   * of the recipe are meant from: the present one.
   */
  async saveDataRecord(record: object): Promise<void> {
    await writeFileAtomically(this.file('data'), jsonBytes({ ...record, begunIn: resolve('.') }))
  }

  /** The folder in which the run was started; null if it is not recorded. */
  async begunIn(): Promise<string | null> {
    const record = await this.readJson('data')
    const isRecord = typeof record === 'object' && record !== null && 'begunIn' in record
    return isRecord && typeof record.begunIn === 'string' ? record.begunIn : null
  }

  /** `data.json` or `report.json`, keys of earlier versions under their present names; null where there is none. */
  async readJson(name: 'data' | 'report'): Promise<unknown> {
    if (!(await readFolder(this.path)).includes(runFiles[name])) return null
    const path = this.file(name)
    const text = new TextDecoder().decode(await readFileBounded(path, { maxBytes: maxRecordBytes }))
    return name === 'report' ? renameKeys(parseJson(text, path), olderFigureNames) : parseJson(text, path)
  }

  async saveReport(report: unknown): Promise<void> {
    await writeFileAtomically(this.file('report'), jsonBytes(report))
  }

  async appendEvent<Event extends RunEvent>(event: Event): Promise<void> {
    await appendEventLine(this.file('events'), event)
  }

  async readEvents(): Promise<RecordedEvent[]> {
    return readEventFile(this.file('events'))
  }

  /** Why the run ended without a result, if its loss has left all bounds; null elsewhere. */
  async divergence(): Promise<InputError | null> {
    const last = (await this.readEvents()).at(-1)
    if (last?.type !== 'diverged') return null
    const part = (name: string) => String(last[name])
    return new InputError({
      who: part('who'),
      expected: part('expected'),
      got: part('got'),
      hint: part('hint'),
    })
  }
}

/** What is done cannot be undone: the figures would be those of a longer run than the recipe says. */
function refuseShorter(done: number, { training }: Recipe, path: string): void {
  if (training.steps >= done) return
  throw new InputError({
    who: `${path}: training.steps`,
    expected: `at least ${done}, the steps already done`,
    got: String(training.steps),
    hint: 'Set more steps, or start a new run in another folder.',
  })
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const parts = { who: path, expected: 'JSON', got: 'text that is not JSON' }
    throw new InputError({ ...parts, hint: 'Restore the file from a copy, or start a new run.' }, { cause })
  }
}

async function readFolder(path: string, missing: 'may be missing' | 'is an error' = 'is an error') {
  try {
    return await readdir(path)
  } catch (error) {
    if (missing === 'may be missing' && errorCode(error) === 'ENOENT') return []
    throw fileError(error, path, 'a run folder')
  }
}

const jsonBytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)

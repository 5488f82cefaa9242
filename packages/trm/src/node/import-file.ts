/** Checkpoints of the published code to model files of ours. */
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { type ImportedModel, importModel } from '../checkpoint/import/import-model.ts'
import { type OfficialConfig, parseOfficialConfig } from '../checkpoint/import/official-config.ts'
import { readStoredSettings, type StoredSettings } from '../checkpoint/import/stored-settings.ts'
import { decodeSafetensors } from '../checkpoint/safetensors.ts'
import type { StoredTensor } from '../checkpoint/stored-tensor.ts'
import { decodeTorchFile, isTorchFile } from '../checkpoint/torch/read.ts'
import { encodeTrainingState } from '../checkpoint/training-state.ts'
import { readFileBounded, writeFileAtomically } from './files.ts'
import { tryOutputFile } from './outputs.ts'
import { maxCheckpointBytes } from './run-folder.ts'

/** Where `importFile` writes, and what the file does not say. */
export interface ImportFileOptions {
  /** The model file to write, which every command opens. */
  readonly out: string
  /** Replace a file of that name; by default it is refused. */
  readonly replace?: boolean
  readonly puzzles?: string
  readonly cells?: number
  readonly prefix?: string
  readonly overrides?: readonly string[]
  /** A file of settings; by default the one that lies beside the checkpoint. */
  readonly config?: string
}

/** What `importFile` has read, with the configuration file and whatever else lay beside it. */
export interface ImportedFile extends ImportedModel {
  /** The file that the settings came from: one beside the checkpoint, itself, or null for none. */
  readonly config: string | null
  /** Names of what else the file held. */
  readonly others: readonly string[]
}

/** What the published code, and HRM's, writes into the folder of its checkpoints. */
const configNames = ['all_config.yaml', 'config.yaml']
const maxConfigBytes = 1_000_000

/**
 * Reads `path`, a file of torch.save or safetensors under the published names, and writes `options.out`.
 * @throws InputError if the file holds no known model, or `options.out` cannot be written
 */
export async function importFile(path: string, options: ImportFileOptions): Promise<ImportedFile> {
  if (resolve(path) === resolve(options.out)) {
    throw new InputError({
      who: options.out,
      expected: 'different input and output files',
      got: 'the same file',
      hint: 'Choose another name with `out`.',
    })
  }
  await tryOutputFile(options.out, { replace: options.replace === true })
  const bytes = await readFileBounded(path, { maxBytes: maxCheckpointBytes })
  const { tensors, others, stored } = decode(bytes, path)
  const settings = stored ? null : await findConfig(path, options.config)
  const imported = importModel(tensors, {
    ...options,
    who: path,
    name: basename(path),
    config: settings?.config ?? null,
    stored,
    step: stored?.step ?? stepOfName(path),
  })
  await writeFileAtomically(options.out, encodeTrainingState(imported.state))
  return { ...imported, config: stored ? path : (settings?.path ?? null), others }
}

interface Decoded {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly others: readonly string[]
  readonly stored: StoredSettings | null
}

/** By the bytes, not by the name: published checkpoints have names without an ending. */
function decode(bytes: Uint8Array, path: string): Decoded {
  // A safetensors file begins with the length of its header and the header's brace.
  const isSafetensors = !isTorchFile(bytes) && bytes[8] === 0x7b
  if (!isSafetensors) return { ...decodeTorchFile(bytes, path), stored: null }
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  if (!('trainingState' in metadata))
    return { tensors, others: [], stored: readStoredSettings(metadata, path) }
  throw new InputError({
    who: path,
    expected: 'a checkpoint of the published code',
    got: 'a model file of this library',
    hint: 'There is nothing to import: use the file as it is.',
  })
}

async function findConfig(
  path: string,
  named: string | undefined,
): Promise<{ readonly path: string; readonly config: OfficialConfig } | null> {
  const candidates = named === undefined ? configNames.map((name) => join(dirname(path), name)) : [named]
  for (const candidate of candidates) {
    const text = await readText(candidate, named !== undefined)
    if (text !== null) return { path: candidate, config: parseOfficialConfig(text, candidate) }
  }
  return null
}

/** Null where the file is not there and need not be. */
async function readText(path: string, mustExist: boolean): Promise<string | null> {
  try {
    return new TextDecoder().decode(await readFileBounded(path, { maxBytes: maxConfigBytes }))
  } catch (error) {
    const cause = error instanceof InputError ? error.cause : null
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    if (!mustExist && isMissing) return null
    throw error
  }
}

/** The published code names its checkpoints `step_21700`. */
function stepOfName(path: string): number {
  const match = /step_(\d{1,12})(?:\D|$)/.exec(basename(path))
  return match ? Number(match[1]) : 0
}

/** Models out of run folders and checkpoint files, ready to evaluate and to solve with. */
import { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { InputError } from '@tiny-recursive-models/tensor'
import { decodeTrainingState, type TrainingState } from '../checkpoint/training-state.ts'
import { modelOfState } from '../evaluate/stored-model.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import type { Recipe } from '../recipes/schema.ts'
import { findShippedModel } from '../shipped/shipped-models.ts'
import { errorCode, fileError } from './file-errors.ts'
import { readFileBounded } from './files.ts'
import { isHubAddress } from './hub/address.ts'
import type { HubDownloadEvent } from './hub.ts'
import { cachedModelFile } from './hub-model.ts'
import { maxCheckpointBytes, openRunFolder, type RunFolder } from './run-folder.ts'
import { listShippedModels, shippedModelPath } from './shipped-models.ts'

/** `best` by validation accuracy, `final` at the end of the run, `latest` the newest checkpoint, or one by its step. */
export type CheckpointChoice = 'best' | 'final' | 'latest' | number

/** A model from a file, a run folder or the shipped ones, ready to use. */
export interface OpenedModel {
  readonly model: TrainedModel
  readonly recipe: Recipe
  /** Which of the run's weights these are, or `file`. */
  readonly which: CheckpointChoice | 'file'
  /** The file that the weights came from. */
  readonly source: string
  /** Optimiser steps behind the weights. */
  readonly step: number
}

/**
 * Opens the EMA weights of a run folder or of one checkpoint file; a shipped model by its name, if no folder or file has
 * that name; or a model on the Hugging Face Hub by its address, `hf:OWNER/NAME` or `hf:OWNER/NAME/FILE`.
 *
 * @param which by default the best weights of a run, or else the final or the latest ones
 * @param onDownload is told how far the download of a model on the hub is
 * @throws InputError if it is neither a run folder nor a model file nor the name of a shipped model, or the hub refuses
 */
export async function openModel(
  path: string,
  which?: CheckpointChoice,
  onDownload?: (event: HubDownloadEvent) => void,
): Promise<OpenedModel> {
  if (isHubAddress(path)) return openFile(await cachedModelFile(path, onDownload))
  const facts = await stat(path).catch((error: unknown) => error)
  if (!(facts instanceof Stats)) return openByName(path, facts)
  if (!facts.isDirectory()) return openFile(path)
  const run = await openRunFolder(path)
  const checkpoints = await run.checkpoints()
  const weights = await run.weightKinds()
  const choice = which ?? weights[0] ?? 'latest'
  if (choice === 'best' || choice === 'final') {
    if (!weights.includes(choice)) throw await missing(run, choice)
    return { ...(await openOneOf(run, run.file(choice))), which: choice }
  }
  const found = choice === 'latest' ? checkpoints[0] : checkpoints.find(({ step }) => step === choice)
  if (found === undefined) throw await missing(run, choice)
  return { ...(await openOneOf(run, found.path)), which: choice }
}

/**
 * A model that comes with this package.
 * @throws InputError if no shipped model has that name
 */
export async function openShippedModel(name: string): Promise<OpenedModel> {
  return openFile(shippedModelPath(findShippedModel(await listShippedModels(), name)))
}

/** @param error why there is no folder or file of that name */
async function openByName(name: string, error: unknown): Promise<OpenedModel> {
  const expected = 'a run folder, a checkpoint file or a shipped model'
  if (errorCode(error) !== 'ENOENT') throw fileError(error, name, expected)
  const names = (await listShippedModels()).map((model) => model.name)
  if (names.includes(name)) return openShippedModel(name)
  const hint = `Check the path; the shipped models are ${names.join(', ')}, and one on the hub is hf:OWNER/NAME.`
  throw new InputError(
    { who: name, expected, got: 'no such file or folder (ENOENT)', hint },
    { cause: error },
  )
}

async function openFile(path: string): Promise<OpenedModel> {
  return { ...opened(await readState(path), path), which: 'file' }
}

/** A file of a run; where it is damaged, the error names the others that there are. */
async function openOneOf(run: RunFolder, file: string) {
  try {
    return opened(await readState(file), file)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { who, expected, got, hint } = error
    const others: string[] = (await run.weightKinds()).filter((kind) => run.file(kind) !== file)
    for (const { step, path } of await run.checkpoints()) if (path !== file) others.push(String(step))
    if (others.length === 0) throw error
    const way = `Use other weights of the run: \`checkpoint: ${others.join(' or ')}\`.`
    throw new InputError({ who, expected, got, hint: error.cause ? `${hint} ${way}` : way }, { cause: error })
  }
}

function opened(state: TrainingState, source: string) {
  return { model: modelOfState(state, source), recipe: state.recipe, source, step: state.step }
}

async function readState(path: string): Promise<TrainingState> {
  return decodeTrainingState(await readFileBounded(path, { maxBytes: maxCheckpointBytes }), path)
}

async function missing(run: RunFolder, choice: CheckpointChoice): Promise<InputError> {
  const steps = (await run.checkpoints()).map(({ step }) => String(step))
  const there = [...(await run.weightKinds()), ...(steps.length > 0 ? ['latest', ...steps] : [])]
  return new InputError({
    who: run.path,
    expected: typeof choice === 'number' ? `a checkpoint of step ${choice}` : `${choice} weights`,
    got: there.length === 0 ? 'a run that has saved nothing yet' : `a run with ${there.join(', ')}`,
    hint: there.length === 0 ? 'Wait for its first checkpoint.' : 'Choose one of those with `checkpoint`.',
  })
}

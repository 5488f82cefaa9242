/** The files of a published model: card, weights, recipe, figures and ONNX. */
import { decodeTrainingState, type TrainingState } from '../../checkpoint/training-state.ts'
import type { RunReport } from '../../evaluate/run-facts.ts'
import { encodeModelFile } from '../../evaluate/stored-model.ts'
import type { ExportSource } from '../../export/export-format.ts'
import { exportFormats } from '../../export/formats.ts'
import { parameterCount } from '../../models/weights.ts'
import { boardOfData } from '../../puzzles/index.ts'
import type { Recipe } from '../../recipes/schema.ts'
import { readFileBounded } from '../files.ts'
import type { UploadFile } from '../hub/upload.ts'
import { modelFileName } from '../hub-model.ts'
import { type CheckpointChoice, type OpenedModel, openModel } from '../model-files.ts'
import { maxCheckpointBytes, openRunFolder } from '../run-folder.ts'
import { isReport } from '../run-report.ts'
import { listShippedModels, shippedModelPath } from '../shipped-models.ts'
import { figuresOfReport, figuresOfShipped, type PublishedFigures } from './figures.ts'
import { modelCard } from './model-card.ts'

/** What a published model is made from, and what its card says of it. */
export interface PublishedOptions {
  /** OWNER/NAME */
  readonly name: string
  readonly checkpoint?: CheckpointChoice
  /** An identifier of the hub, such as `mit`; left out: the card names none. */
  readonly license?: string
  /** Which puzzles it was trained and tested on, in words: for runs on files. */
  readonly source?: string
}

const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value)
const json = (value: unknown): Uint8Array<ArrayBuffer> => text(`${JSON.stringify(value, null, 2)}\n`)
/** The bytes in memory of their own, as an upload needs them. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/**
 * All files of a published model, its card first. Folders of this machine do not go along: of a path only the name of
 * the file is left.
 *
 * @throws InputError if there is no such model
 */
export async function publishedFiles(
  path: string,
  options: PublishedOptions,
): Promise<readonly UploadFile[]> {
  const opened = await openModel(path, options.checkpoint)
  const bytes = await readFileBounded(opened.source, { maxBytes: maxCheckpointBytes })
  const stored = decodeTrainingState(bytes, opened.source)
  const recipe = withoutFolders(stored.recipe)
  const { report, figures, source } = await figuresOf(path, opened)
  const weights: TrainingState = { ...stored, recipe }
  const files: readonly DescribedFile[] = [
    {
      path: modelFileName,
      bytes: owned(encodeModelFile(weights)),
      about: 'the weights, with the recipe in its metadata',
    },
    {
      path: 'recipe.json',
      bytes: json(recipe),
      about: 'all settings, to train it again with',
    },
    ...(report === null
      ? []
      : [
          { path: 'report.json', bytes: json(report), about: 'figures on the test puzzles, and the machine' },
        ]),
    ...(await onnxFiles({ model: opened.model, recipe, step: opened.step })),
  ]
  const card = modelCard({
    ...options,
    license: options.license ?? null,
    source: options.source ?? source,
    recipe,
    step: opened.step,
    parameters: parameterCount(opened.model.config),
    title: boardOfData(recipe.data, opened.model.config)?.title ?? null,
    figures,
    files,
    trainingSeconds: report?.trainingSeconds ?? null,
    processor: report?.machine.processor ?? null,
  })
  return [{ path: 'README.md', bytes: text(card) }, ...files.map(({ path, bytes }) => ({ path, bytes }))]
}

interface Measured {
  readonly report: RunReport | null
  readonly figures: PublishedFigures | null
  /** Of a shipped model. */
  readonly source: string | null
}

const nothingKnown: Measured = { report: null, figures: null, source: null }

/** Figures are told only where these very weights were measured. */
async function figuresOf(path: string, { source, which, step }: OpenedModel): Promise<Measured> {
  const shipped = (await listShippedModels()).find((model) => shippedModelPath(model) === source)
  if (shipped !== undefined)
    return { report: null, figures: figuresOfShipped(shipped), source: shipped.source ?? null }
  if (which === 'file') return nothingKnown
  const report = await (await openRunFolder(path)).readJson('report')
  if (!isReport(report) || report.weights.which !== String(which) || report.weights.step !== step)
    return nothingKnown
  const command = report.command === null ? null : report.command.split(' ').map(baseName).join(' ')
  return { report: { ...report, command }, figures: figuresOfReport(report), source: null }
}

/** More embeddings than these, as of ARC, would exceed what a file may hold: they are an input then. */
const maxPuzzlesInOnnx = 1_000

async function onnxFiles(source: ExportSource): Promise<readonly DescribedFile[]> {
  const withoutPuzzleTable = source.model.puzzleTable.used > maxPuzzlesInOnnx
  const options = { dtype: 'float32', name: 'model', withoutPuzzleTable } as const
  const further = withoutPuzzleTable ? '; the puzzle embedding is an input' : ''
  const { onnx, 'onnx-solver': solver } = exportFormats
  return [
    {
      path: 'onnx/step.onnx',
      bytes: owned(await onnx.encode(source, options)),
      about: `one supervision step for ONNX Runtime${further}`,
    },
    {
      path: 'onnx/solver.onnx',
      bytes: owned(await solver.encode(source, options)),
      about: `puzzles in, answers out, for ONNX Runtime${further}`,
    },
  ]
}

interface DescribedFile extends UploadFile {
  readonly about: string
}

const baseName = (path: string): string => path.replace(/^.*[\\/]/, '')

/** Where files lie on this machine is nobody's business. */
function withoutFolders(recipe: Recipe): Recipe {
  const entries = Object.entries(recipe.data).map(([key, value]) => [
    key,
    typeof value === 'string' ? baseName(value) : value,
  ])
  return { ...recipe, data: Object.fromEntries(entries) as Recipe['data'] }
}

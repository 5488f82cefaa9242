/** Models of run folders and model files to files of other programs. */
import { basename } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { type ExportFormatName, type ExportType, exportFormats } from '../export/formats.ts'
import { writeFileAtomically } from './files.ts'
import { type CheckpointChoice, openModel } from './model-files.ts'

export interface ExportModelOptions {
  readonly out: string
  readonly format: ExportFormatName
  readonly dtype?: ExportType
  readonly checkpoint?: CheckpointChoice
}

export interface ExportedFile {
  readonly out: string
  readonly format: ExportFormatName
  readonly dtype: ExportType
  readonly bytes: number
  /** The file that the weights came from, and which of a run's weights they are. */
  readonly source: string
  readonly which: CheckpointChoice | 'file'
  readonly step: number
}

/** Writes the weights to use of a run folder or model file as `options.out`. */
export async function exportModel(path: string, options: ExportModelOptions): Promise<ExportedFile> {
  const { out, format, dtype = 'float32' } = options
  const { dtypes, encode } = exportFormats[format]
  if (!dtypes.includes(dtype)) {
    throw new InputError({
      who: `export as ${format}`,
      expected: `numbers of type ${dtypes.join(' or ')}`,
      got: dtype,
      hint: 'Choose one of those by --dtype.',
    })
  }
  const { model, recipe, step, source, which } = await openModel(path, options.checkpoint)
  const name = basename(out).replace(/\.[^.]*$/, '') || 'archive'
  const bytes = await encode({ model, recipe, step }, { dtype, name })
  await writeFileAtomically(out, bytes)
  return { out, format, dtype, bytes: bytes.length, source, which, step }
}

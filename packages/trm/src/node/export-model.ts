/** Models of run folders and model files to files of other programs. */
import { basename } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import type { ExportFormat, ExportOptions, ExportType, FormatOption } from '../export/export-format.ts'
import { type ExportFormatName, exportFormatNames, exportFormats } from '../export/formats.ts'
import { writeFileAtomically } from './files.ts'
import { type CheckpointChoice, openModel } from './model-files.ts'
import { tryOutputFile } from './outputs.ts'

/** Where `exportModel` writes and in what format. */
export interface ExportModelOptions extends Pick<ExportOptions, FormatOption> {
  readonly out: string
  /** Replace a file of that name; by default it is refused. */
  readonly replace?: boolean
  readonly format: ExportFormatName
  readonly dtype?: ExportType
  readonly checkpoint?: CheckpointChoice
}

/** What `exportModel` has written, and from what. */
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

/**
 * Writes the weights to use of a run folder or model file as `options.out`.
 * @throws InputError if the model cannot be read, the format does not take it, or `options.out` cannot be written
 */
export async function exportModel(path: string, options: ExportModelOptions): Promise<ExportedFile> {
  const { out, replace = false, format, dtype = 'float32', checkpoint, ...ofFormat } = options
  const { dtypes, encode }: ExportFormat = exportFormats[format]
  refuseForeignOptions(format, ofFormat)
  if (!dtypes.includes(dtype)) {
    throw new InputError({
      who: `export as ${format}`,
      expected: `numbers of type ${dtypes.join(' or ')}`,
      got: dtype,
      hint: 'Choose one of those with `dtype`.',
    })
  }
  await tryOutputFile(out, { replace })
  const { model, recipe, step, source, which } = await openModel(path, checkpoint)
  const name = basename(out).replace(/\.[^.]*$/, '') || 'archive'
  const bytes = await encode({ model, recipe, step }, { ...ofFormat, dtype, name })
  await writeFileAtomically(out, bytes)
  return { out, format, dtype, bytes: bytes.length, source, which, step }
}

const formatOptions: readonly FormatOption[] = ['steps', 'withoutPuzzleTable', 'operators']

function refuseForeignOptions(format: ExportFormatName, given: Pick<ExportOptions, FormatOption>): void {
  const accepted = (name: ExportFormatName): readonly FormatOption[] => {
    const { accepts = [] }: ExportFormat = exportFormats[name]
    return accepts
  }
  for (const option of formatOptions) {
    if (given[option] === undefined || accepted(format).includes(option)) continue
    const others = exportFormatNames.filter((name) => accepted(name).includes(option))
    throw new InputError({
      who: `export as ${format}`,
      expected: `no \`${option}\``,
      got: `\`${option}: ${given[option]}\``,
      hint: `Leave it out, or use \`format: ${others.join(' or ')}\`.`,
    })
  }
}

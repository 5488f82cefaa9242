import { InputError } from '@tiny-recursive-models/trm'
import {
  type ExportFormatName,
  type ExportType,
  exportFormatNames,
  exportFormats,
  formatOfName,
} from '@tiny-recursive-models/trm/export'
import { grouped } from '@tiny-recursive-models/trm/format'
import { type CheckpointChoice, exportModel } from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import { checkpointOption, forceOption, given, jsonOption, wholeNumber } from '../options/options.ts'
import { prepareFile } from '../output/files.ts'
import { print, printJson } from '../output/streams.ts'

interface ExportCommandOptions {
  readonly out: string
  readonly format?: ExportFormatName
  readonly dtype?: ExportType
  readonly checkpoint?: CheckpointChoice
  readonly steps?: number
  readonly withoutPuzzleTable?: true
  readonly standard?: true
  readonly force?: true
  readonly json?: true
}

export function addExport(command: Command): void {
  const formats = exportFormatNames.map((name) => `  ${name.padEnd(12)} ${exportFormats[name].description}`)
  command
    .requiredOption('--out <file>', 'the file to write')
    .addOption(
      new Option('--format <name>', 'format to write (default: from the file extension)').choices(
        exportFormatNames,
      ),
    )
    .addOption(
      new Option('--dtype <type>', 'number type (default: float32)').choices([
        'float32',
        'float16',
        'bfloat16',
      ]),
    )
    .addOption(checkpointOption())
    .option(
      '--steps <count>',
      'supervision steps of an onnx-solver (default: as in training)',
      wholeNumber(1, 4096),
    )
    .option(
      '--without-puzzle-table',
      'onnx: take the puzzle embeddings as an input instead of storing them in the file',
    )
    .option('--standard', 'onnx: use only standard ONNX operators, for other runtimes')
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Formats:
${formats.join('\n')}

Examples:
  trm export runs/sudoku-6x6-trm-0 --out model.pt
  trm export runs/sudoku-6x6-trm-0 --out model.safetensors --dtype bfloat16 --checkpoint final
  trm export runs/sudoku-6x6-trm-0 --out solver.onnx --format onnx-solver --steps 16`,
    )
    .action(runExport)
}

async function runExport(run: string, options: ExportCommandOptions): Promise<void> {
  const { out, dtype, checkpoint, steps, withoutPuzzleTable, standard, force, json } = options
  const replace = force === true
  await prepareFile(out, { replace })
  const format = options.format ?? formatOfName(out)
  if (format === null) {
    const endings = [...new Set(exportFormatNames.map((name) => exportFormats[name].ending))]
    throw new InputError({
      who: out,
      expected: `a name that ends with ${endings.join(' or ')}, or --format`,
      got: 'another extension',
      hint: `Add --format ${exportFormatNames.join(' or ')}.`,
    })
  }
  const written = await exportModel(run, {
    out,
    format,
    replace,
    ...given('dtype', dtype),
    ...given('checkpoint', checkpoint),
    ...given('steps', steps),
    ...given('withoutPuzzleTable', withoutPuzzleTable),
    ...(standard ? { operators: 'standard' as const } : {}),
  })
  if (json) printJson(written)
  else {
    const { which, source, step, bytes } = written
    const weights = which === 'file' ? source : `${which} weights of ${run}`
    print(`${out}: ${weights}, step ${grouped(step)}, ${written.dtype}, ${grouped(bytes)} bytes`)
    print(`  ${exportFormats[format].description}`)
  }
}

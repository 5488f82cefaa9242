import {
  type ExportFormatName,
  type ExportType,
  exportFormatNames,
  exportFormats,
  formatOfName,
  InputError,
} from '@tiny-recursive-models/trm'
import { type CheckpointChoice, exportModel } from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import { checkpointOption, given, jsonOption } from '../options.ts'
import { grouped } from '../output/format.ts'
import { print, printJson } from '../output/streams.ts'

interface ExportCommandOptions {
  readonly out: string
  readonly format?: ExportFormatName
  readonly dtype?: ExportType
  readonly checkpoint?: CheckpointChoice
  readonly json?: true
}

export function addExport(program: Command): void {
  const formats = exportFormatNames.map((name) => `  ${name.padEnd(12)} ${exportFormats[name].description}`)
  program
    .command('export <run>')
    .description('write the model of a run folder or a model file for other programs')
    .requiredOption('--out <file>', 'the file to write')
    .addOption(
      new Option('--format <name>', "what to write (default: by the file's ending)").choices(
        exportFormatNames,
      ),
    )
    .addOption(
      new Option('--dtype <type>', 'type of the numbers (default: float32)').choices([
        'float32',
        'float16',
        'bfloat16',
      ]),
    )
    .addOption(checkpointOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Formats:
${formats.join('\n')}

Examples:
  trm export runs/sudoku-6x6-0 --out model.pt
  trm export runs/sudoku-6x6-0 --out model.safetensors --dtype bfloat16 --checkpoint final`,
    )
    .action(runExport)
}

async function runExport(run: string, options: ExportCommandOptions): Promise<void> {
  const { out, dtype, checkpoint, json } = options
  const format = options.format ?? formatOfName(out)
  if (format === null) {
    throw new InputError({
      who: out,
      expected: `a name that ends with ${exportFormatNames.map((name) => exportFormats[name].ending).join(' or ')}, or --format`,
      got: 'another ending',
      hint: `Add --format ${exportFormatNames.join(' or ')}.`,
    })
  }
  const written = await exportModel(run, {
    out,
    format,
    ...given('dtype', dtype),
    ...given('checkpoint', checkpoint),
  })
  if (json) printJson(written)
  else {
    const { which, source, step, bytes } = written
    const weights = which === 'file' ? source : `${which} weights of ${run}`
    print(`${out}: ${weights}, step ${grouped(step)}, ${written.dtype}, ${grouped(bytes)} bytes`)
    print(`  ${exportFormats[format].description}`)
  }
}

import { type ModelConfig, modelConfig, parameterCount } from '@tiny-recursive-models/trm'
import { puzzleFamilies } from '@tiny-recursive-models/trm/checkpoint'
import { grouped, plural } from '@tiny-recursive-models/trm/format'
import { prefixLength } from '@tiny-recursive-models/trm/models'
import { type ImportedFile, importFile } from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import { forceOption, given, jsonOption, setOption, wholeNumber } from '../options/options.ts'
import { prepareFile } from '../output/files.ts'
import { print, printJson } from '../output/streams.ts'

interface ImportCommandOptions {
  readonly out: string
  readonly data?: string
  readonly cells?: number
  readonly set?: readonly string[]
  readonly config?: string
  readonly prefix?: string
  readonly force?: true
  readonly json?: true
}

export function addImport(command: Command): void {
  command
    .requiredOption('--out <file>', 'the model file to write')
    .addOption(
      new Option('--data <kind>', 'kind of puzzle, if it cannot be detected').choices(puzzleFamilies),
    )
    .option('--cells <count>', 'cells per puzzle, if it cannot be detected', wholeNumber(1, 1_000_000))
    .addOption(setOption())
    .option('--config <file>', 'settings of the run (default: all_config.yaml beside the checkpoint)')
    .option('--prefix <text>', 'prefix of the weight names, if the file has several')
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm import step_21700 --out model.safetensors
  trm import step_21700 --out model.safetensors --set model.latentUpdates=4
  trm import small.pt --out model.safetensors --data ${puzzleFamilies[0]} --config all_config.yaml`,
    )
    .action(runImport)
}

async function runImport(file: string, options: ImportCommandOptions): Promise<void> {
  const { out, data, cells, set, config, prefix, force, json } = options
  const replace = force === true
  await prepareFile(out, { replace })
  const imported = await importFile(file, {
    out,
    replace,
    ...given('puzzles', data),
    ...given('cells', cells),
    ...given('overrides', set),
    ...given('config', config),
    ...given('prefix', prefix),
  })
  if (json) printJson(reportOf(file, out, imported))
  else print(describe(file, out, imported))
}

function reportOf(file: string, out: string, imported: ImportedFile): Record<string, unknown> {
  const { state, sizes, prefix, config, assumed, unused, others } = imported
  const { model, data } = state.recipe
  const parameters = parameterCount(modelConfig(model, sizes))
  return {
    file,
    out,
    step: state.step,
    parameters,
    model,
    sizes,
    data,
    prefix,
    config,
    assumed,
    unused,
    others,
  }
}

function describe(file: string, out: string, imported: ImportedFile): string {
  const { state, sizes, config, assumed, unused, others } = imported
  const whole = modelConfig(state.recipe.model, sizes)
  const rows: [string, string][] = [
    ['model', describeModel(whole)],
    [
      'puzzles',
      `${plural(sizes.cells, 'cell')}, ${plural(sizes.symbols, 'symbol')}, ${plural(sizes.identifiers, 'identifier')}`,
    ],
    ['settings', config === file ? 'in the file itself' : (config ?? 'none found next to the file')],
  ]
  const guesses = Object.entries(assumed).map(([key, value]) => `${key} ${value}`)
  if (guesses.length > 0)
    rows.push(['assumed', `${guesses.join(', ')} (as published; the file does not say)`])
  if (unused.length > 0) rows.push(['unused', listed(unused)])
  if (others.length > 0) rows.push(['left out', listed(others)])
  return [
    `${file} → ${out}: ${grouped(parameterCount(whole))} parameters, step ${grouped(state.step)}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(8)}  ${value}`),
    ...(guesses.length > 0 ? ['  --set key=value, --data or --config FILE changes the assumptions.'] : []),
    `  trm eval ${out} --data FILE evaluates it.`,
  ].join('\n')
}

function describeModel(config: ModelConfig): string {
  const { kind, nets, blocks, mixer, width, expansion, recursions, latentUpdates, positions, precision } =
    config
  const name = kind === 'trm' && nets === 'separate' ? 'HRM' : kind
  const depth = kind === 'direct' ? '' : `, ${recursions} recursions × ${latentUpdates} latent updates`
  const prefix = prefixLength(config) > 0 ? `, prefix of ${prefixLength(config)}` : ''
  return `${name}, ${mixer}, ${plural(blocks, 'block')}, width ${width}, expansion ${expansion}, positions ${positions}${depth}${prefix}${precision === 'bfloat16' ? ', bfloat16' : ''}`
}

const listed = (names: readonly string[]): string =>
  names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '')

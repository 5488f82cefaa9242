import { InputError } from '@tiny-recursive-models/trm'
import { byteSize } from '@tiny-recursive-models/trm/format'
import { type CheckpointChoice, publishModel, writePublishedFiles } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { checkpointOption, forceOption, given, jsonOption } from '../options/options.ts'
import { prepareFolder } from '../output/files.ts'
import { PublishDisplay } from '../output/publish.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

interface PublishCommandOptions {
  readonly to: string
  readonly out?: string
  readonly checkpoint?: CheckpointChoice
  readonly license?: string
  readonly source?: string
  readonly private?: true
  readonly public?: true
  readonly force?: true
  readonly json?: true
}

export function addPublish(command: Command): void {
  command
    .requiredOption('--to <owner/name>', 'the repository on the hub; made if it is not there')
    .option('--out <folder>', 'write the files into this folder and upload nothing')
    .addOption(checkpointOption())
    .option('--license <name>', 'licence of the model, such as mit (default: the card names none)')
    .option('--source <text>', 'which puzzles it was trained and tested on, in words, for the card')
    .option('--private', 'only the owner may see the repository, if it is new')
    .option('--public', 'everybody may see the repository, if it is new')
    .addOption(forceOption())
    .addOption(jsonOption('print every event as a line of JSON'))
    .addHelpText(
      'after',
      `
Writes a model card, the weights (safetensors), recipe, figures and ONNX files in one commit.
HF_TOKEN is an access token with write permission; HF_ENDPOINT sets another hub.

Examples:
  trm publish runs/sudoku-6x6-0 --to me/sudoku-6x6 --license mit
  trm publish runs/sudoku-6x6-0 --to me/sudoku-6x6 --out card
  trm solve generated --model hf:me/sudoku-6x6`,
    )
    .action(publish)
}

async function publish(model: string, options: PublishCommandOptions): Promise<void> {
  const asJson = options.json === true
  refuseBoth(options)
  const card = {
    ...given('checkpoint', options.checkpoint),
    ...given('license', options.license),
    ...given('source', options.source),
  }
  const repo = options.to.replace(/^(?:hf|hub):/, '')
  if (options.out !== undefined) {
    await prepareFolder(options.out)
    const files = await writePublishedFiles(model, options.out, { ...card, name: repo })
    if (asJson) return printJson({ folder: options.out, files })
    print(
      formatTable(
        ['file', 'size'],
        files.map(({ path, bytes }) => [path, byteSize(bytes)]),
        [1],
      ),
    )
    print(`in ${options.out}; nothing was uploaded`)
    return
  }
  const interruption = new AbortController()
  const release = onInterrupt(() => interruption.abort())
  const display = new PublishDisplay(asJson)
  const settings = {
    ...card,
    repo,
    replace: options.force === true,
    signal: interruption.signal,
    ...(options.private && { visibility: 'private' as const }),
    ...(options.public && { visibility: 'public' as const }),
  }
  try {
    for await (const event of publishModel(model, settings)) {
      display.show(event)
      if (event.type === 'stopped') process.exitCode = interruptedExitCode
    }
  } finally {
    display.end()
    release()
  }
}

function refuseBoth(options: PublishCommandOptions): void {
  if (!options.private || !options.public) return
  throw new InputError({
    who: 'trm publish',
    expected: '--private or --public',
    got: 'both',
    hint: 'Leave one of them out.',
  })
}

/** `trm data arc`: builds ARC sets, in memory to see what is in them, or as a data folder of the published code. */

import { byteSize, duration, grouped, plural } from '@tiny-recursive-models/trm/format'
import {
  arcFolderBytes,
  readDataFile,
  refuseDataFolder,
  writeArcFolder,
} from '@tiny-recursive-models/trm/node'
import { type ArcBuild, arcBuildFacts, readAndBuildArc } from '@tiny-recursive-models/trm/puzzles/arc'
import { type Command, InvalidArgumentError } from 'commander'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { jsonOption, wholeNumber } from '../options/options.ts'
import { describeArcBuild } from '../output/arc-build.ts'
import { prepareFolder } from '../output/files.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'

interface ArcOptions {
  readonly from: string
  readonly subsets: readonly string[]
  readonly test: string
  readonly augmentations: number
  readonly canvas: number
  readonly longestSide?: number
  readonly seed: number
  readonly allowLeak?: true
  readonly out?: string
  readonly replace?: true
  readonly json?: true
}

export function addDataArc(data: Command): void {
  data
    .command('arc')
    .description(
      'build ARC-AGI with augmentations: print counts, or write a data folder that the published code can read',
    )
    .requiredOption(
      '--from <folder>',
      'arc-agi_<set>_challenges.json and _solutions.json, or <set>/<id>.json',
    )
    .option('--subsets <names>', 'sets to train on, separated by commas', names, [
      'training',
      'evaluation',
      'concept',
    ])
    .option('--test <name>', 'the one whose test pairs are held out', 'evaluation')
    .option('--augmentations <count>', 'augmented versions per task', wholeNumber(0, 100_000), 1_000)
    .option('--canvas <side>', 'side length of the canvas', wholeNumber(1, 30), 30)
    .option('--longest-side <side>', 'leave out tasks with larger grids', wholeNumber(1, 30))
    .option('--seed <seed>', 'the same seed gives the same set', wholeNumber(0, 2 ** 32 - 1), 0)
    .option('--allow-leak', 'build even if test pairs are also trained on')
    .option('--out <folder>', 'write the data folder (6 to 11 GB at full size)')
    .option('--replace', 'replace an existing data set')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm data arc --from arc                                    counts of ARC-AGI-1, nothing written
  trm data arc --from arc --subsets training2,evaluation2,concept --test evaluation2 --out data/arc-2`,
    )
    .action(buildArcData)
}

async function buildArcData(options: ArcOptions): Promise<void> {
  const { out, replace } = options
  await prepareFolder(out)
  if (out !== undefined && !replace) await refuseDataFolder(out)
  const progress = new Progress(options.json === true)
  const started = performance.now()
  const build = await readAndBuildArc(
    {
      ...options,
      kind: 'arc',
      path: options.from,
      validation: 0,
      longestSide: options.longestSide ?? null,
      allowLeak: options.allowLeak === true,
    },
    { read: readDataFile, list: readDataFile.list! },
    (done, of) => progress.update(done / of, `augmenting ${grouped(done)} of ${plural(of, 'task')}`),
  )
  progress.stop()
  const builtMs = performance.now() - started
  const facts = { ...arcBuildFacts(build, options), folderBytes: arcFolderBytes(build), builtMs }
  if (options.json !== true) describeArcBuild(facts)
  if (options.out !== undefined && !(await write(build, options.out, options, progress, facts.folderBytes)))
    return
  const elapsedMs = performance.now() - started
  const peakBytes = process.resourceUsage().maxRSS * 1024
  if (options.json) return printJson({ ...facts, out: options.out ?? null, elapsedMs, peakBytes })
  const done =
    options.out === undefined ? 'built' : `built in ${duration(builtMs)}, written to ${options.out}`
  print(`${done} in ${duration(elapsedMs)}, with at most ${byteSize(peakBytes)} of memory`)
}

/** False where Ctrl-C ended it. */
async function write(
  build: ArcBuild,
  folder: string,
  { replace, json }: ArcOptions,
  progress: Progress,
  bytes: number,
): Promise<boolean> {
  if (json !== true) print(`writing ${byteSize(bytes)} to ${folder}`)
  let stopping = false
  const release = onInterrupt(() => {
    stopping = true
  })
  try {
    const isWhole = await writeArcFolder(build, folder, {
      onProgress: (done, of) => progress.update(done / of, `${byteSize(done)} of ${byteSize(of)}`),
      replace: replace === true,
      shouldStop: () => stopping,
    })
    progress.stop()
    if (isWhole) return true
    progress.note('stopped: the data set is incomplete; run the same command again to start over')
    process.exitCode = interruptedExitCode
    return false
  } finally {
    progress.stop()
    release()
  }
}

function names(text: string): readonly string[] {
  const found = text.split(',').map((name) => name.trim())
  if (found.every((name) => /^[\w.-]{1,64}$/.test(name)) && new Set(found).size === found.length) return found
  throw new InvalidArgumentError(
    'Separate the names of the sets with commas, each once, such as training,evaluation.',
  )
}

/** `trm data generate` */
import type { BoxShape } from '@tiny-recursive-models/trm'
import {
  formatMazeLine,
  formatSudokuLine,
  generateMazes,
  generatePuzzles,
  largestMaze,
  shortestSteps,
  smallestMaze,
} from '@tiny-recursive-models/trm'
import { writeFileAtomically } from '@tiny-recursive-models/trm/node'
import { type Command, InvalidArgumentError } from 'commander'
import { jsonOption, wholeNumber } from '../options.ts'
import { plural } from '../output/format.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'

export function addGenerate(data: Command): void {
  data
    .command('generate')
    .description('write new Sudokus or mazes with their answers, as source,question,answer,rating')
    .option('--box <rows×columns>', 'Sudokus: 2x2, 2x3 or 3x3 for 4×4, 6×6 or 9×9 grids', boxArgument)
    .option('--maze <size>', 'mazes of size × size', wholeNumber(smallestMaze, largestMaze))
    .requiredOption('--count <count>', 'how many', wholeNumber(1, 10_000_000))
    .option('--minimal', 'Sudokus: no clue can be left out')
    .option(
      '--min-path <steps>',
      'mazes: steps of the shortest path (default: the size)',
      wholeNumber(1, 899),
    )
    .option('--min-density <share>', 'mazes: least share of walls', share, 0.3)
    .option('--max-density <share>', 'mazes: greatest share of walls', share, 0.5)
    .option('--seed <seed>', 'the same seed gives the same puzzles', wholeNumber(0, 2 ** 32 - 1), 0)
    .option('--out <file>', 'write there instead of to the terminal')
    .addOption(jsonOption('print the figures as one JSON document (needs --out)'))
    .addHelpText(
      'after',
      `
Examples:
  trm data generate --box 2x3 --count 1000 --minimal --seed 1 --out puzzles.csv
  trm data generate --box 3x3 --count 5
  trm data generate --maze 30 --min-path 109 --count 100 --out mazes.csv`,
    )
    .action(generate)
}

interface GenerateOptions {
  readonly box?: BoxShape
  readonly maze?: number
  readonly count: number
  readonly minimal?: true
  readonly minPath?: number
  readonly minDensity: number
  readonly maxDensity: number
  readonly seed: number
  readonly out?: string
  readonly json?: true
}

/** The lines of the file, and what it was made by. */
interface Generation {
  readonly lines: Iterable<string>
  readonly settings: Readonly<Record<string, unknown>>
}

async function generate(options: GenerateOptions, command: Command): Promise<void> {
  const { count, seed, out, json } = options
  if ((options.box === undefined) === (options.maze === undefined))
    command.error('error: name either --box for Sudokus or --maze for mazes')
  const { lines: generated, settings } =
    options.maze === undefined ? sudokus(options) : mazes(options, options.maze)
  const lines = ['source,question,answer,rating']
  const progress = new Progress(json === true || out === undefined)
  for (const line of generated) {
    lines.push(line)
    progress.update((lines.length - 1) / count, plural(lines.length - 1, 'puzzle'))
  }
  progress.stop()
  if (out === undefined) return print(lines.join('\n'))
  await writeFileAtomically(out, new TextEncoder().encode(`${lines.join('\n')}\n`))
  if (json) printJson({ file: out, count, ...settings, seed })
  else print(`${plural(count, 'puzzle')} in ${out}`)
}

/** Generated Sudokus have no rating: the published one counts the guesses of a certain solver. */
function sudokus({ box, count, seed, ...options }: GenerateOptions): Generation {
  const minimal = options.minimal === true
  function* lines() {
    for (const { question, answer } of generatePuzzles(box!, count, seed, { minimal }))
      yield `generated,${formatSudokuLine(question)},${formatSudokuLine(answer)},`
  }
  return { lines: lines(), settings: { ...box, minimal } }
}

/** The rating of a maze is the steps of its shortest path, as published. */
function mazes({ count, seed, ...options }: GenerateOptions, size: number): Generation {
  const { minPath: minimumPath = size, minDensity: minimumDensity, maxDensity: maximumDensity } = options
  const settings = { minimumDensity, maximumDensity, minimumPath }
  function* lines() {
    for (const { question, answer } of generateMazes(size, count, seed, settings))
      yield `generated,${formatMazeLine(question)},${formatMazeLine(answer)},${shortestSteps(question)}`
  }
  return { lines: lines(), settings: { maze: size, ...settings } }
}

function share(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value < 1) return value
  throw new InvalidArgumentError('A share from 0 to below 1 is needed, such as 0.35.')
}

function boxArgument(text: string): BoxShape {
  const match = /^([23])[x×]([23])$/.exec(text)
  const box = match && { boxRows: Number(match[1]), boxColumns: Number(match[2]) }
  if (!box || (box.boxRows === 3 && box.boxColumns === 2))
    throw new InvalidArgumentError('Write 2x2, 2x3 or 3x3 (rows × columns of a box).')
  return box
}

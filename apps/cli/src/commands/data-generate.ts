/** `trm data generate` */
import { setImmediate as nextTurn } from 'node:timers/promises'
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
import { writePiecesAtomically } from '@tiny-recursive-models/trm/node'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { jsonOption, wholeNumber } from '../options.ts'
import { plural } from '../output/format.ts'
import { Progress } from '../output/progress.ts'
import { isOutputClosed, print, printJson } from '../output/streams.ts'

export function addGenerate(data: Command): void {
  data
    .command('generate')
    .description('write new Sudokus or mazes with their answers, as source,question,answer,rating')
    .option('--box <rows×columns>', 'Sudokus: 2x2, 2x3 or 3x3 for 4×4, 6×6 or 9×9 grids', boxArgument)
    .option('--maze <size>', 'mazes of size × size', wholeNumber(smallestMaze, largestMaze))
    .requiredOption('--count <count>', 'how many', wholeNumber(1, 10_000_000))
    .addOption(new Option('--minimal', 'Sudokus: no clue can be left out').conflicts('maze'))
    .addOption(
      ofMazes('--min-path <steps>', 'mazes: steps of the shortest path (default: the size)').argParser(
        wholeNumber(1, 899),
      ),
    )
    .addOption(ofMazes('--min-density <share>', 'mazes: least share of walls').argParser(share).default(0.3))
    .addOption(
      ofMazes('--max-density <share>', 'mazes: greatest share of walls').argParser(share).default(0.5),
    )
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

const ofMazes = (flags: string, description: string): Option =>
  new Option(flags, description).conflicts('box')

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

/** The rows of the file, and what it was made by. */
interface Generation {
  readonly rows: Iterable<string>
  readonly settings: Readonly<Record<string, unknown>>
}

async function generate(options: GenerateOptions, command: Command): Promise<void> {
  const { count, seed, out, json } = options
  if ((options.box === undefined) === (options.maze === undefined))
    command.error('error: name either --box for Sudokus or --maze for mazes')
  if (json && out === undefined) command.error('error: --json needs --out, the puzzles are no JSON')
  const { rows, settings } = options.maze === undefined ? sudokus(options) : mazes(options, options.maze)
  const progress = new Progress(json === true || out === undefined)
  const pieces = linesInPieces(rows, (done) => progress.update(done / count, plural(done, 'puzzle')))
  if (out === undefined) {
    for (const lines of pieces) {
      print(lines)
      if (isOutputClosed()) return
      await nextTurn() // to hear that nobody reads on
    }
    return
  }
  await writePiecesAtomically(out, encoded(pieces))
  progress.stop()
  if (json) printJson({ file: out, count, ...settings, seed })
  else print(`${plural(count, 'puzzle')} in ${out}`)
}

const rowsPerPiece = 100

/** A header and the rows, many lines a piece: millions of puzzles are more than one string can hold. */
function* linesInPieces(rows: Iterable<string>, onRow: (done: number) => void): Generator<string> {
  let lines = ['source,question,answer,rating']
  let done = 0
  for (const row of rows) {
    lines.push(row)
    onRow(++done)
    if (lines.length < rowsPerPiece) continue
    yield lines.join('\n')
    lines = []
  }
  if (lines.length > 0) yield lines.join('\n')
}

function* encoded(pieces: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  for (const lines of pieces) yield encoder.encode(`${lines}\n`)
}

/** Generated Sudokus have no rating: the published one counts the guesses of a certain solver. */
function sudokus({ box, count, seed, ...options }: GenerateOptions): Generation {
  const minimal = options.minimal === true
  function* rows() {
    for (const { question, answer } of generatePuzzles(box!, count, seed, { minimal }))
      yield `generated,${formatSudokuLine(question)},${formatSudokuLine(answer)},`
  }
  return { rows: rows(), settings: { ...box, minimal } }
}

/** The rating of a maze is the steps of its shortest path, as published. */
function mazes({ count, seed, ...options }: GenerateOptions, size: number): Generation {
  const { minPath: minimumPath = size, minDensity: minimumDensity, maxDensity: maximumDensity } = options
  const settings = { minimumDensity, maximumDensity, minimumPath }
  function* rows() {
    for (const { question, answer } of generateMazes(size, count, seed, settings))
      yield `generated,${formatMazeLine(question)},${formatMazeLine(answer)},${shortestSteps(question)}`
  }
  return { rows: rows(), settings: { maze: size, ...settings } }
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

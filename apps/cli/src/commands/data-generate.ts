/** `trm data generate` */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { boardOfData, InputError, type SolvedPuzzle, sourceOf } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import { writePiecesAtomically } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { forceOption, jsonOption, setOption, wholeNumber } from '../options/options.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { prepareFile } from '../output/files.ts'
import { Progress } from '../output/progress.ts'
import { isOutputClosed, print, printJson } from '../output/streams.ts'
import { puzzleView } from '../puzzles/puzzle-view.ts'

export function addGenerate(data: Command): void {
  data
    .command('generate <recipe>')
    .description('generate puzzles like those of a recipe, as CSV: source,question,answer,rating')
    .requiredOption('--count <count>', 'number of puzzles', wholeNumber(1, 10_000_000))
    .addOption(setOption())
    .option('--seed <seed>', 'the same seed gives the same puzzles', wholeNumber(0, 2 ** 32 - 1), 0)
    .option('--out <file>', 'write to this file instead of the terminal')
    .addOption(forceOption())
    .addOption(jsonOption('print the figures as one JSON document (needs --out)'))
    .addHelpText(
      'after',
      `
Examples:
  trm data generate sudoku-6x6 --count 1000 --seed 1 --out puzzles.csv
  trm data generate sudoku-small --count 5 --set data.minimal=false
  trm data generate maze-small --count 100 --set data.size=30 --set data.minPath=109 --out puzzles.csv`,
    )
    .action(generate)
}

interface GenerateOptions {
  readonly count: number
  readonly seed: number
  readonly set?: readonly string[]
  readonly out?: string
  readonly force?: true
  readonly json?: true
}

async function generate(
  name: string,
  { count, seed, set, out, force, json }: GenerateOptions,
  command: Command,
): Promise<void> {
  if (json && out === undefined)
    command.error('error: --json needs --out: the puzzles themselves are not JSON')
  await prepareFile(out, { replace: force === true })
  const { data } = await resolveRecipe(name, set ?? [])
  const source = sourceOf(data)
  const board = boardOfData(data, { cells: 0, symbols: 0 })
  if (source.generateMany === undefined || board === undefined) {
    throw new InputError({
      who: name,
      expected: 'a recipe whose puzzles are generated',
      got: `data of kind ${data.kind}`,
      hint: 'trm recipes lists the recipes; trm data NAME shows where the puzzles of one come from.',
    })
  }
  const { format } = puzzleView(board)
  const progress = new Progress(json === true || out === undefined)
  const pieces = linesInPieces(source.generateMany(data, count, seed), format, (done) =>
    progress.update(done / count, plural(done, 'puzzle')),
  )
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
  if (json) printJson({ file: out, count, puzzles: board.kind, seed })
  else print(`${plural(count, 'puzzle')} in ${out}`)
}

const rowsPerPiece = 100

/** A header and the rows, many lines a piece: millions of puzzles are more than one string can hold. */
function* linesInPieces(
  puzzles: Iterable<SolvedPuzzle>,
  format: (tokens: Int32Array) => string,
  onRow: (done: number) => void,
): Generator<string> {
  let lines = ['source,question,answer,rating']
  let done = 0
  for (const { question, answer, rating } of puzzles) {
    lines.push(`generated,${format(question)},${format(answer)},${rating ?? ''}`)
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

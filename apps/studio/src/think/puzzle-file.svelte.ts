/** The file of puzzles that is open, and which of them is asked. */
import { boardOf, isSamePuzzleKind } from '@tiny-recursive-models/trm'
import { arc } from '../arc/arc.svelte.ts'
import { modelStore } from '../lib/model-store.svelte.ts'
import { asPuzzleOf, type FoundPuzzle, type FoundPuzzles } from '../puzzles/read.ts'
import { session } from './session.svelte.ts'

let name = $state('')
const nothing: FoundPuzzles = { puzzles: [], leftOut: 0, problems: [], isCut: false }

let found = $state.raw<FoundPuzzles>(nothing)
let row = $state(0)

export const puzzleFile = {
  get name(): string {
    return name
  },
  get puzzles(): readonly FoundPuzzle[] {
    return found.puzzles
  },
  /** What of the file could not be read, and whether it goes on. */
  get rest(): Omit<FoundPuzzles, 'puzzles'> {
    return found
  },
  /** From 0. */
  get row(): number {
    return row
  },
  open(fileName: string, read: FoundPuzzles): void {
    name = fileName
    found = read
    puzzleFile.choose(0)
  },
  choose(wanted: number): void {
    row = Math.max(0, Math.min(found.puzzles.length - 1, Math.round(wanted)))
    const puzzle = found.puzzles[row]
    if (puzzle) void askFitting(puzzle)
  },
  close(): void {
    found = nothing
  },
}

/** Asks a puzzle of the model at hand, or of the first one that knows puzzles of its kind. */
export async function askFitting(puzzle: FoundPuzzle): Promise<void> {
  arc.close()
  session.forgetArc()
  const known = session.model?.board
  const own = known ? asPuzzleOf(known, puzzle) : null
  if (own) {
    await session.ask(own)
    return
  }
  const fitting = modelStore.entries.find((entry) => isSamePuzzleKind(entry.puzzle, puzzle.kind))
  if (fitting) {
    if (await session.useModel(fitting, puzzle)) modelStore.keep(fitting)
    return
  }
  session.failure = `No model here can solve such puzzles (${boardOf(puzzle.kind).title}): open one that was trained on them.`
}

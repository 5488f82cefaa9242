/** What buttons and keys of the page Think do with the puzzle. */
import { arc } from '../arc/arc.svelte.ts'
import { puzzleFile } from './puzzle-file.svelte.ts'
import { session } from './session.svelte.ts'

export function newPuzzle(): void {
  if (!session.canGenerate) return
  puzzleFile.close()
  arc.close()
  session.forgetArc()
  void session.generate()
}

/** Begins to edit the puzzle, or has the model think about it from the first step on. */
export function toggleEditing(): void {
  if (session.board === null || arc.question) return
  if (session.isEditing) void session.think()
  else session.edit(session.question)
}

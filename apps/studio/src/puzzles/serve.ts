/** Makes, reads and solves puzzles beside the page: a hard one may take a third of a second. */
import { boardOf } from '@tiny-recursive-models/trm'
import { projectStates } from '@tiny-recursive-models/trm/evaluate'
import { checkPuzzle } from './check.ts'
import { drawPuzzles, generateDemanding } from './generate.ts'
import type { PuzzleAnswer, PuzzleRequest } from './protocol.ts'
import { readFile } from './read.ts'

/** Answers the requests of the page; to be called in a worker. */
export function servePuzzles(): void {
  addEventListener('message', ({ data }: MessageEvent<PuzzleRequest>) => {
    answer(data).then(
      (gives) => postMessage({ id: data.id, gives } satisfies PuzzleAnswer),
      (error: unknown) =>
        postMessage({
          id: data.id,
          error: error instanceof Error ? error.message : String(error),
        } satisfies PuzzleAnswer),
    )
  })
}

async function answer({ name, takes }: PuzzleRequest): Promise<unknown> {
  switch (name) {
    case 'check':
      return checkPuzzle(boardOf(takes.kind), takes.question, takes.answer ?? null)
    case 'generate':
      return generateDemanding(takes.kind, takes.data, takes.seed, takes.draws)
    case 'draw':
      return drawPuzzles(takes.kind, takes.data, takes.seed, takes.count)
    case 'project':
      return projectStates(takes.states, takes.width)
    // ARC needs a reader of JSON that puzzles do without.
    case 'readTasks':
      return (await import('./arc-files.ts')).readTasks(takes.files)
    case 'numberTasks':
      return (await import('./arc-files.ts')).numberTasks(takes.files, takes.data, takes.identifiers)
    case 'read':
      return readFile(new Uint8Array(await takes.file.arrayBuffer()), takes.name, takes.own)
  }
}

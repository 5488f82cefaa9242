/**
 * The page's side of the puzzle worker. A request has a number and one answer; comlink would put proxies into both
 * threads for what is a map here.
 */
import type { PuzzleAnswer, PuzzleRequestName, PuzzleRequests } from './protocol.ts'

let worker: Worker | undefined
let next = 1
const waiting = new Map<number, (answer: PuzzleAnswer) => void>()

export function askPuzzles<Name extends PuzzleRequestName>(
  name: Name,
  takes: PuzzleRequests[Name]['takes'],
): Promise<PuzzleRequests[Name]['gives']> {
  worker ??= open()
  const id = next++
  worker.postMessage({ id, name, takes })
  return new Promise((resolve, reject) => {
    waiting.set(id, (answer) => {
      waiting.delete(id)
      if ('error' in answer) reject(new Error(answer.error))
      else resolve(answer.gives as PuzzleRequests[Name]['gives'])
    })
  })
}

function open(): Worker {
  const opened = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'puzzles' })
  opened.addEventListener('message', ({ data }: MessageEvent<PuzzleAnswer>) => waiting.get(data.id)?.(data))
  opened.addEventListener('error', (event) => {
    worker = undefined
    const error = event.message || 'The puzzle generator could not be loaded.'
    for (const [id, receive] of waiting) receive({ id, error })
  })
  return opened
}

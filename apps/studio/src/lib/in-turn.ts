/** Work that can wait a moment, a task for each: between two of them the browser paints and hears the reader. */
const waiting: (() => void)[] = []

/** @returns what takes it back */
export function inTurn(work: () => void): () => void {
  waiting.push(work)
  if (waiting.length === 1) setTimeout(next)
  return () => {
    const place = waiting.indexOf(work)
    if (place >= 0) waiting.splice(place, 1)
  }
}

function next(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setTimeout(next)
}

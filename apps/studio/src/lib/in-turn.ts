/** Work that can wait a moment, a task for each: between two of them the browser paints and hears the reader. */
const waiting: (() => void)[] = []
let isDue = false

/** Comes after all that waits. @returns what takes it back */
export function inTurn(work: () => void): () => void {
  waiting.push(work)
  return waitWith(work)
}

/** Comes next: a part of what has been begun, which is finished before others begin. @returns what takes it back */
export function next(work: () => void): () => void {
  waiting.unshift(work)
  return waitWith(work)
}

function waitWith(work: () => void): () => void {
  if (!isDue) setTimeout(begin)
  isDue = true
  return () => {
    const place = waiting.indexOf(work)
    if (place >= 0) waiting.splice(place, 1)
  }
}

function begin(): void {
  const work = waiting.shift()
  isDue = waiting.length > 0
  // Before the work: what fails must not keep the others waiting.
  if (isDue) setTimeout(begin)
  work?.()
}

/** A run's events as server-sent events: what is there, then what comes, until no trainer works on the run. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LineTail, runFiles } from '@tiny-recursive-models/trm/node'
import type { BeginData, EndedData, RunEventName } from './api.ts'
import type { StudioLimits } from './limits.ts'
import type { FoundRun, RunLibrary } from './runs.ts'

export interface FollowOptions {
  /** Lines that the reader has. */
  readonly after: number
  readonly limits: StudioLimits
  /** Ends the stream. */
  readonly signal: AbortSignal
}

/** Pieces of the stream; nothing is read ahead of whoever takes them. */
export async function* followRun(
  library: RunLibrary,
  run: FoundRun,
  { after, limits, signal }: FollowOptions,
): AsyncGenerator<string, void> {
  const tail = new LineTail(() => library.openFile(run, runFiles.events))
  let known = after
  let begun = false
  let live = false
  let sentMs = performance.now()
  while (!signal.aborted) {
    // Asked before the file is read: of a run that is not running, what is read then is all.
    const isRunning = await library.isRunning(run)
    const { lines, isReset, isAtEnd } = await tail.read()
    const pieces: string[] = []
    if (!begun) pieces.push('retry: 1000\n\n', message('begin', { file: tail.file } satisfies BeginData))
    begun = true
    if (isReset || (isAtEnd && tail.lineCount < known)) {
      pieces.push(message('reset', {}))
      known = 0
      if (!isReset) tail.rewind()
      live = false
      yield pieces.join('')
      continue
    }
    const first = tail.lineCount - lines.length + 1
    for (const [index, line] of lines.entries()) {
      if (first + index > known) pieces.push(lineMessage(line, first + index))
    }
    known = Math.max(known, isAtEnd ? tail.lineCount : known)
    if (isAtEnd && !live) pieces.push(message('live', {}))
    live ||= isAtEnd
    const isEnded = isAtEnd && !isRunning
    if (isEnded) {
      const { status } = await library.summary(run)
      pieces.push(message('ended', { status } satisfies EndedData))
    }
    const now = performance.now()
    if (pieces.length === 0 && now - sentMs > limits.heartbeatMs) pieces.push(': still here\n\n')
    if (pieces.length > 0) {
      sentMs = now
      yield pieces.join('')
    }
    if (isEnded) return
    if (isAtEnd) await sleep(limits.pollMs, undefined, { signal }).catch(() => undefined)
  }
}

function lineMessage(line: string | null, number: number): string {
  // A carriage return would end the line of the stream too.
  const isObject = line?.startsWith('{') && line.endsWith('}') && !line.includes('\r')
  return isObject ? message('run', line as string, number) : message('damaged', {}, number)
}

function message(event: RunEventName, data: object | string, id?: number): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${text}\n\n`
}

/**
 * Pieces of text as the body of an answer; `cancel` of the body ends them. Not by hono/streaming, which reads ahead of
 * the reader, swallows failed writes and ends a failed stream as if it were whole.
 */
export function bodyOf(pieces: AsyncGenerator<string, void>, stop: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next()
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
          if (done) stop()
        } catch (error) {
          stop()
          controller.error(error)
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  )
}

/**
 * Watching a thought that may still be under way: steps arrive, and are shown at the reader's pace. Position 0 shows
 * the question, position k what the model held after supervision step k. Where the reader looks inside, the calls of the
 * net in step k + 1 lie between k and k + 1.
 */
export interface Playback {
  readonly position: number
  /** Calls of the net after that, within the next step; 0: none, the position itself is shown. */
  readonly call: number
  /** Steps that have arrived. */
  readonly count: number
  /** Whether no more will come. */
  readonly ended: boolean
  readonly playing: boolean
  /** A step was due when there was none yet: the next one is shown as it arrives. */
  readonly isDue: boolean
}

export const atStart: Playback = {
  position: 0,
  call: 0,
  count: 0,
  ended: false,
  playing: false,
  isDue: false,
}

/** A thought from its first step, playing. */
export const fromStart: Playback = { ...atStart, playing: true, isDue: true }

/** A thought of so many steps that nobody has to walk through: the last answer. */
export const atEnd = (count: number): Playback => ({ ...atStart, position: count, count, ended: true })

/** A thought that has ended goes on: from its last step, playing. */
export const goesOn = (playback: Playback): Playback => ({
  ...playback,
  position: playback.count,
  call: 0,
  ended: false,
  playing: true,
  isDue: true,
})

/** @param calls of the net that are shown of it, the last of which is the step itself; 1: the step alone */
export function stepArrived(playback: Playback, calls = 1): Playback {
  const arrived = { ...playback, count: playback.count + 1, isDue: false }
  return playback.playing && playback.isDue ? onward(arrived, calls) : arrived
}

/** One call of the net on; the last one of a step is the step. */
function onward(playback: Playback, calls: number): Playback {
  const { position, call } = playback
  return call + 1 < calls ? { ...playback, call: call + 1 } : { ...playback, position: position + 1, call: 0 }
}

export function thoughtEnded(playback: Playback): Playback {
  return stopAtEnd({ ...playback, ended: true, isDue: false })
}

/** Another thought of so many steps stands in place of what has been shown, at the same position. */
export function replaced(playback: Playback, count: number): Playback {
  const position = Math.min(playback.position, count)
  return { ...playback, count, position, call: position < count ? playback.call : 0 }
}

/**
 * The time of one step, or of one call of the net, has passed.
 *
 * @param calls of the next step
 */
export function tick(playback: Playback, calls = 1): Playback {
  const { position, count, playing } = playback
  if (!playing) return playback
  if (position < count) return stopAtEnd(onward(playback, calls))
  return { ...playback, isDue: true }
}

/** Goes on; from the start where everything has been shown. */
export function play(playback: Playback): Playback {
  const { position, count, ended } = playback
  const isOver = ended && position >= count
  if (isOver && count === 0) return playback
  const from = isOver ? { position: 0, call: 0 } : {}
  return { ...playback, ...from, playing: true, isDue: !isOver && position >= count }
}

export const pause = (playback: Playback): Playback => ({ ...playback, playing: false, isDue: false })

/** Shows a step that has arrived, and pauses there. */
export function seek(playback: Playback, position: number): Playback {
  return {
    ...pause(playback),
    position: Math.max(0, Math.min(playback.count, Math.round(position))),
    call: 0,
  }
}

/** Shows the last step that has arrived; where more are to come, plays on to the end. */
export function toEnd(playback: Playback): Playback {
  const { count, ended, playing } = playback
  const latest = seek(playback, count)
  return !ended && (count > 0 || playing) ? play(latest) : latest
}

/** Back from within a step leads to its beginning. */
export const stepBy = (playback: Playback, steps: number): Playback =>
  seek(playback, playback.position + (steps < 0 && playback.call > 0 ? steps + 1 : steps))

/** Shows what a call within the step after a position left, and pauses there. */
export function seekCall(playback: Playback, position: number, call: number, calls: number): Playback {
  const at = seek(playback, position)
  if (call <= 0 || at.position >= at.count) return at
  return call < calls ? { ...at, call } : seek(playback, position + 1)
}

/**
 * One call of the net on, or back for −1, and pauses there.
 *
 * @param callsOf calls of the step after a position
 */
export function callBy(playback: Playback, by: 1 | -1, callsOf: (position: number) => number): Playback {
  const { position, call } = playback
  if (by > 0) return seekCall(playback, position, call + 1, callsOf(position))
  if (call > 0) return { ...pause(playback), call: call - 1 }
  return position === 0
    ? pause(playback)
    : seekCall(playback, position - 1, callsOf(position - 1) - 1, callsOf(position - 1))
}

function stopAtEnd(playback: Playback): Playback {
  const { ended, position, count } = playback
  return ended && position >= count ? pause(playback) : playback
}

/**
 * Watching a thought that may still be under way: steps arrive, and are shown at the reader's pace. Position 0 shows
 * the question, position k what the model held after supervision step k.
 */
export interface Playback {
  readonly position: number
  /** Steps that have arrived. */
  readonly count: number
  /** Whether no more will come. */
  readonly ended: boolean
  readonly playing: boolean
  /** A step was due when there was none yet: the next one is shown as it arrives. */
  readonly isDue: boolean
}

export const atStart: Playback = { position: 0, count: 0, ended: false, playing: false, isDue: false }

/** A thought from its first step, playing. */
export const fromStart: Playback = { ...atStart, playing: true, isDue: true }

/** A thought of so many steps that nobody has to walk through: the last answer. */
export const atEnd = (count: number): Playback => ({ ...atStart, position: count, count, ended: true })

/** A thought that has ended goes on: from its last step, playing. */
export const goesOn = (playback: Playback): Playback => ({
  ...playback,
  position: playback.count,
  ended: false,
  playing: true,
  isDue: true,
})

export function stepArrived(playback: Playback): Playback {
  const count = playback.count + 1
  const isShown = playback.playing && playback.isDue
  return { ...playback, count, position: isShown ? playback.position + 1 : playback.position, isDue: false }
}

export function thoughtEnded(playback: Playback): Playback {
  return stopAtEnd({ ...playback, ended: true, isDue: false })
}

/** Another thought of so many steps stands in place of what has been shown, at the same position. */
export function replaced(playback: Playback, count: number): Playback {
  return { ...playback, count, position: Math.min(playback.position, count) }
}

/** The time of one step has passed. */
export function tick(playback: Playback): Playback {
  const { position, count, playing } = playback
  if (!playing) return playback
  if (position < count) return stopAtEnd({ ...playback, position: position + 1 })
  return { ...playback, isDue: true }
}

/** Goes on; from the start where everything has been shown. */
export function play(playback: Playback): Playback {
  const { position, count, ended } = playback
  const isOver = ended && position >= count
  if (isOver && count === 0) return playback
  return { ...playback, playing: true, position: isOver ? 0 : position, isDue: !isOver && position >= count }
}

export const pause = (playback: Playback): Playback => ({ ...playback, playing: false, isDue: false })

/** Shows a step that has arrived, and pauses there. */
export function seek(playback: Playback, position: number): Playback {
  return { ...pause(playback), position: Math.max(0, Math.min(playback.count, Math.round(position))) }
}

export const stepBy = (playback: Playback, steps: number): Playback =>
  seek(playback, playback.position + steps)

function stopAtEnd(playback: Playback): Playback {
  const { ended, position, count } = playback
  return ended && position >= count ? pause(playback) : playback
}

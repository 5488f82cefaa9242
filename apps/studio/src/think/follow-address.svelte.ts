/** The address follows what is shown, and what is shown follows the address: after a reload, and by a link. */
import { boardOf, type PuzzleKind } from '@tiny-recursive-models/trm'
import { untrack } from 'svelte'
import { arc } from '../arc/arc.svelte.ts'
import { modelStore } from '../lib/model-store.svelte.ts'
import { place } from '../lib/place.svelte.ts'
import { formatHash } from '../lib/router.ts'
import type { FoundPuzzle } from '../puzzles/read.ts'
import { formatAddress, lineOf, parseAddress, type ThinkAddress } from './address.ts'
import { openChosen } from './open-model.ts'
import { session } from './session.svelte.ts'

/** Browsers refuse to change the address too often. */
const pauseMs = 400

/** What this page has written itself. */
let written = ''

/** The address of what is shown; null where nobody else could open it: a model or a task from a file. */
export function currentAddress(): string | null {
  const { model, board, question, playback } = session
  if (model?.entry.source !== 'shipped' || arc.question) return null
  const line = board && board === model.board ? lineOf(board, question) : null
  const step = line === null || playback.playing ? null : playback.position
  return formatHash({ route: 'think', rest: formatAddress({ model: model.entry.id, line, step }) })
}

/** To be called while the page Think is set up. */
export function followAddress(): void {
  $effect(() => {
    const { route, rest } = place.current
    const address = route === 'think' ? parseAddress(rest) : null
    untrack(() => {
      if (address && formatHash(place.current) !== written) void open(address)
    })
  })
  $effect(() => {
    const address = currentAddress()
    if (place.current.route !== 'think' || session.opening !== null || session.playback.playing) return
    const timer = setTimeout(() => {
      if (address === null || !/^(#\/?|#\/think(\/.*)?)?$/.test(location.hash)) return
      written = address
      history.replaceState(history.state, '', address)
    }, pauseMs)
    return () => clearTimeout(timer)
  })
}

async function open({ model, line, step }: ThinkAddress): Promise<void> {
  const entry = modelStore.entries.find(({ id }) => id === model)
  if (!entry) {
    if (session.model === null && modelStore.chosen) await openChosen(modelStore.chosen)
    session.failure = `This address asks for a model that is not here (${model}): open its file, or choose another one.`
    return
  }
  const asked = line !== null && entry.puzzle ? readLine(entry.puzzle, line) : null
  const puzzle = typeof asked === 'string' ? null : asked
  if (puzzle && session.model?.entry === entry && isShown(puzzle)) {
    if (step !== null) session.seek(step)
    return
  }
  modelStore.choose(entry.id)
  await openChosen(entry, puzzle, step ?? undefined)
  if (typeof asked === 'string') session.failure = `The puzzle in the address cannot be read: ${asked}`
}

/** The puzzle, or why it is none. */
function readLine(kind: PuzzleKind, line: string): FoundPuzzle | string {
  try {
    return { kind, question: boardOf(kind).parse(line) }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const isShown = ({ question }: FoundPuzzle): boolean =>
  session.question.length === question.length &&
  question.every((token, cell) => token === session.question[cell])

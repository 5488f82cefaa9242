/** events.jsonl: one JSON object a line, in the order in which things happened. */
import { InputError } from '@tiny-recursive-models/tensor'
import { errorCode } from './file-errors.ts'
import { appendLine, readFileBounded, writeFileAtomically } from './files.ts'

/** What every event has; `step` is the optimiser step it belongs to. */
export interface RunEvent {
  readonly type: string
  readonly step?: number
}

/** The last event of a run whose loss has left all bounds, with the parts of the error. */
export interface DivergedEvent extends RunEvent {
  readonly type: 'diverged'
  readonly step: number
  readonly who: string
  readonly expected: string
  readonly got: string
  readonly hint: string
}

/** An event as it was read back: its other keys are still to be checked. */
export type RecordedEvent = RunEvent & { readonly [key: string]: unknown }

/** A run of a million steps that records each of them stays below this. */
const maxEventBytes = 2 ** 30

export async function appendEventLine(path: string, event: RunEvent): Promise<void> {
  await appendLine(path, JSON.stringify(event))
}

/** All events; a torn last line (a killed process, or one that is writing) is left out. */
export async function readEventFile(path: string): Promise<RecordedEvent[]> {
  return (await readLines(path)).lines.map(({ event }) => event)
}

/**
 * Leaves what a run that goes on from `step` has behind it: drops a torn last line and the events of later steps,
 * which will happen again.
 */
export async function cutEventFile(path: string, step: number): Promise<void> {
  const { lines, torn } = await readLines(path)
  const kept = lines.filter(({ event }) => event.step === undefined || event.step <= step)
  if (!torn && kept.length === lines.length) return
  const text = kept.map(({ line }) => `${line}\n`).join('')
  await writeFileAtomically(path, new TextEncoder().encode(text))
}

interface EventLine {
  readonly line: string
  readonly event: RecordedEvent
}

async function readLines(path: string): Promise<{ lines: EventLine[]; torn: boolean }> {
  let text: string
  try {
    text = new TextDecoder().decode(await readFileBounded(path, { maxBytes: maxEventBytes }))
  } catch (error) {
    if (error instanceof InputError && errorCode(error.cause) === 'ENOENT') return { lines: [], torn: false }
    throw error
  }
  const written = text.split('\n')
  // Behind the last line break stands nothing, or the beginning of a line.
  const rest = written.pop()
  const lines: EventLine[] = []
  for (const [index, line] of written.entries()) {
    const event = parseEvent(line)
    if (event !== null) {
      lines.push({ line, event })
    } else if (index === written.length - 1) {
      // Power loss can leave a last line of zeros.
      return { lines, torn: true }
    } else {
      throw damagedLine(path, index + 1, line)
    }
  }
  return { lines, torn: rest !== '' }
}

/** The error for a line in the middle of the file that is no event. */
export function damagedLine(path: string, number: number, line: string): InputError {
  return new InputError({
    who: `${path}, line ${number}`,
    expected: 'an event as JSON with a type',
    got: JSON.stringify(line.slice(0, 80)),
    hint: 'The file was changed by hand or damaged: remove this line.',
  })
}

/** The event of a line, or null. */
export function parseEvent(line: string): RecordedEvent | null {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    const { type, step } = value as { type?: unknown; step?: unknown }
    const sound = typeof type === 'string' && (step === undefined || typeof step === 'number')
    return sound ? (value as RecordedEvent) : null
  } catch {
    return null
  }
}

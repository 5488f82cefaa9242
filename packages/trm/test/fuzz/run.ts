/**
 * Runs cases in children, each with a limit to its memory and a watch on its time. A child that dies, hangs or grows
 * is reported with the case that it was at, and another one goes on behind it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WorkerLine, WorkerTask } from './messages.ts'
import { type TimeLimits, Watch } from './watch.ts'

export interface FuzzOptions {
  readonly targetsModule: string
  readonly seed: number
  readonly from: number
  readonly to: number
  /** The longest that a case may take. */
  readonly limits: TimeLimits
  /** Most resident memory of the child, the 100 MiB of Node and the library included. */
  readonly maxMebibytes: number
  readonly onCase?: (done: number) => void
}

export interface Failure {
  readonly number: number
  readonly kind: string
  readonly reason: string
}

export interface FuzzReport {
  readonly cases: number
  /** By kind: how many were read, and how many refused with an InputError. */
  readonly counts: Readonly<Record<string, { readonly read: number; readonly refused: number }>>
  readonly failures: readonly Failure[]
  readonly peakMebibytes: number
  /** Processor time of the slowest case. */
  readonly slowestMs: number
}

/** Failures after which there is nothing to learn from more. */
const maxFailures = 50

/** More for a child to start, and for its samples. */
const startMs = 60_000

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const found = new Findings()
  let next = options.from
  while (next < options.to && found.failures.length < maxFailures)
    next = await runChild({ ...options, from: next }, found)
  return { cases: next - options.from, ...found.report() }
}

class Findings {
  readonly failures: Failure[] = []
  private readonly counts = new Map<string, { read: number; refused: number }>()
  private peakMebibytes = 0
  private slowestMs = 0

  count(kind: string, outcome: 'read' | 'refused'): void {
    const before = this.counts.get(kind) ?? { read: 0, refused: 0 }
    this.counts.set(kind, { ...before, [outcome]: before[outcome] + 1 })
  }

  measure(peakMebibytes: number, processorMs: number): void {
    this.peakMebibytes = Math.max(this.peakMebibytes, peakMebibytes)
    this.slowestMs = Math.max(this.slowestMs, processorMs)
  }

  report() {
    const { failures, peakMebibytes, slowestMs } = this
    return { counts: Object.fromEntries(this.counts), failures, peakMebibytes, slowestMs }
  }
}

/** Returns the first case that is still to be run. */
async function runChild(options: FuzzOptions, found: Findings): Promise<number> {
  const { targetsModule, seed, from, to, limits, maxMebibytes, onCase } = options
  const child = startChild({ targetsModule, seed, from, to })
  let current = from
  let hasBegun = false
  let startedMs = 0
  const overdue: { reason: string | null } = { reason: null }
  const watch = new Watch(child.pid, (reason) => {
    overdue.reason = reason
    child.kill('SIGKILL')
  })
  watch.restart({ processorMs: limits.processorMs + startMs, clockMs: limits.clockMs + startMs }, 0)
  let complaints = ''
  child.stderr!.on('data', (data) => {
    complaints = (complaints + String(data)).slice(-2_000)
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const message = JSON.parse(line) as WorkerLine
    watch.restart(limits, message.processorMs)
    if ('begin' in message) {
      hasBegun = true
      current = message.begin
      startedMs = message.processorMs
      continue
    }
    const { kind, outcome, fault, changes, peakMebibytes, processorMs } = message
    found.measure(peakMebibytes, processorMs - startedMs)
    if (outcome === 'fault')
      found.failures.push({ number: current, kind, reason: `${fault}\n  after: ${changes?.join(', ')}` })
    else found.count(kind, outcome)
    onCase?.(current + 1)
    current = message.end + 1
    const isTooLarge = peakMebibytes > maxMebibytes
    if (isTooLarge) {
      const reason = `${Math.round(peakMebibytes)} MiB of memory, more than ${maxMebibytes}`
      found.failures.push({ number: message.end, kind, reason })
    }
    if (isTooLarge || found.failures.length >= maxFailures) {
      watch.stop()
      child.kill('SIGKILL')
      return current
    }
  }
  const ending = await endOf(child)
  watch.stop()
  if (ending === null) return current
  const reason = overdue.reason ?? `the child ended with ${ending}: ${complaints.trim()}`
  if (!hasBegun) throw new Error(`no case was begun: ${reason}`)
  found.failures.push({ number: current, kind: '', reason })
  return current + 1
}

function startChild(task: WorkerTask): ChildProcess {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
  // The heap alone; array buffers are outside and are measured by the child.
  const words = ['--max-old-space-size=512', '--expose-gc', '--import', 'tsx', script, JSON.stringify(task)]
  return spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Null for a good end, else what it was. */
function endOf(child: ChildProcess): Promise<string | null> {
  const describe = () => (child.exitCode === 0 ? null : (child.signalCode ?? `code ${child.exitCode}`))
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(describe())
  return new Promise((resolve) => child.once('close', () => resolve(describe())))
}

/** A watch on a child that tells a hang from a busy machine. */
import { readFileSync } from 'node:fs'

export interface TimeLimits {
  /** Processor time of the child, all of its threads together; not judged where the system does not tell it. */
  readonly processorMs: number
  /** Time on the clock: for what sleeps for ever, and so uses no processor. */
  readonly clockMs: number
}

const intervalMs = 200

/** Calls `onOverdue` once, with the reason, when a process has passed a limit since the last `restart`. */
export class Watch {
  private readonly timer: NodeJS.Timeout
  private limits: TimeLimits = { processorMs: Infinity, clockMs: Infinity }
  private processorStartMs = 0
  private clockStartMs = 0

  constructor(processId: number | undefined, onOverdue: (reason: string) => void) {
    this.timer = setInterval(() => {
      const reason = this.reasonAt(processId === undefined ? null : processorMsOf(processId))
      if (reason === null) return
      this.stop()
      onOverdue(reason)
    }, intervalMs)
  }

  /** @param processorMs what the process had used when its work began */
  restart(limits: TimeLimits, processorMs: number): void {
    this.limits = limits
    this.processorStartMs = processorMs
    this.clockStartMs = performance.now()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private reasonAt(processorMs: number | null): string | null {
    const { limits } = this
    if (processorMs !== null && processorMs - this.processorStartMs > limits.processorMs)
      return `no answer after ${limits.processorMs / 1000} s of processor time`
    if (performance.now() - this.clockStartMs > limits.clockMs)
      return `no answer after ${limits.clockMs / 1000} s on the clock`
    return null
  }
}

/** What a process has used of the processors so far; null where there is no /proc, or no such process. */
export function processorMsOf(processId: number): number | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${processId}/stat`, 'latin1')
  } catch {
    return null
  }
  // proc(5): the name in parentheses may hold anything; behind it `utime` and `stime` are the 12th and 13th fields,
  // in ticks of 10 ms on every Linux.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

/** Which thread does what, and where the threads wait for each other. */
import { operationsOf, sharesOf } from './share.ts'
import type { Argument, Step } from './steps.ts'
import { touchedBy } from './touched.ts'

/** What a thread does next: its share of a step, or to wait until all threads are here. */
export type Turn = Step | 'wait'

/** Memory that a share reads or writes, in bytes; `space` is the arena or a slot. */
interface Touch {
  readonly space: string
  readonly start: number
  readonly end: number
  readonly isWritten: boolean
}

/** Operations on numbers below which others do not help. */
export interface Worthwhile {
  /** In a share of a step: waiting for the others takes longer. */
  readonly share: number
  /** In a program: waking the others takes longer. */
  readonly program: number
}

const worthwhile: Worthwhile = { share: 8_192, program: 2_000_000 }

/**
 * The turns of every thread. They wait only where one reads what another has written since they last met, or writes what
 * another has read or written; a wait is the last turn of all.
 *
 * @param addressOf where a value lies
 */
export function schedule(
  steps: readonly Step[],
  wanted: number,
  addressOf: (argument: Argument) => { readonly space: string; readonly start: number },
  { share, program }: Worthwhile = worthwhile,
): readonly (readonly Turn[])[] {
  const work = steps.reduce((sum, step) => sum + operationsOf(step.work), 0)
  const threads = work < program ? 1 : wanted
  if (threads === 1) return [steps]
  const turns: Turn[][] = Array.from({ length: threads }, () => [])
  const touched: Touch[][] = turns.map(() => [])
  const wait = (): void => {
    for (const [thread, list] of turns.entries()) {
      list.push('wait')
      touched[thread]!.length = 0
    }
  }
  for (const step of steps) {
    const isShared = operationsOf(step.work) >= threads * share
    const shares = isShared ? sharesOf(step, threads) : [step]
    const touches = shares.map((part) =>
      part === null
        ? []
        : touchedBy(part).map(({ argument, from, to, isWritten }): Touch => {
            const { space, start } = addressOf(argument)
            return { space, start: start + from, end: start + to, isWritten }
          }),
    )
    const mustWait = touches.some((mine, thread) =>
      touched.some((theirs, other) => other !== thread && collide(mine, theirs)),
    )
    if (mustWait) wait()
    for (const [thread, part] of shares.entries()) {
      if (part === null) continue
      turns[thread]!.push(part)
      touched[thread]!.push(...touches[thread]!)
    }
  }
  wait()
  return turns
}

const collide = (some: readonly Touch[], others: readonly Touch[]): boolean =>
  some.some((one) =>
    others.some(
      (other) =>
        (one.isWritten || other.isWritten) &&
        one.space === other.space &&
        one.start < other.end &&
        other.start < one.end,
    ),
  )

/** Where threads wait for each other, in memory that they share. */
import { FunctionWriter, type Local, type ModuleWriter } from './assembler.ts'

/** Bytes of a meeting place: how many threads have come, how often all have met, how many sleep. */
export const barrierBytes = 12
const [arrived, met, asleep] = [0, 4, 8]

/**
 * Looks at the place before a thread goes to sleep: some 0.5 ms. Threads meet every 0.1 ms and are some 0.02 ms apart, but
 * one that sleeps in a virtual machine is back only after 0.1 ms, so that the other one sleeps next: with 4,000 looks two
 * threads were no faster than one (`sudoku-6x6`). Where both have only one core, these take a third longer.
 */
const looks = 100_000

/**
 * A thread that has not come after so many waits of so many nanoseconds has ended. More than one, because the time of a
 * wait goes on while the whole process is stopped (Ctrl-Z), and then all threads go on together.
 */
const patience: Patience = { waits: 3, nanoseconds: 60_000_000_000n }

interface Patience {
  readonly waits: number
  readonly nanoseconds: bigint
}

/**
 * Adds a function that waits until as many threads have called it, and traps if one does not come. Parameter: the meeting
 * place, zeros at first.
 *
 * @returns its number
 */
export function addBarrier(module: ModuleWriter, threads: number, { waits, nanoseconds } = patience): number {
  const sleep = module.add(emitSleep(nanoseconds))
  const code = new FunctionWriter(['i32'])
  const [place] = code.parameters as [Local]
  const [meeting, left] = [code.local('i32'), code.local('i32')]
  const isSameMeeting = () => code.get(place).atomic('i32.atomic.load', met).get(meeting).plain('i32.eq')
  const add = (offset: number, amount: number) =>
    code.get(place).integer(amount).atomic('i32.atomic.rmw.add', offset)
  const countDown = () => code.get(left).integer(1).plain('i32.sub').set(left)
  /** Whether to look or to wait again. */
  const isEarly = () => {
    isSameMeeting()
    code.get(left).integer(0).plain('i32.ne', 'i32.and')
  }
  code.get(place).atomic('i32.atomic.load', met).set(meeting)
  add(arrived, 1)
    .integer(threads - 1)
    .plain('i32.eq')
  code.when(
    () => {
      code.get(place).integer(0).atomic('i32.atomic.store', arrived)
      add(met, 1).plain('drop')
      code.get(place).atomic('i32.atomic.load', asleep)
      code.when(() => {
        code.get(place).integer(threads).atomic('memory.atomic.notify', met).plain('drop')
      })
    },
    () => {
      code.integer(looks).set(left)
      code.repeat(countDown, isEarly)
      isSameMeeting()
      code.when(() => {
        add(asleep, 1).plain('drop')
        code.integer(waits).set(left)
        code.repeat(() => {
          code.get(place).get(meeting).call(sleep)
          countDown()
        }, isEarly)
        add(asleep, -1).plain('drop')
        isSameMeeting()
        code.when(() => code.plain('unreachable'))
      })
    },
  )
  return module.add(code, 'meet')
}

/**
 * Sleeps until the threads have met, or the time is over. Parameters: the meeting place, the meeting before. A function of
 * its own: where the instruction stands in a loop, V8's first compiler loses the locals around it (Node 20, measured).
 */
function emitSleep(nanoseconds: bigint): FunctionWriter {
  const code = new FunctionWriter(['i32', 'i32'])
  const [place, meeting] = code.parameters as [Local, Local]
  code.get(place).get(meeting).long(nanoseconds).atomic('memory.atomic.wait32', met).plain('drop')
  return code
}

/** Where threads wait for each other, in memory that they share. */
import { FunctionWriter, type Local } from './assembler.ts'

/** Bytes of a meeting place: how many threads have come, how often all have met, how many sleep. */
export const barrierBytes = 12
const [arrived, met, asleep] = [0, 4, 8]

/** Looks at the place before a thread goes to sleep: some 20 µs, for the others are mostly about to come. */
const looks = 4_000

/** A thread that has not come after this long will not come: it has ended. In nanoseconds. */
const patience = 120_000_000_000n

/** Waits until as many threads have called it. Parameter: the meeting place, zeros at first. */
export function emitBarrier(threads: number): FunctionWriter {
  const code = new FunctionWriter(['i32'])
  const [place] = code.parameters as [Local]
  const [meeting, left] = [code.local('i32'), code.local('i32')]
  const isSameMeeting = () => code.get(place).atomic('i32.atomic.load', met).get(meeting).plain('i32.eq')
  const add = (offset: number, amount: number) =>
    code.get(place).integer(amount).atomic('i32.atomic.rmw.add', offset)
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
      code.repeat(
        () => code.get(left).integer(1).plain('i32.sub').set(left),
        () => {
          isSameMeeting()
          code.get(left).integer(0).plain('i32.ne', 'i32.and')
        },
      )
      isSameMeeting()
      code.when(() => {
        add(asleep, 1).plain('drop')
        code.repeat(
          () => {
            // 2: the time is over.
            code.get(place).get(meeting).long(patience).atomic('memory.atomic.wait32', met)
            code.integer(2).plain('i32.eq')
            code.when(() => code.plain('unreachable'))
          },
          () => isSameMeeting(),
        )
        add(asleep, -1).plain('drop')
      })
    },
  )
  return code
}

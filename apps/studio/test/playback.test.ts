import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  atStart,
  callBy,
  fromStart,
  type Playback,
  pause,
  play,
  seek,
  seekCall,
  stepArrived,
  stepBy,
  thoughtEnded,
  tick,
  toEnd,
} from '../src/think/playback.ts'

const after = (playback: Playback, ...changes: ((playback: Playback) => Playback)[]): Playback =>
  changes.reduce((now, change) => change(now), playback)
const arrived = (count: number): ((playback: Playback) => Playback)[] =>
  Array.from({ length: count }, () => stepArrived)

describe('playback', () => {
  test('shows the first step as it arrives, the next ones at the pace of ticks', () => {
    const first = after(fromStart, stepArrived)
    assert.deepEqual([first.position, first.count], [1, 1])
    const more = after(first, stepArrived, stepArrived)
    assert.deepEqual([more.position, more.count], [1, 3])
    assert.equal(after(more, tick).position, 2)
  })

  test('shows a step at once that was late', () => {
    const waiting = after(fromStart, stepArrived, tick)
    assert.deepEqual([waiting.position, waiting.isDue], [1, true])
    const late = after(waiting, stepArrived)
    assert.deepEqual([late.position, late.isDue], [2, false])
  })

  test('goes to the end, on from there while steps arrive, and stays where nothing is thought', () => {
    const underWay = after(fromStart, ...arrived(3), pause, toEnd)
    assert.deepEqual([underWay.position, underWay.playing], [3, true])
    const over = after(underWay, stepArrived, thoughtEnded)
    assert.deepEqual([over.position, over.playing], [4, false])
    assert.deepEqual(after(fromStart, ...arrived(3), thoughtEnded, toEnd), { ...over, position: 3, count: 3 })
    const early = after(fromStart, toEnd, stepArrived)
    assert.deepEqual([early.position, early.playing], [1, true])
    assert.equal(toEnd(atStart).playing, false)
  })

  test('ends playing when the last step has been shown', () => {
    const ended = after(fromStart, ...arrived(2), thoughtEnded)
    assert.equal(ended.playing, true)
    const shown = tick(ended)
    assert.deepEqual([shown.position, shown.playing], [2, false])
  })

  test('ends playing at once where all has been shown before the end was known', () => {
    const shown = after(fromStart, stepArrived, thoughtEnded)
    assert.equal(shown.playing, false)
  })

  test('plays again from the question', () => {
    const over = after(fromStart, ...arrived(2), thoughtEnded, tick)
    const again = play(over)
    assert.deepEqual([again.position, again.playing], [0, true])
  })

  test('goes on from where it was paused', () => {
    const paused = after(fromStart, ...arrived(4), tick, pause, tick)
    assert.deepEqual([paused.position, paused.playing], [2, false])
    assert.deepEqual(after(paused, play, tick).position, 3)
  })

  test('waits for the next step where it is resumed at the newest', () => {
    const resumed = after(fromStart, stepArrived, pause, play)
    assert.equal(resumed.isDue, true)
    assert.equal(after(resumed, stepArrived).position, 2)
  })

  test('does not play what is empty', () => assert.equal(after(fromStart, thoughtEnded, play).playing, false))

  test('seeks within what has arrived, and pauses', () => {
    const three = after(fromStart, ...arrived(3))
    assert.deepEqual(
      [-2, 0, 2.4, 99].map((position) => seek(three, position).position),
      [0, 0, 2, 3],
    )
    assert.equal(seek(three, 2).playing, false)
    assert.equal(stepBy(three, 1).position, 2)
    assert.equal(stepBy(three, -1).position, 0)
  })

  test('a step that arrives while paused is not shown', () => {
    const paused = after(fromStart, stepArrived, pause, stepArrived)
    assert.deepEqual([paused.position, paused.count], [1, 2])
  })

  const at = ({ position, call }: Playback) => [position, call]
  const calls = 3

  test('inside a step every call of the net is shown, the last of which is the step', () => {
    const first = stepArrived(fromStart, calls)
    assert.deepEqual([at(first), first.playing], [[0, 1], true])
    const second = tick(first, calls)
    assert.deepEqual(at(second), [0, 2])
    const whole = tick(second, calls)
    assert.deepEqual([at(whole), whole.playing], [[1, 0], true])
    const waiting = tick(whole, calls)
    assert.deepEqual([at(waiting), waiting.isDue], [[1, 0], true])
    const late = stepArrived(waiting, calls)
    assert.deepEqual([at(late), late.isDue], [[1, 1], false])
    const ended = after(
      thoughtEnded(late),
      (now) => tick(now, calls),
      (now) => tick(now, calls),
    )
    assert.deepEqual([at(ended), ended.playing], [[2, 0], false])
    assert.deepEqual(at(play(ended)), [0, 0])
  })

  test('goes call by call over the ends of steps, and step by step from within one', () => {
    const two = after(fromStart, ...arrived(2), pause)
    const go = (now: Playback, ...ways: (1 | -1)[]) =>
      at(ways.reduce((here, by) => callBy(here, by, () => calls), now))
    const start = seek(two, 0)
    assert.deepEqual(go(start, 1), [0, 1])
    assert.deepEqual(go(start, 1, 1, 1, 1), [1, 1])
    assert.deepEqual(go(start, 1, 1, 1, -1), [0, 2])
    assert.deepEqual(go(start, -1), [0, 0])
    assert.deepEqual(go(seek(two, 2), 1), [2, 0])
    const within = seekCall(two, 1, 2, calls)
    assert.deepEqual(at(within), [1, 2])
    assert.deepEqual(at(stepBy(within, 1)), [2, 0])
    assert.deepEqual(at(stepBy(within, -1)), [1, 0])
    assert.deepEqual(at(seekCall(two, 1, calls, calls)), [2, 0])
    assert.deepEqual(at(seekCall(two, 2, 1, calls)), [2, 0])
  })
})

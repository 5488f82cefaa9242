import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  fromStart,
  type Playback,
  pause,
  play,
  seek,
  stepArrived,
  stepBy,
  thoughtEnded,
  tick,
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
})

/** Shows the steps of a thought at the reader's pace: a playback and its clock. */
import * as playback from './playback.ts'

/** Calls of the net that are shown in a second, at a speed in steps. */
export const callsASecond = (speed: number): number => 2 * speed

export abstract class ThoughtPlayer {
  abstract playback: playback.Playback
  /** Steps a second. */
  abstract speed: number
  /** Calls of the net that are shown of the step after a position; 1 where nobody looks inside. */
  abstract callsOf(position: number): number
  #timer: ReturnType<typeof setTimeout> | undefined

  pause(): void {
    this.show(playback.pause(this.playback))
  }

  stepBy(steps: number): void {
    this.show(playback.stepBy(this.playback, steps))
  }

  toEnd(): void {
    this.show(playback.toEnd(this.playback))
  }

  seek(position: number): void {
    this.show(playback.seek(this.playback, position))
  }

  /** One call of the net on, or back for −1. */
  callBy(by: 1 | -1): void {
    this.show(playback.callBy(this.playback, by, (position) => this.callsOf(position)))
  }

  seekCall(position: number, call: number): void {
    this.show(playback.seekCall(this.playback, position, call, this.callsOf(position)))
  }

  setSpeed(speed: number): void {
    this.speed = speed
    this.#schedule()
  }

  protected show(next: playback.Playback): void {
    const before = this.playback
    this.playback = next
    if (next.playing !== before.playing || next.position !== before.position || next.call !== before.call)
      this.#schedule()
  }

  /** A step has its full time from when it was shown. */
  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.playback.playing || this.playback.isDue) return
    const calls = this.callsOf(this.playback.position)
    const perSecond = calls > 1 ? callsASecond(this.speed) : this.speed
    this.#timer = setTimeout(() => {
      this.show(playback.tick(this.playback, calls))
      this.#schedule()
    }, 1000 / perSecond)
  }
}

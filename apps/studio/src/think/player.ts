/** Shows the steps of a thought at the reader's pace: a playback and its clock. */
import * as playback from './playback.ts'

export abstract class ThoughtPlayer {
  abstract playback: playback.Playback
  /** Steps a second. */
  abstract speed: number
  #timer: ReturnType<typeof setTimeout> | undefined

  pause(): void {
    this.show(playback.pause(this.playback))
  }

  stepBy(steps: number): void {
    this.show(playback.stepBy(this.playback, steps))
  }

  seek(position: number): void {
    this.show(playback.seek(this.playback, position))
  }

  setSpeed(speed: number): void {
    this.speed = speed
    this.#schedule()
  }

  protected show(next: playback.Playback): void {
    const before = this.playback
    this.playback = next
    if (next.playing !== before.playing || next.position !== before.position) this.#schedule()
  }

  /** A step has its full time from when it was shown. */
  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.playback.playing || this.playback.isDue) return
    this.#timer = setTimeout(() => {
      this.show(playback.tick(this.playback))
      this.#schedule()
    }, 1000 / this.speed)
  }
}

/** A puzzle of the validation. S cells. */
export interface ExamplePuzzle {
  /** [S] */
  readonly question: Int32Array
  /** [S] */
  readonly solution: Int32Array
}

/** An answer to it after a supervision step. */
export interface WatchedAnswer {
  /** [S] */
  readonly answer: Int32Array
  /** [S] 0 to 1 */
  readonly confidence: Float32Array
  readonly wrong: readonly number[]
  readonly isSolved: boolean
}

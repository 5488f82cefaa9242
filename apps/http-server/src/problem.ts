/** What every failure is answered with, in JSON; nothing here needs Node. */
export interface ApiProblem {
  readonly who: string
  readonly expected: string
  readonly got: string
  readonly hint: string
}

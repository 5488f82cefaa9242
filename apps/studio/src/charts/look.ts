/** How the curves of compared runs look: a colour and a pattern each, so that neither has to be told apart alone. */

export interface Look {
  /** A colour of the design. */
  readonly colour: string
  /** Lengths of dashes and gaps in pixels; none = a whole line. */
  readonly dash: readonly number[]
}

export const looks: readonly Look[] = [
  { colour: '--series-1', dash: [] },
  { colour: '--series-2', dash: [8, 4] },
  { colour: '--series-3', dash: [2, 3] },
  { colour: '--series-4', dash: [12, 4, 2, 4] },
  { colour: '--series-8', dash: [16, 6] },
  { colour: '--series-5', dash: [5, 2, 2, 2] },
]

/** The first look that none of the others has; null where all are taken. */
export const freeLook = (taken: readonly number[]): number | null => {
  const free = looks.findIndex((_, index) => !taken.includes(index))
  return free < 0 ? null : free
}

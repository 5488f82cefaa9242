/** Learning rate over a run: linear warm-up, then a cosine from base to base · minRatio. */
export interface Schedule {
  readonly base: number
  readonly warmupSteps: number
  readonly totalSteps: number
  /** 1 keeps the rate constant, as in the published runs. */
  readonly minRatio: number
}

/** The rate at a step; the first step is 1 (reference section 4). */
export function learningRateAt(step: number, { base, warmupSteps, totalSteps, minRatio }: Schedule): number {
  if (step < warmupSteps) return (base * step) / warmupSteps
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps)
  return base * (minRatio + (1 - minRatio) * 0.5 * (1 + Math.cos(Math.PI * progress)))
}

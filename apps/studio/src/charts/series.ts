/** What a page keeps of a run's events: columns of numbers to draw, and the last of everything else. */

export interface Evaluation {
  readonly step: number
  readonly exactAccuracy: number
  readonly cellAccuracy: number
  readonly puzzles: number
  /** Exact accuracy after each supervision step. */
  readonly exactByStep: readonly number[]
  readonly elapsedMs: number
  readonly isBest: boolean
}

export interface StartFacts {
  readonly totalSteps: number
  readonly parameters: number
  readonly batch: number
  readonly executor: string
  readonly trainingPuzzles: number
  readonly validationPuzzles: number
}

/** The numbers of each training step; NaN where a step has none, such as accuracies of a step that finished no puzzle. */
export const columns = [
  'step',
  'loss',
  'answerLoss',
  'haltLoss',
  'learningRate',
  'haltAccuracy',
  'exactAccuracy',
  'cellAccuracy',
  'gradientNorm',
  'elapsedMs',
] as const
export type Column = (typeof columns)[number]

/** What is drawn of a run, at one moment. */
export type RunView = Pick<
  RunSeries,
  'columns' | 'evaluations' | 'start' | 'endReason' | 'step' | 'elapsedMs' | 'msPerStep'
>

export class RunSeries implements RunView {
  readonly columns: Readonly<Record<Column, number[]>> = {
    step: [],
    loss: [],
    answerLoss: [],
    haltLoss: [],
    learningRate: [],
    haltAccuracy: [],
    exactAccuracy: [],
    cellAccuracy: [],
    gradientNorm: [],
    elapsedMs: [],
  }
  evaluations: Evaluation[] = []
  start: StartFacts | null = null
  /** Why it ended, where it has: steps, accuracy, time. */
  endReason: string | null = null
  /** Lines of the file that are in here, or were passed over. */
  lines = 0

  get step(): number {
    return this.columns.step.at(-1) ?? this.evaluations.at(-1)?.step ?? 0
  }

  get elapsedMs(): number {
    return this.columns.elapsedMs.at(-1) ?? 0
  }

  /** Time of a training step, over the last hundred; null before there are two. */
  get msPerStep(): number | null {
    const { step, elapsedMs } = this.columns
    const first = Math.max(0, step.length - 100)
    const steps = (step.at(-1) ?? 0) - (step[first] ?? 0)
    return steps > 0 ? (elapsedMs.at(-1)! - elapsedMs[first]!) / steps : null
  }

  /**
   * Another object for every moment: whoever watches values by their identity sees that the numbers in it have changed.
   * The columns are the series' own, which only grow.
   */
  get view(): RunView {
    const { columns, evaluations, start, endReason, step, elapsedMs, msPerStep } = this
    return { columns, evaluations, start, endReason, step, elapsedMs, msPerStep }
  }

  clear(): void {
    for (const name of columns) this.columns[name].length = 0
    this.evaluations = []
    this.start = null
    this.endReason = null
    this.lines = 0
  }

  /** Takes one event as it was read; what it does not know it leaves out. */
  add(event: unknown): void {
    if (typeof event !== 'object' || event === null) return
    const fields = event as Readonly<Record<string, unknown>>
    const step = numberOf(fields.step)
    switch (fields.type) {
      case 'start':
        // A run that goes on from a checkpoint repeats the steps behind it.
        this.#cutAfter(step)
        this.#addStart(fields)
        break
      case 'step':
        if (Number.isNaN(step)) return
        if (step <= this.step) this.#cutAfter(step - 1)
        for (const name of columns) this.columns[name].push(numberOf(fields[name]))
        this.endReason = null
        break
      case 'evaluation':
        if (Number.isNaN(step)) return
        this.evaluations = [...this.evaluations.filter((one) => one.step < step), evaluationOf(step, fields)]
        break
      case 'done':
        this.endReason = typeof fields.reason === 'string' ? fields.reason : 'steps'
        break
    }
  }

  #addStart(fields: Readonly<Record<string, unknown>>): void {
    this.endReason = null
    this.start = {
      totalSteps: numberOf(fields.totalSteps),
      parameters: numberOf(fields.parameters),
      batch: numberOf(fields.batch),
      executor: typeof fields.executor === 'string' ? fields.executor : '',
      trainingPuzzles: numberOf(fields.trainingPuzzles),
      validationPuzzles: numberOf(fields.validationPuzzles),
    }
  }

  #cutAfter(step: number): void {
    const steps = this.columns.step
    let length = steps.length
    while (length > 0 && steps[length - 1]! > step) length -= 1
    for (const name of columns) this.columns[name].length = length
    this.evaluations = this.evaluations.filter((one) => one.step <= step)
  }
}

function evaluationOf(step: number, fields: Readonly<Record<string, unknown>>): Evaluation {
  const { exactByStep } = fields
  return {
    step,
    exactAccuracy: numberOf(fields.exactAccuracy),
    cellAccuracy: numberOf(fields.cellAccuracy),
    puzzles: numberOf(fields.puzzles),
    exactByStep: Array.isArray(exactByStep) ? exactByStep.map(numberOf) : [],
    elapsedMs: numberOf(fields.elapsedMs),
    isBest: fields.best === true,
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)

/** Shows a training run while it goes on. */

import type { RunReport } from '@tiny-recursive-models/trm'
import type { ArcFigures } from '@tiny-recursive-models/trm/evaluate/arc'
import { duration, grouped, percent, plural, significant, timeLeft } from '@tiny-recursive-models/trm/format'
import type { RunTrainingEvent } from '@tiny-recursive-models/trm/node'
import { exactShare, labelledShare, noAnswers, validShare } from './accuracies.ts'
import { describeArc } from './arc.ts'
import { describeChoice } from './executor-choice.ts'
import { Progress } from './progress.ts'
import { type StepEvent, StepWindow } from './step-window.ts'

export class TrainingDisplay {
  readonly #progress = new Progress(false)
  readonly #window = new StepWindow()
  #announced = false
  /** Shown the answer, a model in training is exact whatever it has learnt: only validation tells. */
  #isShownAnswers = false

  readonly #onData = this.#progress.ofData()

  show(event: RunTrainingEvent): void {
    switch (event.type) {
      case 'data':
        this.#onData(event.done, event.total)
        return
      case 'measuring':
        this.#progress.update(null, 'measuring which executor is faster …')
        return
      case 'chosen':
        this.#progress.note(describeChoice(event))
        return
      case 'rank':
        this.#progress.note(`${plural(event.size, 'rank')}, ${event.library}`)
        return
      case 'folder': {
        const from =
          event.resumedFrom === null ? 'started' : `resumed from step ${grouped(event.resumedFrom)}`
        this.#progress.note(`${event.recipe.name} ${from} in ${event.path}`)
        this.#isShownAnswers = event.recipe.noise !== null
        if (this.#isShownAnswers)
          this.#progress.note(
            'training shows the model noisy answers; only validation, on pure noise, tells how good it is',
          )
        for (const warning of event.warnings) this.#progress.note(`warning: ${warning}`)
        return
      }
      case 'start':
        this.#progress.note(
          `${grouped(event.parameters)} parameters, ${plural(event.trainingPuzzles, 'training puzzle')}, batch ${event.batch}${event.microBatch < event.batch ? ` in micro-batches of ${event.microBatch}` : ''}${event.ranks === undefined ? '' : ` on ${plural(event.ranks, 'rank')}`}${event.precision === 'float32' ? '' : `, ${event.precision}`}, ${event.executor}`,
        )
        if (event.isEmulated)
          this.#progress.note(
            `${event.precision} is rounded float32 here, since nothing multiplies it: model.precision=float32 would be faster`,
          )
        // A large model may take minutes until there is something to show.
        this.#progress.update(event.step / event.totalSteps, 'the first step …')
        return
      case 'step':
        this.#window.push(event)
        this.#announce(event)
        this.#progress.update(event.step / event.totalSteps, this.#stepText(event))
        return
      case 'evaluation':
        this.#progress.note(`step ${grouped(event.step)}: ${describeValidation(event)}`)
        return
      case 'testing':
        this.#progress.update(
          event.done / event.total,
          `testing ${event.halting === 'full' ? 'with all steps' : 'with early halting'}: ${grouped(event.done)} of ${plural(event.total, 'puzzle')}`,
        )
        return
      case 'tracker':
        this.#progress.note(`warning: ${event.problem}`)
        return
      case 'checkpoint':
        return
      case 'stopped':
      case 'done':
      case 'report':
        this.#progress.stop()
    }
  }

  close(): void {
    this.#progress.stop()
  }

  /** Says once how long it will take, when the rate is known. */
  #announce({ totalSteps }: StepEvent): void {
    if (this.#announced || this.#window.length < Math.min(10, totalSteps)) return
    this.#announced = true
    const left = this.#window.timeLeftMs
    if (left !== null && left > 10_000) this.#progress.note(`about ${timeLeft(left)} left`)
  }

  #stepText({ step, totalSteps, loss }: StepEvent): string {
    const { stepMs, timeLeftMs: left, finished } = this.#window
    return [
      `step ${grouped(step)} of ${grouped(totalSteps)}`,
      stepMs === null ? null : `${significant(1000 / stepMs)} steps/s`,
      `loss ${significant(loss)}`,
      finished > 0 && !this.#isShownAnswers ? `exact ${percent(this.#window.mean('exactAccuracy'))}` : null,
      finished > 0
        ? `${this.#window.mean('meanSteps').toFixed(1)} steps ${this.#isShownAnswers ? 'per puzzle' : 'to halt'}`
        : null,
      left === null ? null : `${timeLeft(left)} left`,
    ]
      .filter((part) => part !== null)
      .join(' · ')
  }
}

function describeValidation(event: Extract<RunTrainingEvent, { type: 'evaluation' }>): string {
  const puzzles = plural(event.puzzles, 'validation puzzle')
  if (event.exactAccuracy === null) return `${puzzles}: ${noAnswers}${validShare(event)}`
  return `${percent(event.exactAccuracy)} of ${puzzles} exact${validShare(event)}, ${percent(event.cellAccuracy)} of the cells${event.best ? ' (best so far)' : ''}`
}

/** The figures at the end of a run, as text. */
export function describeReport(report: RunReport): string {
  const { test, weights } = report
  const lines = [
    `trained ${grouped(report.steps)} steps in ${duration(report.trainingSeconds * 1000)}, ${grouped(report.parameters)} parameters`,
  ]
  if (test === null) return [...lines, 'no test puzzles, so no test report'].join('\n')
  // Reports of earlier versions have no such key.
  const arc = report.arc ?? null
  const vote: [string, ArcFigures][] = arc
    ? [
        ['all steps', arc],
        ['early halting', arc.early],
      ]
    : []
  return [
    ...lines,
    `on ${plural(test.full.puzzles, 'unseen puzzle')}${labelledShare(test.full)} (${weights.which} weights, step ${grouped(weights.step)}):`,
    `  all ${test.full.maxSteps} steps    ${exactShare(test.full)}${validShare(test.full)}, ${significant(test.full.puzzlesPerSecond)} puzzles/s`,
    `  early halting  ${test.early.exactAccuracy === null ? '' : `${percent(test.early.exactAccuracy)} exact${validShare(test.early)}, `}${test.early.meanSteps.toFixed(1)} steps per puzzle, ${significant(test.early.puzzlesPerSecond)} puzzles/s`,
    ...(arc ? [describeArc(vote)] : []),
  ].join('\n')
}

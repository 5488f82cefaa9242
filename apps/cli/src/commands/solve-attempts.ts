/** `trm solve --attempts`: a line an attempt, then the answer that was taken. */
import {
  type Attempt,
  attemptAll,
  type Effort,
  type Executor,
  InputError,
  packPuzzles,
} from '@tiny-recursive-models/trm'
import { percent, plural } from '@tiny-recursive-models/trm/format'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'
import pc from 'picocolors'
import { given } from '../options/options.ts'
import { writeText } from '../output/files.ts'
import { gridSvg } from '../output/grid-svg.ts'
import { print, printJson } from '../output/streams.ts'
import type { AskedPuzzle } from '../puzzles/puzzle-argument.ts'

interface ShowOptions {
  readonly json?: true
  readonly watch?: true
  readonly inside?: true
  readonly svg?: string
}

const endings: Readonly<Record<Attempt['ended'], string>> = {
  steps: 'used all steps',
  halting: 'halted',
  still: 'answer became stable',
}

/** Tries until the rule of the puzzle finds an answer right; without a rule, until all attempts are made. */
export async function solveByAttempts(
  executor: Executor,
  { model }: OpenedModel,
  { view, question, label, warning }: AskedPuzzle,
  effort: Effort,
  { json, watch, inside, svg }: ShowOptions,
  run: string,
  shouldStop: () => boolean,
): Promise<void> {
  if (watch || inside) {
    throw new InputError({
      who: watch ? '--watch' : '--inside',
      expected: 'one attempt',
      got: `--attempts ${effort.attempts}`,
      hint: 'Use only one of them.',
    })
  }
  const colours = pc.isColorSupported && process.stdout.isTTY === true
  if (!json) {
    if (warning !== null) print(`note: ${warning}`)
    print(`${view.draw({ tokens: question, question }, colours)}\n`)
  }
  const { cells, symbols } = model.config
  // The label is only compared with: an unknown one scores nothing.
  const answer = label ?? new Int32Array(cells).fill(-1)
  const set = packPuzzles([{ question, answer }], { name: 'puzzle', cells, symbols })
  const options = {
    ...given('isValid', view.board.rule?.isSolved),
    ...given('symmetry', view.board.symmetry),
    shouldStop,
  }
  const attempts: Attempt[] = []
  let chosen: Attempt | undefined
  for await (const event of attemptAll(executor, model, set, effort, options)) {
    if (event.type === 'attempt') {
      const { type: _, puzzle: _puzzle, ...attempt } = event
      attempts.push(attempt)
      if (!json) print(describeAttempt(attempt))
    }
    if (event.type === 'answer') chosen = event.chosen
  }
  if (chosen === undefined) return
  const problems = view.problems(question, chosen.answer)
  if (json) {
    printJson({
      model: run,
      question: view.format(question),
      answer: view.format(chosen.answer),
      solved: problems && problems.length === 0,
      problems,
      attempts: attempts.map(({ answer: tokens, haltLogit, ...rest }) => ({
        ...rest,
        answer: view.format(tokens),
        haltProbability: 1 / (1 + Math.exp(-haltLogit)),
      })),
    })
  } else describeChosen(chosen.answer)
  if (svg !== undefined) {
    const panels = attempts.map(({ answer: tokens, attempt, steps }) =>
      view.panel(`attempt ${attempt + 1}: ${plural(steps, 'step')}`, { tokens, question }),
    )
    await writeText(svg, gridSvg([view.panel('question', { tokens: question, question }), ...panels]))
  }

  function describeChosen(answer: Int32Array): void {
    print(`\n${view.draw({ tokens: answer, question }, colours)}\n`)
    const { green, red } = pc.createColors(colours)
    const steps = attempts.reduce((sum, attempt) => sum + attempt.steps, 0)
    const cost = `${plural(attempts.length, 'attempt')}, ${plural(steps, 'step')}`
    if (problems === null) print(`answered after ${cost}: ${view.solution}`)
    else if (problems.length === 0) print(green(`solved after ${cost}: ${view.solution}`))
    else {
      print(red(`not solved after ${cost}: ${plural(problems.length, 'problem')}`))
      for (const message of problems.slice(0, 3)) print(`  ${message}`)
    }
  }
}

function describeAttempt({ attempt, steps, haltLogit, ended, valid }: Attempt): string {
  return [
    `attempt ${String(attempt + 1).padStart(2)}`,
    plural(steps, 'step').padStart(9),
    endings[ended],
    `predicts it is correct: ${percent(1 / (1 + Math.exp(-haltLogit))).padStart(7)}`,
    ...(valid === null ? [] : [valid ? 'valid' : 'not valid']),
  ].join(' · ')
}

/**
 * A hundred new puzzles that the model thinks about beside the page, in a worker of its own: to choose those worth
 * watching, and to see how it fares. Another model begins anew.
 */
import type { Board } from '@tiny-recursive-models/trm'
import type { ModelFacts } from '@tiny-recursive-models/trm/browser'
import { surveyClient } from '../lib/models.ts'
import type { OpenModel } from '../lib/open-model.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import type { FoundPuzzle } from '../puzzles/read.ts'
import { type Outcome, outcomeOf, type Surveyed } from './survey.ts'

/** Puzzles of a survey, and those thought about at the same time. */
export const surveySize = 100
const batch = 20
/** Each showing draws bars and marks anew, beside what the reader is doing. */
const showEveryMs = 500

/** Models that the worker has open, by entry. */
const opened = new Map<string, Promise<ModelFacts>>()

let results = $state.raw<readonly Surveyed[]>([])
let wanted = $state(0)
let failure = $state<string | null>(null)
let wish = $state<Outcome>('later')
let current: { readonly entry: string; readonly abort: AbortController } | null = null
const given = new Set<FoundPuzzle>()

export const survey = {
  /** What is known so far, the last batch as far as it has come. */
  get results(): readonly Surveyed[] {
    return results
  },
  /** Puzzles that are to be thought about; 0 where nothing has been begun. */
  get wanted(): number {
    return wanted
  },
  get failure(): string | null {
    return failure
  },
  /** Which puzzles the reader wants to watch. */
  get wish(): Outcome {
    return wish
  },
  set wish(outcome: Outcome) {
    wish = outcome
  },
  /** Begins with a model, unless it has been begun already. */
  begin(model: OpenModel, maxSteps: number): void {
    if (current?.entry === model.entry.id) return
    survey.end()
    current = { entry: model.entry.id, abort: new AbortController() }
    void run(model, maxSteps, current.abort.signal)
  },
  /** A hundred more. */
  goOn(model: OpenModel, maxSteps: number): void {
    if (current?.entry !== model.entry.id || results.length < wanted) return
    void run(model, maxSteps, current.abort.signal)
  },
  end(): void {
    current?.abort.abort()
    current = null
    results = []
    wanted = 0
    failure = null
    given.clear()
  },
  /** A puzzle as the reader wishes that has not been shown yet; null where there is none. */
  take(model: OpenModel): FoundPuzzle | null {
    if (current?.entry !== model.entry.id) return null
    const found = results.find((one) => outcomeOf(one) === wish && !given.has(one.puzzle))?.puzzle ?? null
    if (found) given.add(found)
    return found
  },
}

/** The model in the worker of the survey. */
export function openForSurvey({ entry }: OpenModel): Promise<ModelFacts> {
  const known = opened.get(entry.id)
  if (known) return known
  const opening = Promise.all([surveyClient(), entry.load()]).then(([client, bytes]) =>
    client.open(bytes, entry.file),
  )
  opened.set(entry.id, opening)
  opening.catch(() => opened.delete(entry.id))
  return opening
}

async function run(model: OpenModel, maxSteps: number, signal: AbortSignal): Promise<void> {
  const { board } = model
  if (!board) return
  wanted += surveySize
  failure = null
  try {
    const facts = await openForSurvey(model)
    for (let done = 0; done < surveySize && !signal.aborted; done += batch)
      await runBatch(model, facts, board, maxSteps, signal)
  } catch (error) {
    if (!signal.aborted) failure = error instanceof Error ? error.message : String(error)
  }
}

async function runBatch(
  { facts: { recipe } }: OpenModel,
  facts: ModelFacts,
  board: Board,
  maxSteps: number,
  signal: AbortSignal,
): Promise<void> {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!
  const puzzles = await askPuzzles('draw', { kind: board.kind, data: recipe.data, seed, count: batch })
  if (signal.aborted) return
  const before = results
  const solved: boolean[][] = puzzles.map(() => [])
  const questions = puzzles.map(({ question }) => question)
  const client = await surveyClient()
  let certainties: Float32Array = new Float32Array(puzzles.length)
  let shownAt = performance.now()
  const show = (): void => {
    shownAt = performance.now()
    const batch = puzzles.map((puzzle, at) => ({
      puzzle,
      solved: [...solved[at]!],
      certainty: certainties[at]!,
    }))
    results = [...before, ...batch]
  }
  for await (const { answers, haltProbabilities } of client.thinkMany(facts, questions, maxSteps)) {
    if (signal.aborted) return
    for (const [at, answer] of answers.entries()) solved[at]!.push(isSolved(board, puzzles[at]!, answer))
    certainties = haltProbabilities
    if (performance.now() - shownAt >= showEveryMs) show()
  }
  if (!signal.aborted) show()
}

/** By the rule, or where there is none by the answer that was drawn with the question. */
export const isSolved = ({ rule }: Board, { question, answer }: FoundPuzzle, given: Int32Array): boolean =>
  rule ? rule.isSolved(question, given) : (answer?.every((token, cell) => token === given[cell]) ?? false)

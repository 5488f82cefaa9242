/**
 * One puzzle asked many times, mirrored or otherwise rearranged: to the model these are other puzzles, to the rules the same one.
 * What most of them answer is right more often than one of them.
 */
import { RandomStream } from '@tiny-recursive-models/tensor'
import { surveyClient } from '../lib/models.ts'
import { session } from './session.svelte.ts'
import { isSolved, openForSurvey } from './survey.svelte.ts'
import { voteOf } from './survey.ts'

export const copyCount = 16

export interface CopiesAnswer {
  /** The question that was asked. */
  readonly question: Int32Array
  readonly step: number
  /** Turned back into answers of the question. */
  readonly answers: readonly Int32Array[]
  readonly solved: readonly boolean[]
  readonly vote: Int32Array
  readonly isVoteSolved: boolean
  readonly isDone: boolean
}

let answer = $state.raw<CopiesAnswer | null>(null)
let failure = $state<string | null>(null)
let request = 0

export const copies = {
  /** Null where nothing has been asked about the puzzle at hand. */
  get answer(): CopiesAnswer | null {
    return answer?.question === session.question ? answer : null
  },
  get failure(): string | null {
    return failure
  },
  async ask(): Promise<void> {
    const { model, board, question, check, maxSteps } = session
    if (!model || !board?.symmetry) return
    const mine = ++request
    failure = null
    // The first one is the puzzle itself.
    const symmetries = Array.from({ length: copyCount - 1 }, (_, copy) =>
      board.symmetry!(new RandomStream(copy + 1, 'copies')),
    )
    const questions = [question, ...symmetries.map(({ apply }) => apply(question))]
    const puzzle = { kind: board.kind, question, ...(check?.solution && { answer: check.solution }) }
    const show = (given: readonly Int32Array[], step: number, isDone: boolean): void => {
      const answers = given.map((one, copy) => (copy === 0 ? one : symmetries[copy - 1]!.invert(one)))
      const vote = voteOf(answers)
      const solved = answers.map((one) => isSolved(board, puzzle, one))
      answer = { question, step, answers, solved, vote, isVoteSolved: isSolved(board, puzzle, vote), isDone }
    }
    try {
      const [client, facts] = await Promise.all([surveyClient(), openForSurvey(model)])
      let last: { readonly answers: readonly Int32Array[]; readonly step: number } | null = null
      for await (const thoughts of client.thinkMany(facts, questions, maxSteps)) {
        if (mine !== request || session.question !== question) return
        last = thoughts
        show(thoughts.answers, thoughts.step, false)
      }
      if (last) show(last.answers, last.step, true)
    } catch (error) {
      if (mine === request) failure = error instanceof Error ? error.message : String(error)
    }
  },
}

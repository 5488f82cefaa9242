import { InputError } from '@tiny-recursive-models/tensor'
import type { Pair } from './puzzle-rows.ts'

/** How one kind of puzzle is read and checked; a grid is its tokens [S] and what tells its size. */
export interface GridFormat<Grid extends { readonly tokens: Int32Array }> {
  /** Throws an InputError; where there is `like`, the text must have its size. */
  readonly parse: (text: string, like: Grid | undefined) => Grid
  /** What is wrong with a question. */
  readonly questionProblem: (question: Grid) => string | undefined
  /** What is wrong with an answer to that question, which has its size. */
  readonly answerProblem: (question: Grid, answer: Grid) => string | undefined
}

/**
 * A reader of question and answer (empty where there is none) for the rows of one file: it gives the puzzle, or what
 * is wrong with it, and holds all rows to the size of the first good one.
 */
export function pairReader<Grid extends { readonly tokens: Int32Array }>(
  format: GridFormat<Grid>,
): (questionText: string, answerText: string) => (Omit<Grid, 'tokens'> & Pair) | string {
  let first: Grid | undefined
  return (questionText, answerText) => {
    const question = parsed('question', () => format.parse(questionText, first))
    if (typeof question === 'string') return question
    const problem = format.questionProblem(question)
    if (problem !== undefined) return `question: ${problem}`
    const { tokens, ...size } = question
    if (answerText === '') {
      first ??= question
      return { ...size, question: tokens }
    }
    const answer = parsed('answer', () => format.parse(answerText, question))
    if (typeof answer === 'string') return answer
    const wrong = format.answerProblem(question, answer)
    if (wrong !== undefined) return `answer: ${wrong}`
    first ??= question
    return { ...size, question: tokens, answer: answer.tokens }
  }
}

/** The grid, or why it cannot be read. */
function parsed<Grid>(column: string, parse: () => Grid): Grid | string {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return `${column}: ${error.message}`
  }
}

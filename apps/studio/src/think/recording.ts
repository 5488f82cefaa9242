/**
 * The first thought, recorded by the build from the shipped model: it is there with the page, so that something can be
 * watched while the model itself is still being fetched and compiled, and the model's own takes its place.
 */
import type { ModelConfig, Thought } from '@tiny-recursive-models/trm'
import type { QuestionCheck } from '../puzzles/check.ts'
import type { FoundPuzzle } from '../puzzles/read.ts'

/** Of a generated puzzle that the first model corrects for five steps; most it solves in three. */
export const firstSeed = 1619

/** What is known of the model before it is there. */
export interface RecordedModel {
  readonly config: Omit<ModelConfig, 'structure'>
  readonly parameters: number
}

export interface Recording {
  readonly model: RecordedModel
  readonly puzzle: FoundPuzzle
  readonly check: QuestionCheck
  readonly thoughts: readonly Thought[]
}

/** As JSON. Probabilities are whole thousandths, which no eye tells from more. */
export interface StoredRecording {
  readonly model: RecordedModel
  readonly kind: FoundPuzzle['kind']
  readonly question: readonly number[]
  readonly answer: readonly number[] | null
  readonly check: Omit<QuestionCheck, 'solution'> & { readonly solution: readonly number[] | null }
  readonly thoughts: readonly StoredThought[]
}

interface StoredThought {
  readonly answer: readonly number[]
  readonly changed: readonly number[]
  /** [S, V] of each step */
  readonly thousandths: readonly number[]
  readonly halting: number
  readonly answerChange: number
  readonly latentChange: number
}

/** Without the states, which would be larger than the page: the model's own thought brings them. */
export function storeRecording({ model, puzzle, check, thoughts }: Recording): StoredRecording {
  const { kind, question, answer } = puzzle
  return {
    model,
    kind,
    question: [...question],
    answer: answer ? [...answer] : null,
    check: { ...check, solution: check.solution && [...check.solution] },
    thoughts: thoughts.map((thought) => ({
      answer: [...thought.answer],
      changed: thought.changed,
      thousandths: Array.from(thought.probabilities, (probability) => Math.round(1000 * probability)),
      halting: rounded(thought.haltProbability),
      answerChange: rounded(thought.answerChange),
      latentChange: rounded(thought.latentChange),
    })),
  }
}

const rounded = (value: number): number => Number(value.toPrecision(4))

export function openRecording(stored: StoredRecording): Recording {
  const { model, kind, question, answer, check, thoughts } = stored
  return {
    model,
    puzzle: { kind, question: Int32Array.from(question), ...(answer && { answer: Int32Array.from(answer) }) },
    check: { ...check, solution: check.solution && Int32Array.from(check.solution) },
    thoughts: thoughts.map((stored, index) => {
      const symbols = stored.thousandths.length / question.length
      const probabilities = Float32Array.from(stored.thousandths, (thousandths) => thousandths / 1000)
      return {
        step: index + 1,
        answer: Int32Array.from(stored.answer),
        changed: stored.changed,
        confidence: Float32Array.from(
          stored.answer,
          (symbol, cell) => probabilities[cell * symbols + symbol]!,
        ),
        probabilities,
        haltProbability: stored.halting,
        answerChange: stored.answerChange,
        latentChange: stored.latentChange,
      }
    }),
  }
}

/**
 * What is asked and answered, as schemas: requests are checked by them, and the OpenAPI description is made of them.
 *
 *   POST /v1/solve       SolveBody → SolveAnswer
 *   GET  /v1/models      ModelsAnswer
 *   GET  /healthz        StatusAnswer: the process answers
 *   GET  /readyz         StatusAnswer: it takes puzzles; 503 while it starts and stops
 *   GET  /metrics        text for Prometheus
 *   GET  /openapi.json   this, as OpenAPI 3.1
 *
 * Every failure is an `ApiProblem` with the fitting status.
 */
import { z } from 'zod'
import type { ModelServerLimits } from './limits.ts'

type Bounds = Pick<ModelServerLimits, 'maxSteps' | 'attempts' | 'solveMs'>

/** The body of POST /v1/solve: exactly one of `puzzle` and `tokens`. */
export const solveBody = ({ maxSteps, attempts, solveMs }: Bounds) =>
  z.strictObject({
    model: z.string().optional().describe('One of /v1/models; by default the first.'),
    puzzle: z.string().optional().describe('A puzzle as text, as `trm solve` takes it.'),
    tokens: z
      .array(z.int().min(0))
      .optional()
      .describe('A puzzle as one token per cell; `symbols` of /v1/models says what they mean.'),
    maxSteps: z
      .int()
      .min(1)
      .max(maxSteps)
      .optional()
      .describe('Most supervision steps of an attempt; by default as in training.'),
    early: z
      .boolean()
      .optional()
      .describe('Stop as soon as the model shows that it is done; true by default. false: take all steps.'),
    attempts: z
      .int()
      .min(1)
      .max(attempts)
      .optional()
      .describe('Make up to this many attempts, until an answer follows the rules.'),
    symmetries: z
      .boolean()
      .optional()
      .describe('From the second attempt on, solve rotated, mirrored or relabelled copies.'),
    vote: z
      .boolean()
      .optional()
      .describe('Take the most frequent answer of all attempts, without checking the rules.'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional()
      .describe('Seed of the noise and the copies of several attempts; 0 by default.'),
    identifier: z
      .int()
      .min(0)
      .optional()
      .describe('Row of the puzzle embedding table, of a model that has one; 0 by default.'),
    trace: z.boolean().optional().describe('Also give the answer after every step.'),
    timeoutMs: z
      .int()
      .min(1)
      .max(solveMs)
      .optional()
      .describe('Give up after so long; by default, and at most, what the server allows.'),
  })

export type SolveBody = z.output<ReturnType<typeof solveBody>>

const text = z.string().nullable()
const probability = z.number().min(0).max(1)
const counted = z.int().min(1)

const attemptAnswer = z.strictObject({
  attempt: z.int().min(0).describe('Counted from 0.'),
  answer: text,
  tokens: z.array(z.int().min(0)),
  steps: counted,
  ended: z
    .enum(['steps', 'halting', 'still'])
    .describe('It took all steps, the model predicted that it is correct, or the answer became stable.'),
  haltProbability: probability,
  valid: z.boolean().nullable().describe('Whether it follows the rules; null where no rule is known.'),
})

const traceStep = z.strictObject({
  attempt: z.int().min(0),
  step: counted,
  answer: text,
  tokens: z.array(z.int().min(0)),
  leastConfidence: probability.describe('Probability of the symbol of the least certain cell.'),
  haltProbability: probability.describe('Predicted probability that the answer is correct.'),
})

export const solveAnswer = z.strictObject({
  model: z.string(),
  question: text.describe('In one line; null where the model’s symbols have no names.'),
  answer: text.describe('Of the chosen attempt.'),
  tokens: z.array(z.int().min(0)),
  solved: z.boolean().nullable().describe('Whether it follows the rules; null where no rule is known.'),
  problems: z.array(z.string()).nullable().describe('What keeps the answer from following the rules.'),
  steps: counted.describe('Supervision steps of all attempts.'),
  chosen: z.int().min(0).describe('The attempt whose answer it is.'),
  attempts: z.array(attemptAnswer).min(1),
  trace: z.array(traceStep).optional().describe('The answer after every step; only where asked for.'),
})
export type SolveAnswer = z.output<typeof solveAnswer>

const modelFacts = z.strictObject({
  name: z.string(),
  title: z.string().nullable().describe('What it solves, as in `trm models`; null where that is not known.'),
  puzzle: z.string().nullable().describe('Name of the puzzle family.'),
  rows: counted.nullable(),
  columns: counted.nullable(),
  cells: counted,
  symbols: z
    .array(z.strictObject({ name: z.string(), mark: z.string() }))
    .nullable()
    .describe('By token: its name, and the character that stands for it in a text.'),
  tokens: counted.describe('Tokens are below this number.'),
  identifiers: counted.describe('Rows of the puzzle embedding table.'),
  parameters: counted,
  supervisionSteps: counted.describe('Steps of an attempt unless told otherwise.'),
  slots: counted.describe('Puzzles that are worked on side by side.'),
})
export const modelsAnswer = z.strictObject({
  models: z.array(modelFacts).min(1),
  limits: z.strictObject({
    maxSteps: counted,
    attempts: counted,
    waiting: z.int().min(0),
    timeoutMs: counted,
    bodyBytes: counted,
  }),
})
export type ModelsAnswer = z.output<typeof modelsAnswer>

export const statusAnswer = z.strictObject({ status: z.enum(['alive', 'starting', 'ready', 'stopping']) })
export type StatusAnswer = z.output<typeof statusAnswer>

export const problemAnswer = z.strictObject({
  who: z.string().describe('What complains.'),
  expected: z.string(),
  got: z.string(),
  hint: z.string().describe('What to do.'),
})

/** A model behind its line of puzzles. S = cells. */
import type { Board, TrainedModel } from '@tiny-recursive-models/trm'
import { checkPuzzle, effortOf, InputError, parameterCount, readWritten } from '@tiny-recursive-models/trm'
import { endsByStandingStill, type Solution, SolverQueue } from '@tiny-recursive-models/trm/evaluate'
import { openWorkerSolver, type WorkerSolverOptions } from '@tiny-recursive-models/trm/node'
import type { ModelsAnswer, SolveAnswer, SolveBody } from './api.ts'

/** What is served under a name. */
export interface ModelToServe {
  readonly name: string
  readonly model: TrainedModel
  /** What its puzzles are; null where that is not known: it takes tokens only. */
  readonly board: Board | null
  /** What it is computed by, and where; by default what the server is told for all. */
  readonly computing?: NonNullable<WorkerSolverOptions['computing']>
}

export interface OpenServedModelOptions extends Omit<WorkerSolverOptions, 'kind'> {
  /** Threads, each with a batch of its own. */
  readonly threads: number
  /** Puzzles that may wait. */
  readonly waiting: number
}

export class ServedModel {
  readonly name: string
  readonly queue: SolverQueue
  /** What computes, for people. */
  readonly executor: string
  readonly #model: TrainedModel
  readonly #board: Board | null

  private constructor(
    { name, model, board }: ModelToServe,
    solvers: readonly Awaited<ReturnType<typeof openWorkerSolver>>[],
    waiting: number,
  ) {
    this.name = name
    this.#model = model
    this.#board = board
    this.queue = new SolverQueue(solvers, waiting)
    this.executor = solvers[0]!.executor
  }

  static async open(
    served: ModelToServe,
    { threads, waiting, ...options }: OpenServedModelOptions,
  ): Promise<ServedModel> {
    const kind = served.board?.kind ?? null
    const opening = Array.from({ length: threads }, () =>
      openWorkerSolver(served.model, {
        ...options,
        ...(served.computing && { computing: served.computing }),
        kind,
      }),
    )
    const outcomes = await Promise.allSettled(opening)
    const solvers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed === undefined) return new ServedModel(served, solvers, waiting)
    await Promise.all(solvers.map((solver) => solver.close()))
    throw failed.reason
  }

  /** @throws InputError if the puzzle or an option is not valid; QueueFullError; the reason of the signal */
  async solve(body: SolveBody, signal: AbortSignal): Promise<SolveAnswer> {
    const question = this.#question(body)
    const effort = this.#effort(body)
    const identifier = this.#identifier(body)
    const request = { question, effort, identifier, withSteps: body.trace === true }
    return this.#answer(question, await this.queue.solve(request, signal), body.trace === true)
  }

  facts(): ModelsAnswer['models'][number] {
    const { config } = this.#model
    const board = this.#board
    return {
      name: this.name,
      title: board?.title ?? null,
      puzzle: board?.kind.puzzle ?? null,
      rows: board?.rows ?? null,
      columns: board?.columns ?? null,
      cells: config.cells,
      symbols: board?.names.map((name, token) => ({ name, mark: board.marks[token] ?? '?' })) ?? null,
      tokens: config.symbols,
      identifiers: config.identifiers,
      parameters: parameterCount(config),
      supervisionSteps: config.supervisionSteps,
      slots: this.queue.slots,
    }
  }

  close(): Promise<void> {
    return this.queue.close()
  }

  /** [S] of the puzzle that a request has. */
  #question({ puzzle, tokens }: SolveBody): Int32Array {
    const { cells, symbols } = this.#model.config
    const board = this.#board
    if ((puzzle === undefined) === (tokens === undefined)) {
      const got = puzzle === undefined ? 'neither' : 'both'
      throw new InputError({
        who: 'body',
        expected: 'either puzzle or tokens',
        got,
        hint: 'Send the puzzle once.',
      })
    }
    if (puzzle !== undefined) {
      if (board !== null) {
        const written = readWritten(puzzle, board)
        checkPuzzle(board, written, board.mistakes, 'puzzle')
        return written.tokens
      }
      throw new InputError({
        who: 'puzzle',
        expected: `tokens: nothing is known of how puzzles of ${this.name} are written`,
        got: 'a text',
        hint: `Send ${cells} tokens from 0 to ${symbols - 1}.`,
      })
    }
    const found = tokens!.find((token) => token >= symbols)
    if (tokens!.length !== cells || found !== undefined) {
      throw new InputError({
        who: 'tokens',
        expected: `${cells} tokens from 0 to ${symbols - 1}`,
        got: found === undefined ? `${tokens!.length} tokens` : `a token ${found}`,
        hint: 'GET /v1/models says what they mean.',
      })
    }
    const question = Int32Array.from(tokens!)
    if (board) checkPuzzle(board, { kind: board.kind, tokens: question }, board.mistakes, 'tokens')
    return question
  }

  #effort({ maxSteps, early, attempts = 1, symmetries, vote, seed }: SolveBody) {
    const { config } = this.#model
    const alone = symmetries ? 'symmetries' : vote ? 'vote' : seed === undefined ? null : 'seed'
    if (attempts === 1 && alone !== null) {
      const hint = 'Add "attempts": 8.'
      throw new InputError({ who: alone, expected: 'several attempts', got: 'one', hint })
    }
    return effortOf(
      {
        attempts,
        stop: early === false ? 'never' : endsByStandingStill(config) ? 'still' : 'halting',
        ...(maxSteps !== undefined && { maxSteps }),
        ...(symmetries && { symmetries }),
        ...(vote && { pick: 'vote', accept: 'nothing' }),
        ...(seed !== undefined && { seed }),
      },
      config,
    )
  }

  #identifier({ identifier = 0 }: SolveBody): number {
    const { identifiers } = this.#model.config
    if (identifier < identifiers) return identifier
    throw new InputError({
      who: 'identifier',
      expected: `a whole number from 0 to ${identifiers - 1}`,
      got: String(identifier),
      hint: 'Leave it out for a model without puzzle embeddings.',
    })
  }

  #answer(question: Int32Array, { chosen, attempts, steps }: Solution, withTrace: boolean): SolveAnswer {
    const rule = this.#board?.rule
    const problems = rule?.problems(question, chosen.answer).map(({ message }) => message) ?? null
    return {
      model: this.name,
      question: this.#text(question),
      answer: this.#text(chosen.answer),
      tokens: [...chosen.answer],
      solved: problems && problems.length === 0,
      problems,
      steps: attempts.reduce((sum, attempt) => sum + attempt.steps, 0),
      chosen: chosen.attempt,
      attempts: attempts.map(({ attempt, answer, steps: taken, ended, haltLogit, valid }) => ({
        attempt,
        answer: this.#text(answer),
        tokens: [...answer],
        steps: taken,
        ended,
        haltProbability: 1 / (1 + Math.exp(-haltLogit)),
        valid,
      })),
      ...(withTrace && {
        trace: steps.map(({ answer, ...facts }) => ({
          ...facts,
          answer: this.#text(answer),
          tokens: [...answer],
        })),
      }),
    }
  }

  /** In one line, as `trm solve --json` writes it. */
  #text(tokens: Int32Array): string | null {
    const board = this.#board
    return board && Array.from(tokens, (token) => board.marks[token] ?? '?').join('')
  }
}

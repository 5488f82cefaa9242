import { InputError } from '@tiny-recursive-models/tensor'
import type { Solution, SolveRequest, Solver } from './solver.ts'

/** As many wait as may. */
export class QueueFullError extends InputError {
  constructor(waiting: number) {
    super({
      who: 'queue',
      expected: `at most ${waiting} puzzles that wait`,
      got: 'one more',
      hint: 'Ask again later.',
    })
  }
}

interface Waiting {
  readonly request: SolveRequest
  readonly signal: AbortSignal | undefined
  readonly resolve: (solution: Solution) => void
  readonly reject: (reason: unknown) => void
}

/** A line of puzzles before several solvers of the same model: who came first begins first, where there is most room. */
export class SolverQueue implements Solver {
  readonly slots: number
  readonly capacity: number
  readonly #solvers: readonly Solver[]
  readonly #mostWaiting: number
  readonly #given: Map<Solver, number>
  readonly #waiting = new Set<Waiting>()

  /** @param mostWaiting puzzles beyond what the solvers take; more are refused */
  constructor(solvers: readonly Solver[], mostWaiting: number) {
    this.#solvers = solvers
    this.#mostWaiting = mostWaiting
    this.#given = new Map(solvers.map((solver) => [solver, 0]))
    this.slots = solvers.reduce((sum, { slots }) => sum + slots, 0)
    this.capacity = mostWaiting + solvers.reduce((sum, { capacity }) => sum + capacity, 0)
  }

  /** Puzzles that no solver has yet. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Puzzles that a solver has. */
  get given(): number {
    return [...this.#given.values()].reduce((sum, count) => sum + count, 0)
  }

  /** @throws QueueFullError if too many wait already */
  solve(request: SolveRequest, signal?: AbortSignal): Promise<Solution> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (this.#waiting.size >= this.#mostWaiting && this.#roomiest() === undefined)
        throw new QueueFullError(this.#mostWaiting)
      const waiting: Waiting = { request, signal, resolve, reject }
      this.#waiting.add(waiting)
      signal?.addEventListener(
        'abort',
        () => {
          if (this.#waiting.delete(waiting)) reject(signal.reason)
        },
        { once: true },
      )
      this.#give()
    })
  }

  async close(): Promise<void> {
    for (const { reject } of this.#waiting) reject(new Error('the queue was closed'))
    this.#waiting.clear()
    await Promise.all(this.#solvers.map((solver) => solver.close()))
  }

  /** The solver that has least to do, of those that take more. */
  #roomiest(): Solver | undefined {
    const load = (solver: Solver) => this.#given.get(solver)! / solver.slots
    return this.#solvers
      .filter((solver) => this.#given.get(solver)! < solver.capacity)
      .reduce<Solver | undefined>(
        (best, solver) => (best === undefined || load(solver) < load(best) ? solver : best),
        undefined,
      )
  }

  #give(): void {
    for (const waiting of this.#waiting) {
      const solver = this.#roomiest()
      if (solver === undefined) return
      this.#waiting.delete(waiting)
      this.#count(solver, 1)
      const { request, signal, resolve, reject } = waiting
      solver
        .solve(request, signal)
        .then(resolve, reject)
        .finally(() => {
          this.#count(solver, -1)
          this.#give()
        })
    }
  }

  #count(solver: Solver, change: number): void {
    this.#given.set(solver, this.#given.get(solver)! + change)
  }
}

/**
 * One validation puzzle under the eyes of the reader: solved anew with the weights of every checkpoint, which are kept,
 * so that the learning can be replayed. The page gives it fields that are watched.
 */
import { type Board, boardOfData, type Recipe } from '@tiny-recursive-models/trm'
import type { ModelClient } from '@tiny-recursive-models/trm/browser'
import { judge } from '../grid/judge.ts'
import type { ExamplePuzzle, WatchedAnswer } from './example.ts'
import type { RunWatcher } from './training-machine.ts'

/** What of a model worker the replay uses. */
export type ThinkingClient = Pick<ModelClient, 'open' | 'close' | 'think'>

/** The weights after a step of training. */
export interface Snapshot {
  readonly step: number
  /** A model file. */
  readonly bytes: Uint8Array
}

/** What is kept at most; beyond it, snapshots are let go so that the others stay evenly spread. */
const maxSnapshots = 60
const maxBytes = 32 * 2 ** 20
/** Supervision steps to show at most: more are not seen side by side. */
const maxSteps = 16

export abstract class ReplayMachine implements RunWatcher {
  /** In the order of their steps. */
  abstract snapshots: readonly Snapshot[]
  abstract puzzles: readonly ExamplePuzzle[]
  /** Which of the puzzles is watched. */
  abstract place: number
  /** The snapshot that is looked at, by its step; null follows the latest. */
  abstract chosen: number | null
  abstract board: Board | null
  /** What the snapshots made of the puzzle, by their steps. */
  abstract answers: ReadonlyMap<number, readonly WatchedAnswer[]>
  abstract problem: string | null

  readonly #open: () => Promise<ThinkingClient>
  #isBusy = false
  /** Another one for another puzzle or run: answers to what was asked before are not heard. */
  #round = 0

  constructor(open: () => Promise<ThinkingClient>) {
    this.#open = open
  }

  get puzzle(): ExamplePuzzle | null {
    return this.puzzles[this.place] ?? null
  }

  examples(puzzles: readonly ExamplePuzzle[]): void {
    // A run that goes on tells the same ones again.
    if (this.puzzles.length > 0) return
    this.puzzles = puzzles
    void this.#work()
  }

  weights(step: number, bytes: Uint8Array): void {
    const others = this.snapshots.filter((one) => one.step !== step)
    const next = [...others, { step, bytes }].sort((one, other) => one.step - other.step)
    this.snapshots = thinned(next, maxSnapshots, maxBytes)
    const kept = new Set(this.snapshots.map((one) => one.step))
    const isSame = others.length < this.snapshots.length
    this.answers = new Map([...this.answers].filter(([at]) => kept.has(at) && (isSame || at !== step)))
    if (this.chosen !== null && !kept.has(this.chosen)) this.chosen = null
    void this.#work()
  }

  clear(): void {
    this.#round += 1
    this.snapshots = []
    this.puzzles = []
    this.place = 0
    this.chosen = null
    this.board = null
    this.answers = new Map()
    this.problem = null
  }

  /** Looks at another puzzle of the validation. */
  next(): void {
    if (this.puzzles.length < 2) return
    this.#round += 1
    this.place = (this.place + 1) % this.puzzles.length
    this.answers = new Map()
    this.problem = null
    void this.#work()
  }

  choose(step: number | null): void {
    this.chosen = step === this.snapshots.at(-1)?.step ? null : step
    void this.#work()
  }

  /** Solves what is looked at first, then the others, the latest first. */
  #wanted(): Snapshot | undefined {
    const open = this.snapshots.filter(({ step }) => !this.answers.has(step))
    return open.find(({ step }) => step === this.chosen) ?? open.at(-1)
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.problem !== null) return
    this.#isBusy = true
    try {
      for (;;) {
        const [round, snapshot, puzzle] = [this.#round, this.#wanted(), this.puzzle]
        if (!snapshot || !puzzle) return
        try {
          const found = await this.#solve(snapshot, puzzle)
          if (round !== this.#round) continue
          this.board = found.board
          this.answers = new Map([...this.answers, [snapshot.step, found.answers]])
        } catch (error) {
          if (round !== this.#round) continue
          this.problem = error instanceof Error ? error.message : String(error)
          return
        }
      }
    } finally {
      this.#isBusy = false
    }
  }

  async #solve(
    { step, bytes }: Snapshot,
    { question, solution }: ExamplePuzzle,
  ): Promise<{ board: Board | null; answers: WatchedAnswer[] }> {
    const client = await this.#open()
    const facts = await client.open(bytes, `weights of step ${step}`)
    try {
      const board = boardOfData(facts.recipe.data, facts.config) ?? null
      const answers: WatchedAnswer[] = []
      if (!board) return { board, answers }
      for await (const thought of client.think(facts, question, { maxSteps: stepsOf(facts.recipe) })) {
        const { answer, confidence } = thought
        const { isSolved, wrong } = judge(board, question, answer, solution)
        answers.push({ answer, confidence, wrong, isSolved: isSolved === true })
      }
      return { board, answers }
    } finally {
      await client.close(facts)
    }
  }
}

/** As many as a validation takes. */
const stepsOf = ({ model, training }: Recipe): number =>
  Math.min(maxSteps, training.evaluateSteps ?? model.supervisionSteps)

/** Lets go of those that are nearest to their neighbours, never of the first and the last. */
export function thinned(snapshots: readonly Snapshot[], mostOf: number, bytes: number): readonly Snapshot[] {
  const kept = [...snapshots]
  const isTooMuch = (): boolean =>
    kept.length > mostOf || kept.reduce((sum, one) => sum + one.bytes.byteLength, 0) > bytes
  while (kept.length > 2 && isTooMuch()) {
    const gap = (index: number): number => kept[index + 1]!.step - kept[index - 1]!.step
    let least = 1
    for (let index = 2; index < kept.length - 1; index++) if (gap(index) < gap(least)) least = index
    kept.splice(least, 1)
  }
  return kept
}

/** What the page Think holds, and what follows from it alone. */
import { type Board, canMakePuzzles, type ModelConfig, type Thought } from '@tiny-recursive-models/trm'
import { callsOfStep } from '@tiny-recursive-models/trm/models'
import type { Grid } from '@tiny-recursive-models/trm/puzzles/arc'
import type { Askable } from '../arc/arc.svelte.ts'
import type { OpenModel } from '../lib/open-model.ts'
import type { QuestionCheck } from '../puzzles/check.ts'
import type { Activity } from './activity.ts'
import type { History } from './history.ts'
import { ThoughtPlayer } from './player.ts'

/** The page gives it fields that are watched; `ThinkMachine` changes them. */
export abstract class ThinkState extends ThoughtPlayer {
  abstract activity: Activity
  /** The model that thinks; null until the first one is open. */
  abstract model: OpenModel | null
  /**
   * Why there is no model, puzzle or thought, for people. It stands beside the activity: a text that cannot be read
   * does not end what is under way.
   */
  abstract failure: string | null

  /** What of an ARC task can be asked; null while it is not known, and where no task is open. */
  abstract arc: Askable | null
  /** The right answer to it, where it is known. */
  abstract arcOutput: Grid | null

  /** That of the question. */
  abstract board: Board | null
  /** [S] */
  abstract question: Int32Array
  /** Null while it is under way. */
  abstract check: QuestionCheck | null
  abstract isEditing: boolean
  /** Questions before and after this one, while it is edited. */
  abstract history: History<Int32Array>
  /** Whether the reader wants a thought about a question that is not sound; until the next question. */
  abstract isDaring: boolean
  /** What if: answers that the reader has fixed, by cell. The question stays what it is. */
  abstract pins: ReadonlyMap<number, number>
  /** The answer before anything was fixed, to compare with. */
  abstract unpinned: Thought | null

  abstract thoughts: readonly Thought[]
  /** Whether the thoughts are from a recording, until the model's own have come. */
  abstract isRecorded: boolean
  abstract maxSteps: number
  abstract earlyHalting: boolean
  /** Whether the reader wants to see what every call of the net leaves within a step. */
  abstract isInside: boolean
  /** Counted from 0; each begins elsewhere. */
  abstract attempt: number

  /** The title of the model that is being opened. */
  get opening(): string | null {
    return this.activity.name === 'opening' ? this.activity.title : null
  }

  get isThinking(): boolean {
    return this.activity.name === 'thinking'
  }

  /** Whether there is something to think about, and a model that can. */
  get isReady(): boolean {
    const { activity, model, arc, check, board } = this
    if (!model || activity.name === 'opening') return false
    if (arc) return arc.canThink
    return check !== null && (check.canThink || this.isDaring) && this.fits(board, model)
  }

  /** Whether the model could think about the question, if the reader dared. */
  get canDare(): boolean {
    const { activity, model, arc, check, board } = this
    if (!model || arc || activity.name === 'opening' || !check) return false
    return !check.canThink && !this.isDaring && this.fits(board, model)
  }

  protected fits(board: Board | null, model: OpenModel): boolean {
    return board !== null && board === model.board
  }

  /** Whether there is something that makes puzzles for the model. */
  get canGenerate(): boolean {
    const { model } = this
    return model !== null && model.board !== null && canMakePuzzles(model.board.kind, model.facts.recipe.data)
  }
}

/** Where a look inside costs so little that it is taken without being asked for. */
const affordableNumbers = 100_000

/** Whether a step has an inside at all, and one that is small enough to be shown by default. */
export function canLookInside(config: Omit<ModelConfig, 'structure'>): boolean {
  const calls = callsOfStep(config).length
  return calls > 1 && calls * config.cells * config.symbols <= affordableNumbers
}

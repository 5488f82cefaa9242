// Letters: B slots, S cells, V symbols.
import { RandomStream } from '@tiny-recursive-models/tensor'
import type { IsValid } from '../data/data-sets.ts'
import type { Board, PuzzleSymmetry } from '../puzzles/family.ts'
import type { Effort } from './effort.ts'
import { likeliest } from './evaluate.ts'
import { StandStill } from './stands-still.ts'
import type { Thinker } from './thinker.ts'

/** A puzzle to think about, and how much. */
export interface Task {
  /** [S] */
  readonly question: Int32Array
  /** Row of the puzzle embedding table. */
  readonly identifier: number
  readonly effort: Effort
  /** Its place in the set: other places draw other symmetries and start noise. */
  readonly puzzle: number
  /** The family's rule; without it `accept: 'valid'` accepts nothing. */
  readonly isValid?: IsValid
  readonly symmetry?: NonNullable<Board['symmetry']>
}

/** One way to an answer. */
export interface Attempt {
  /** Counted from 0. */
  readonly attempt: number
  /** [S] of the puzzle as asked, whichever copy was solved */
  readonly answer: Int32Array
  readonly steps: number
  readonly haltLogit: number
  readonly ended: 'steps' | 'halting' | 'still'
  /** Null where there is no rule. */
  readonly valid: boolean | null
}

/** What one supervision step gave for one task. */
export interface DeskStep<Asked extends Task> {
  readonly task: Asked
  /** Which attempt, from 0, and which of its steps, from 1. */
  readonly attempt: number
  readonly step: number
  /** [S, V] of the copy that is being solved; not kept after the next step */
  readonly logits: Float32Array
  readonly haltLogit: number
  /** Undoes the symmetry of that copy in an answer. */
  readonly asAsked: (answer: Int32Array) => Int32Array
  /** The attempt, where it ended with this step. */
  readonly ended: Attempt | null
  /** Where the task is done, which frees its slot: what was chosen, and all attempts. */
  readonly done: { readonly chosen: Attempt; readonly attempts: readonly Attempt[] } | null
}

/** A slot at work on one attempt. */
interface Work<Asked extends Task> {
  readonly task: Asked
  readonly earlier: readonly Attempt[]
  readonly symmetry: PuzzleSymmetry | null
  readonly still: StandStill
  steps: number
}

/**
 * The slots of a thinker at work on tasks: each slot tries its task until an answer is accepted or the attempts are used
 * up, and is then free for another. What a task gets does not depend on its slot or on the other tasks.
 */
export class Desks<Asked extends Task = Task> {
  #thinker: Thinker
  #work: (Work<Asked> | null)[] = []
  /** [B, S] */
  #tokens = new Int32Array()
  /** [B], as the next two */
  #identifiers = new Int32Array()
  #reset = new Float32Array()
  #attemptOf = new Int32Array()

  constructor(thinker: Thinker) {
    this.#thinker = thinker
    this.#lay(thinker)
  }

  get slots(): number {
    return this.#thinker.slots
  }

  /** Slots that have a task. */
  get busy(): number {
    return this.#work.reduce((sum, work) => sum + Number(work !== null), 0)
  }

  /** Gives a task to a free slot. */
  async begin(task: Asked): Promise<void> {
    const slot = this.#work.indexOf(null)
    if (slot < 0) throw new Error('a task begins where a slot is free')
    await this.#begin(slot, task, [])
  }

  /** Frees the slot of a task that is not wanted any more. */
  drop(task: Asked): void {
    const slot = this.#work.findIndex((work) => work?.task === task)
    if (slot >= 0) this.#work[slot] = null
  }

  /** One supervision step of every slot; tells of each that has a task, in the order of the slots. */
  async step(): Promise<DeskStep<Asked>[]> {
    const { cells, symbols } = this.#thinker.config
    const { logits, haltLogits, wantsToHalt } = await this.#thinker.step(
      this.#tokens,
      this.#identifiers,
      this.#reset,
      this.#attemptOf,
    )
    this.#reset.fill(0)
    const told: DeskStep<Asked>[] = []
    for (const [slot, current] of this.#work.entries()) {
      if (!current) continue
      const { task, earlier, symmetry } = current
      const step = ++current.steps
      const ofSlot = logits.subarray(slot * cells * symbols, (slot + 1) * cells * symbols)
      const seen = likeliest(ofSlot, symbols)
      const stands = current.still.note(seen)
      const asAsked = (answer: Int32Array) => symmetry?.invert(answer) ?? answer
      const reason = endOf(task.effort, step, stands, wantsToHalt[slot]! > 0)
      const haltLogit = haltLogits[slot]!
      const attempt = earlier.length
      const facts = { task, attempt, step, logits: ofSlot, haltLogit, asAsked }
      if (reason === null) {
        told.push({ ...facts, ended: null, done: null })
        continue
      }
      const answer = asAsked(seen)
      const valid = task.isValid ? task.isValid(task.question, answer) : null
      const ended: Attempt = { attempt, answer, steps: step, haltLogit, ended: reason, valid }
      const attempts = [...earlier, ended]
      const isAccepted = accepts(task.effort, ended)
      if (!isAccepted && attempts.length < task.effort.attempts) {
        told.push({ ...facts, ended, done: null })
        await this.#begin(slot, task, attempts)
        continue
      }
      this.#work[slot] = null
      const chosen = isAccepted ? ended : pick(attempts, task.effort)
      told.push({ ...facts, ended, done: { chosen, attempts } })
    }
    return told
  }

  /** Goes on with the busy slots alone where no more than half of them are; those that are left take as long as any. */
  async narrow(): Promise<void> {
    const busy = this.#busySlots()
    if (busy.length === 0 || 2 * busy.length > this.slots) return
    this.#move(await this.#thinker.narrowed(busy), busy)
  }

  /** Goes on with another thinker of the same model, which has slots enough for all that are busy. */
  async moveTo(thinker: Thinker): Promise<void> {
    if (thinker === this.#thinker) return
    const busy = this.#busySlots()
    if (busy.length > 0) await thinker.take(this.#thinker, busy)
    this.#move(thinker, busy)
  }

  close(): Promise<void> {
    return this.#thinker.close()
  }

  #busySlots(): number[] {
    return [...this.#work.keys()].filter((slot) => this.#work[slot] !== null)
  }

  /** Lays empty desks for a thinker. */
  #lay(thinker: Thinker): void {
    const { slots, config } = thinker
    this.#thinker = thinker
    this.#work = new Array<Work<Asked> | null>(slots).fill(null)
    this.#tokens = new Int32Array(slots * config.cells)
    this.#identifiers = new Int32Array(slots)
    this.#reset = new Float32Array(slots)
    this.#attemptOf = new Int32Array(slots)
  }

  /** What lay at these desks, on the first ones of another thinker. */
  #move(thinker: Thinker, busy: readonly number[]): void {
    const { cells } = thinker.config
    const [work, tokens] = [this.#work, this.#tokens]
    const [identifiers, reset, attemptOf] = [this.#identifiers, this.#reset, this.#attemptOf]
    this.#lay(thinker)
    busy.forEach((slot, place) => {
      this.#work[place] = work[slot]!
      this.#tokens.set(tokens.subarray(slot * cells, (slot + 1) * cells), place * cells)
      this.#identifiers[place] = identifiers[slot]!
      this.#reset[place] = reset[slot]!
      this.#attemptOf[place] = attemptOf[slot]!
    })
  }

  async #begin(slot: number, task: Asked, earlier: readonly Attempt[]): Promise<void> {
    const { question, effort, identifier, puzzle } = task
    const attempt = earlier.length
    const random = new RandomStream(effort.seed, 'attempt', puzzle, attempt)
    const symmetry = attempt > 0 && effort.symmetries && task.symmetry ? task.symmetry(random) : null
    this.#tokens.set(symmetry ? symmetry.apply(question) : question, slot * this.#thinker.config.cells)
    this.#identifiers[slot] = identifier
    // Of a model that is shown noise, other attempts see other noise; a seed begins elsewhere in it.
    this.#attemptOf[slot] = effort.seed * 65_536 + attempt
    const isNoisy = attempt > 0 && effort.startNoise > 0
    this.#reset[slot] = isNoisy ? 0 : 1
    if (isNoisy) await this.#thinker.beginNoisy(slot, effort.startNoise, random)
    this.#work[slot] = { task, earlier, symmetry, still: new StandStill(), steps: 0 }
  }
}

/** Why an attempt ends after this step; null where it goes on. */
function endOf(
  { stop, maxSteps }: Effort,
  steps: number,
  stands: boolean,
  halts: boolean,
): Attempt['ended'] | null {
  if (stop === 'still' && stands) return 'still'
  if (stop === 'halting' && halts) return 'halting'
  return steps >= maxSteps ? 'steps' : null
}

const accepts = ({ accept }: Effort, { valid, ended }: Attempt): boolean =>
  accept === 'valid' ? valid === true : accept === 'still' && ended === 'still'

/** Of equals the earliest: by votes and then by halting score, or by halting score alone; what stood still goes first. */
function pick(attempts: readonly Attempt[], { pick: by }: Effort): Attempt {
  const votes = new Map<string, number>()
  for (const { answer } of attempts) votes.set(answer.join(), (votes.get(answer.join()) ?? 0) + 1)
  const rank = (attempt: Attempt): readonly number[] => [
    by === 'vote' ? votes.get(attempt.answer.join())! : 0,
    Number(attempt.ended === 'still'),
    attempt.haltLogit,
  ]
  return attempts.reduce((best, attempt) => (isGreater(rank(attempt), rank(best)) ? attempt : best))
}

/** In the order of a dictionary. */
function isGreater(left: readonly number[], right: readonly number[]): boolean {
  const place = left.findIndex((value, index) => value !== right[index])
  return place >= 0 && left[place]! > right[place]!
}

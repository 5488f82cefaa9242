/** What can happen on the page Think, and what follows. The page gives it fields that are watched. */
import {
  type Board,
  boardOf,
  isSamePuzzleKind,
  type ModelConfig,
  type PuzzleKind,
  type Recipe,
  type Thought,
} from '@tiny-recursive-models/trm'
import type { ModelClient } from '@tiny-recursive-models/trm/browser'
import { endsByStandingStill } from '@tiny-recursive-models/trm/evaluate'
import type { ArcQuestion, Askable } from '../arc/arc.svelte.ts'
import type { ModelEntry } from '../lib/model-store.svelte.ts'
import type { OpenModel } from '../lib/open-model.ts'
import type { askPuzzles } from '../puzzles/ask.ts'
import type { FoundPuzzle } from '../puzzles/read.ts'
import { follow, idle, withoutThought } from './activity.ts'
import { noHistory, redone, remembered, undone } from './history.ts'
import * as playback from './playback.ts'
import type { Recording } from './recording.ts'
import { canLookInside, ThinkState } from './think-state.ts'

/** Those who answer: two workers, and the ARC task that is open. */
export interface ThinkPorts {
  openModel(entry: ModelEntry): Promise<OpenModel>
  think(...question: Parameters<ModelClient['think']>): AsyncIterable<Thought>
  readonly askPuzzles: typeof askPuzzles
  arcQuestion(): ArcQuestion | null
  askable(model: OpenModel, question: ArcQuestion): Promise<Askable>
  /** A new puzzle that the reader wishes to watch; null where none is known. */
  wishedPuzzle(model: OpenModel): FoundPuzzle | null
  /** What the page can show before the model is there; null for most. */
  recording(entry: ModelEntry): Recording | null
}

/** Where none is wished, new puzzles are the most demanding of so many; one of 9×9 takes 6 ms to make. */
const demandingDraws = 12

/** Steps to begin with, for models that were trained with fewer: recursion goes on beyond its training. */
const leastSteps = 8

export abstract class ThinkMachine extends ThinkState {
  readonly #ports: ThinkPorts
  /** Models that the worker has open, by entry. */
  readonly #opened = new Map<string, OpenModel>()
  /** [S] the answer that came with the question; null where none did. */
  #label: Int32Array | null = null
  /** Aborted when another question is asked for. */
  #asking = new AbortController()
  #checking: Promise<void> = Promise.resolve()
  #opening: Promise<boolean> = Promise.resolve(false)
  #hasBegun = false
  /** What was chosen before a puzzle was thought about for longer; null where none is. */
  #usual: { readonly maxSteps: number; readonly earlyHalting: boolean; readonly longer: number } | null = null
  /** Whose recording has been shown. */
  #recordedEntry: string | null = null

  constructor(ports: ThinkPorts) {
    super()
    this.#ports = ports
  }

  /**
   * Opens a model, and thinks with it: about the puzzle, or about the one at hand where it can. Where it cannot be
   * opened, model, puzzle and thought stay as they were.
   *
   * @param at the step to show, paused there; by default the steps are played from the first
   * @returns whether the model is at hand
   */
  useModel(entry: ModelEntry, puzzle: FoundPuzzle | null = null, at?: number): Promise<boolean> {
    const { activity } = this
    if (!puzzle && activity.name === 'opening' && activity.entry === entry.id) return this.#opening
    this.#opening = this.#useModel(entry, puzzle, at)
    return this.#opening
  }

  async #useModel(entry: ModelEntry, puzzle: FoundPuzzle | null, at?: number): Promise<boolean> {
    if (this.model?.entry.id === entry.id && this.activity.name !== 'opening') {
      if (puzzle) await this.ask(puzzle, at)
      return true
    }
    const request = new AbortController()
    this.#leaveThought()
    this.activity = follow(this.activity, { name: 'opening', entry: entry.id, title: entry.title, request })
    this.failure = null
    const isShown = this.#showFirst(entry, puzzle, at)
    try {
      const model = this.#opened.get(entry.id) ?? (await this.#ports.openModel(entry))
      this.#opened.set(entry.id, model)
      if (request.signal.aborted) return false
      // Only the model that was recorded takes the place of its recording.
      if (entry.id !== this.#recordedEntry) this.isRecorded = false
      this.model = model
      this.#suit(model.facts.config)
      this.activity = idle
    } catch (error) {
      if (request.signal.aborted) return false
      this.failure = messageOf(error)
      this.activity = idle
      return false
    }
    if (puzzle && !isShown) await this.ask(puzzle, at)
    else await this.#beginWith(this.model)
    return true
  }

  #suit(config: Omit<ModelConfig, 'structure'>): void {
    this.#usual = null
    this.maxSteps = Math.max(leastSteps, config.supervisionSteps)
    this.earlyHalting = endsByStandingStill(config)
    this.isInside = canLookInside(config)
  }

  async #beginWith({ board }: OpenModel): Promise<void> {
    const task = this.#ports.arcQuestion()
    if (task) return this.askArc(task)
    if (board === null) return
    if (this.board === board) await (this.isEditing ? this.#tryOut() : this.think())
    else if (this.canGenerate) await this.generate()
    else this.#begin(board)
  }

  /** What is recorded of the model, before anything else has been shown. */
  #showFirst(entry: ModelEntry, puzzle: FoundPuzzle | null, at?: number): boolean {
    const isFirst = !this.#hasBegun
    this.#hasBegun = true
    if (!isFirst || this.#ports.arcQuestion()) return false
    const recording = this.#ports.recording(entry)
    if (recording === null || (puzzle && !isSameQuestion(puzzle, recording.puzzle))) return false
    this.#recordedEntry = entry.id
    this.#showRecording(recording)
    if (at !== undefined) this.show(playback.seek(this.playback, at))
    return true
  }

  #showRecording({ model, puzzle, check, thoughts }: Recording): void {
    this.setQuestion(puzzle)
    this.check = check
    this.#suit(model.config)
    this.isRecorded = true
    this.thoughts = thoughts
    this.show(playback.fromStart)
    for (const _ of thoughts) this.show(playback.stepArrived(this.playback))
    this.show(playback.thoughtEnded(this.playback))
  }

  /** A new puzzle like those that the model was trained on. */
  async generate(): Promise<void> {
    const { model } = this
    if (!model?.board || !this.canGenerate) return
    this.stop()
    const wished = this.#ports.wishedPuzzle(model)
    const found = wished ?? (await this.#draw(model.board.kind, model.facts.recipe.data))
    if (found) await this.ask(found)
  }

  /** A new puzzle; null where it failed, or where another one has been asked meanwhile. */
  #draw(kind: PuzzleKind, data: Recipe['data'] | null): Promise<FoundPuzzle | null> {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0]!
    return this.#latest(() => this.#ports.askPuzzles('generate', { kind, data, seed, draws: demandingDraws }))
  }

  /**
   * Takes a question and thinks about it, where nothing is against it.
   *
   * @param at the step to show, paused there; by default the steps are played from the first
   */
  async ask(puzzle: FoundPuzzle, at?: number): Promise<void> {
    this.setQuestion(puzzle)
    this.isEditing = false
    await this.think(at)
  }

  /** Shows an ARC task in place of the puzzle, and thinks about it where the model knows it. */
  async askArc(question: ArcQuestion): Promise<void> {
    this.#forgetThought()
    this.#thinkAsUsual()
    const { model } = this
    this.#asking.abort()
    this.isEditing = false
    this.arc = null
    this.arcOutput = question.output
    if (!model) return
    const found = await this.#latest(() => this.#ports.askable(model, question))
    if (!found) return
    this.arc = found
    await this.think()
  }

  /** Back to the puzzle that was there before, where nothing else has taken the place of the task. */
  leaveArc(): void {
    if (this.arc === null && this.arcOutput === null) return
    this.forgetArc()
    const { board, question } = this
    if (board) void this.ask({ kind: board.kind, question, ...(this.#label && { answer: this.#label }) })
    else void this.generate()
  }

  forgetArc(): void {
    this.arc = null
    this.arcOutput = null
  }

  clear(): void {
    if (this.board) this.edit(this.board.empty())
  }

  /** An empty question, to draw on. */
  #begin(board: Board): void {
    this.setQuestion({ kind: board.kind, question: board.empty() })
    this.isEditing = true
  }

  /** Begins to edit, or takes an edited question; the model thinks about it at once. */
  edit(question: Int32Array): void {
    if (!this.board) return
    const isSame = question === this.question
    if (isSame && this.isEditing) return
    if (!isSame) this.history = remembered(this.history, this.question)
    this.#takeEdit(question)
  }

  undo(): void {
    const step = undone(this.history, this.question)
    if (!step) return
    this.history = step.history
    this.#takeEdit(step.now)
  }

  redo(): void {
    const step = redone(this.history, this.question)
    if (!step) return
    this.history = step.history
    this.#takeEdit(step.now)
  }

  #takeEdit(question: Int32Array): void {
    const { board, history } = this
    if (!board) return
    if (this.isRecorded) this.#forgetThought()
    else this.#leaveThought()
    const isSame = question === this.question && this.#label !== null
    this.#setQuestion({ kind: board.kind, question, ...(isSame && { answer: this.#label! }) })
    this.history = history
    this.isEditing = true
    void this.#tryOut()
  }

  /** What if this cell were that symbol? Null takes it back. */
  pin(cell: number, token: number | null): void {
    const pins = new Map(this.pins)
    if (token === null) pins.delete(cell)
    else pins.set(cell, token)
    if (this.pins.size === 0) this.unpinned = this.thoughts.at(-1) ?? null
    this.pins = pins
    void this.#tryOut()
  }

  unpin(): void {
    this.pins = new Map()
    void this.#tryOut()
  }

  /** Shows a question without thoughts, and has it checked. */
  setQuestion(puzzle: FoundPuzzle): void {
    this.#forgetThought()
    this.#setQuestion(puzzle)
  }

  #setQuestion(puzzle: FoundPuzzle): void {
    this.failure = null
    this.forgetArc()
    if (puzzle.question !== this.question) this.#thinkAsUsual()
    this.board = boardOf(puzzle.kind)
    this.question = puzzle.question
    this.#label = puzzle.answer ?? null
    this.check = null
    this.attempt = 0
    this.history = noHistory
    this.isDaring = false
    this.pins = new Map()
    this.unpinned = null
    this.#checking = this.#latest(() => this.#ports.askPuzzles('check', puzzle)).then((check) => {
      if (check) this.check = check
    })
  }

  /** Thinks about a question that is not sound, as the reader wishes. */
  dare(): void {
    this.isDaring = true
    void this.think()
  }

  /** The last answer at once, without a walk through the steps: to the question as it is being changed. */
  async #tryOut(): Promise<void> {
    if (this.activity.name === 'opening') return
    const request = new AbortController()
    this.activity = follow(this.activity, { name: 'trying', request })
    await this.#checking
    if (request.signal.aborted) return
    const { model, board } = this
    this.isDaring = true
    const own: Thought[] = []
    if (model && this.isReady && this.fits(board, model))
      await this.#thinkWith(model, request, (thought) => own.push(thought))
    if (request.signal.aborted) return
    this.thoughts = own
    this.show(playback.atEnd(own.length))
    if (this.pins.size === 0) this.unpinned = null
    this.activity = withoutThought(this.activity)
  }

  /**
   * Thinks from the first step on; refused where the question is not one. What is being opened thinks by itself.
   *
   * @param at the step to show, paused there; by default the steps are played from the first
   */
  async think(at?: number): Promise<void> {
    if (this.activity.name === 'opening') return
    this.stop()
    const request = new AbortController()
    this.activity = { name: 'waiting', request }
    this.pins = new Map()
    this.unpinned = null
    await this.#checking
    if (request.signal.aborted) return
    const { model } = this
    if (!model || !this.isReady) {
      this.activity = idle
      return
    }
    this.isEditing = false
    this.failure = null
    if (this.isRecorded) return this.#replaceRecording(model, request)
    this.activity = follow(this.activity, { name: 'thinking', request })
    this.thoughts = []
    this.show(at === undefined ? playback.fromStart : playback.atStart)
    const end = await this.#thinkWith(model, request, (thought) => {
      this.#add(thought)
      if (at !== undefined && this.playback.count <= at) this.seek(at)
    })
    if (end !== 'aborted') this.stop()
  }

  /** Calls `take` with every thought of the model about the question, until it is asked for another. */
  async #thinkWith(
    model: OpenModel,
    { signal }: AbortController,
    take: (thought: Thought) => void,
  ): Promise<'done' | 'failed' | 'aborted'> {
    try {
      for await (const thought of this.#ports.think(model.facts, ...this.#asked())) {
        if (signal.aborted) return 'aborted'
        take(thought)
      }
    } catch (error) {
      if (signal.aborted) return 'aborted'
      this.failure = messageOf(error)
      return 'failed'
    }
    return signal.aborted ? 'aborted' : 'done'
  }

  #add(thought: Thought): void {
    this.thoughts = [...this.thoughts, thought]
    this.show(playback.stepArrived(this.playback, this.callsOf(this.playback.position)))
  }

  /** The same steps by the model itself; where the reader is watching does not move. */
  async #replaceRecording(model: OpenModel, request: AbortController): Promise<void> {
    this.activity = follow(this.activity, { name: 'replacing', request })
    const own: Thought[] = []
    const end = await this.#thinkWith(model, request, (thought) => {
      own.push(thought)
      this.thoughts = [...own, ...this.thoughts.slice(own.length)]
      if (own.length > this.playback.count) this.show(playback.replaced(this.playback, own.length))
    })
    if (end === 'aborted') return
    if (end === 'done') {
      this.thoughts = own
      this.show(playback.replaced(this.playback, own.length))
      this.isRecorded = false
    }
    this.stop()
  }

  #asked() {
    const { arc, question, maxSteps, earlyHalting, attempt, pins } = this
    const { tokens, identifier } = arc?.canThink ? arc : { tokens: question, identifier: 0 }
    const halting = earlyHalting ? 'early' : 'full'
    const asked = tokens.slice()
    for (const [cell, token] of pins) asked[cell] = token
    const inside = this.isInside
    return [asked, { maxSteps, halting, identifier, attempt, withStates: true, inside }] as const
  }

  callsOf(position: number): number {
    return (this.isInside && this.thoughts[position]?.inside?.length) || 1
  }

  /** Looks inside the steps, or no longer: the same thought, at the same step. */
  async lookInside(wanted: boolean): Promise<void> {
    this.isInside = wanted
    this.show(playback.seek(this.playback, this.playback.position))
    const { model } = this
    const isThere = this.thoughts.every(({ inside }) => inside !== undefined)
    if (!wanted || isThere || !model || !this.isReady || this.isRecorded || this.pins.size > 0) return
    await this.#replaceRecording(model, new AbortController())
  }

  /** Thinks about the same puzzle again, from elsewhere: what one attempt misses another may find. */
  tryAgain(): void {
    this.attempt += 1
    this.isRecorded = false
    void this.think()
  }

  /**
   * Goes on where the thought has ended, for so many steps more, about this puzzle alone. It is thought anew from the
   * first step, which gives the same; what has been shown stays meanwhile.
   */
  async thinkOn(steps: number): Promise<void> {
    const { model } = this
    const before = this.thoughts
    if (!model || !this.isReady || this.isEditing || before.length === 0) return
    this.stop()
    const { maxSteps, earlyHalting } = this.#usual ?? this
    this.maxSteps = before.length + steps
    this.earlyHalting = false
    this.#usual = { maxSteps, earlyHalting, longer: this.maxSteps }
    const request = new AbortController()
    this.activity = follow(this.activity, { name: 'thinking', request })
    this.show(playback.goesOn(this.playback))
    let count = 0
    const end = await this.#thinkWith(model, request, (thought) => {
      count += 1
      if (count > before.length) this.#add(thought)
    })
    if (end !== 'aborted') this.stop()
  }

  /** The next puzzle is thought about as the puzzles before, where the reader has not chosen otherwise since. */
  #thinkAsUsual(): void {
    const usual = this.#usual
    this.#usual = null
    if (!usual || this.maxSteps !== usual.longer || this.earlyHalting) return
    this.maxSteps = usual.maxSteps
    this.earlyHalting = usual.earlyHalting
  }

  /** What is under way ends after the step at hand; what has been thought stays. */
  stop(): void {
    this.activity = withoutThought(this.activity)
    this.show(playback.thoughtEnded(this.playback))
  }

  /** Ends what is under way, and shows what there is of it. */
  #leaveThought(): void {
    this.stop()
    this.failure = null
  }

  play(): void {
    if (this.thoughts.length > 0 && !this.isEditing && this.pins.size === 0)
      this.show(playback.play(this.playback))
    else void this.think()
  }

  #forgetThought(): void {
    this.stop()
    this.failure = null
    this.thoughts = []
    this.isRecorded = false
    this.playback = playback.atStart
  }

  /** What was asked for; null where it failed, which is told, or where another question has been asked for since. */
  async #latest<Result>(asked: () => Promise<Result>): Promise<Result | null> {
    this.#asking.abort()
    this.#asking = new AbortController()
    const { signal } = this.#asking
    try {
      const found = await asked()
      return signal.aborted ? null : found
    } catch (error) {
      if (!signal.aborted) this.failure = messageOf(error)
      return null
    }
  }
}

const isSameQuestion = (one: FoundPuzzle, other: FoundPuzzle): boolean =>
  isSamePuzzleKind(one.kind, other.kind) &&
  one.question.every((token, cell) => token === other.question[cell])

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

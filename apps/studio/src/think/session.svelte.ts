/** What the page Think holds: a model, a puzzle, a thought and how much of it is shown. It outlives a visit. */
import {
  type Board,
  boardOf,
  boardOfData,
  canMakePuzzles,
  isSamePuzzleKind,
  type PuzzleKind,
  type Recipe,
  type Thought,
} from '@tiny-recursive-models/trm'
import { endsByStandingStill } from '@tiny-recursive-models/trm/evaluate'
import type { Grid } from '@tiny-recursive-models/trm/puzzles/arc'
import { type ArcQuestion, type Askable, arc as arcTasks, askable } from '../arc/arc.svelte.ts'
import { judgeArc } from '../arc/judge.ts'
import { type Judgement, judge, judgeThought, type Verdict } from '../grid/judge.ts'
import type { ModelEntry } from '../lib/model-store.svelte.ts'
import { thinkingClient } from '../lib/models.ts'
import { keepFetched } from '../lib/offline.ts'
import type { OpenModel } from '../lib/open-model.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import type { QuestionCheck } from '../puzzles/check.ts'
import type { FoundPuzzle } from '../puzzles/read.ts'
import * as playback from './playback.ts'

/** More supervision steps than any model was trained with, but for those that end by standing still. */
export const mostSteps = 400

/** New puzzles are the most demanding of so many; one of 9×9 takes 6 ms to make. */
const demandingDraws = 12

/** A generated puzzle to begin with that the shipped model corrects for five steps; most it solves in three. */
const firstSeeds: Readonly<Record<string, number>> = { 'sudoku-6x6': 1619 }

/** Steps to begin with, for models that were trained with fewer: recursion goes on beyond its training. */
const leastSteps = 8

class ThinkSession {
  /** The model that thinks; null until the first one is open. */
  model = $state.raw<OpenModel | null>(null)
  /** The title of the model that is being opened. */
  opening = $state<string | null>(null)
  /** Why there is no model or no thought, for people. */
  failure = $state<string | null>(null)

  /** What of an ARC task can be asked; null while it is not known, and where no task is open. */
  arc = $state.raw<Askable | null>(null)
  /** The right answer to it, where it is known. */
  arcOutput = $state.raw<Grid | null>(null)

  /** That of the question. */
  board = $state.raw<Board | null>(null)
  /** [S] */
  question = $state.raw<Int32Array>(new Int32Array())
  /** [S] the answer that came with the question; null where none did. */
  #label: Int32Array | null = null
  /** Null while it is under way. */
  check = $state.raw<QuestionCheck | null>(null)
  isEditing = $state(false)
  /** The cell that the reader points at or has gone to by keys. */
  askedCell = $state<number | null>(null)

  thoughts = $state.raw<readonly Thought[]>([])
  playback = $state.raw(playback.atStart)
  isThinking = $state(false)
  maximumSteps = $state(16)
  earlyHalting = $state(false)
  /** Counted from 0; each begins elsewhere. */
  attempt = $state(0)
  /** Steps a second. */
  speed = $state(2)

  readonly judgements = $derived.by<readonly Judgement[]>(() => {
    const { board, question, check, arc, arcOutput } = this
    if (arc?.canThink) return this.thoughts.map(({ answer }) => judgeArc(answer, arc.side, arcOutput))
    if (!board || !check) return []
    return this.thoughts.map(({ answer }) => judge(board, question, answer, check.solution))
  })
  /** Whether there is something to think about, and a model that can. */
  readonly isReady = $derived<boolean>(
    this.model !== null &&
      (this.arc
        ? this.arc.canThink
        : this.check?.canThink === true && this.board !== null && this.board === this.model.board),
  )
  /** Whether there is something that makes puzzles for the model. */
  readonly canGenerate = $derived<boolean>(
    this.model !== null &&
      this.model.board !== null &&
      canMakePuzzles(this.model.board.kind, this.model.facts.recipe.data),
  )
  readonly verdict = $derived<Verdict>(judgeThought(this.thoughts, this.judgements))
  readonly thought = $derived<Thought | undefined>(this.thoughts[this.playback.position - 1])
  readonly judgement = $derived<Judgement | undefined>(this.judgements[this.playback.position - 1])

  /** Models that the worker has open, by entry. */
  readonly #opened = new Map<string, OpenModel>()
  /** Counts up whenever what is under way has become stale. */
  #request = 0
  #questionNumber = 0
  #openingNumber = 0
  #hasDrawn = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Opens a model, and thinks with it: about the same puzzle where it can. */
  async useModel(entry: ModelEntry): Promise<void> {
    if (this.model?.entry.id === entry.id && this.opening === null) return
    this.stop()
    const number = ++this.#openingNumber
    this.opening = entry.title
    this.failure = null
    try {
      const proposal = this.#propose(entry)
      const model = this.#opened.get(entry.id) ?? (await openModel(entry))
      this.#opened.set(entry.id, model)
      await proposal
      if (number !== this.#openingNumber) return
      this.model = model
      this.maximumSteps = Math.max(leastSteps, model.facts.config.supervisionSteps)
      this.earlyHalting = endsByStandingStill(model.facts.config)
      this.opening = null
      const task = arcTasks.question
      if (task) return await this.askArc(task)
      if (model.board === null) return
      if (this.board === model.board) await this.think()
      else if (this.canGenerate) await this.generate()
      else this.#begin(model.board)
    } catch (error) {
      if (number === this.#openingNumber) this.failure = messageOf(error)
    } finally {
      if (number === this.#openingNumber) this.opening = null
    }
  }

  /** Shows a puzzle for a model that is still being opened, where its kind is known before. */
  async #propose({ id, puzzle }: ModelEntry): Promise<void> {
    if (puzzle === null || arcTasks.question) return
    if (isSamePuzzleKind(this.board?.kind ?? null, puzzle) || !canMakePuzzles(puzzle, null)) return
    const found = await this.#draw(puzzle, null, id)
    if (found) this.setQuestion(found)
  }

  /** A new puzzle like those that the model was trained on. */
  async generate(): Promise<void> {
    const { model } = this
    if (!model?.board || !this.canGenerate) return
    this.stop()
    const found = await this.#draw(model.board.kind, model.facts.recipe.data, model.entry.id)
    if (found) await this.ask(found)
  }

  /** A new puzzle; null where it failed, or where another one has been asked meanwhile. */
  async #draw(kind: PuzzleKind, data: Recipe['data'] | null, model: string): Promise<FoundPuzzle | null> {
    const number = ++this.#questionNumber
    const first = this.#hasDrawn ? undefined : firstSeeds[model]
    this.#hasDrawn = true
    const seed = first ?? crypto.getRandomValues(new Uint32Array(1))[0]!
    const draws = first === undefined ? demandingDraws : 1
    const found = await this.#orFailure(askPuzzles('generate', { kind, data, seed, draws }))
    return number === this.#questionNumber ? found : null
  }

  /** Takes a question and thinks about it, where nothing is against it. */
  async ask(puzzle: FoundPuzzle): Promise<void> {
    this.setQuestion(puzzle)
    this.isEditing = false
    await this.think()
  }

  /** Shows an ARC task in place of the puzzle, and thinks about it where the model knows it. */
  async askArc(question: ArcQuestion): Promise<void> {
    this.stop()
    const { model } = this
    const number = ++this.#questionNumber
    this.failure = null
    this.isEditing = false
    this.thoughts = []
    this.playback = playback.atStart
    this.arc = null
    this.arcOutput = question.output
    if (!model) return
    const found = await this.#orFailure(askable(model, question))
    if (!found || number !== this.#questionNumber) return
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
    if (this.board) this.#begin(this.board)
  }

  /** An empty question, to draw on. */
  #begin(board: Board): void {
    this.setQuestion({ kind: board.kind, question: board.empty() })
    this.isEditing = true
  }

  edit(question: Int32Array): void {
    if (!this.board) return
    const isSame = question === this.question && this.#label !== null
    this.setQuestion({ kind: this.board.kind, question, ...(isSame && { answer: this.#label! }) })
    this.isEditing = true
  }

  /** Shows a question without thoughts, and has it checked. */
  setQuestion({ kind, question, answer }: FoundPuzzle): void {
    this.stop()
    this.failure = null
    this.forgetArc()
    this.board = boardOf(kind)
    this.question = question
    this.#label = answer ?? null
    this.thoughts = []
    this.playback = playback.atStart
    this.check = null
    this.attempt = 0
    this.#checking = this.#checkQuestion({ kind, question, ...(answer && { answer }) })
  }

  #checking: Promise<void> = Promise.resolve()

  async #checkQuestion(puzzle: FoundPuzzle): Promise<void> {
    const number = ++this.#questionNumber
    const check = await this.#orFailure(askPuzzles('check', puzzle))
    if (check && number === this.#questionNumber) this.check = check
  }

  /** Thinks from the first step on; refused where the question is not one. */
  async think(): Promise<void> {
    this.stop()
    const request = ++this.#request
    await this.#checking
    const { model, arc, maximumSteps, earlyHalting, attempt } = this
    if (request !== this.#request || !model || !this.isReady) return
    const tokens = arc?.canThink ? arc.tokens : this.question
    const identifier = arc?.canThink ? arc.identifier : 0
    const halting = earlyHalting ? 'early' : 'full'
    const options = { maximumSteps, halting, identifier, attempt, withStates: true } as const
    this.isEditing = false
    this.failure = null
    this.thoughts = []
    this.isThinking = true
    this.#show(playback.fromStart)
    try {
      const client = await thinkingClient()
      for await (const thought of client.think(model.facts, tokens.slice(), options)) {
        if (request !== this.#request) return
        this.thoughts = [...this.thoughts, thought]
        this.#show(playback.stepArrived(this.playback))
      }
    } catch (error) {
      if (request === this.#request) this.failure = messageOf(error)
    } finally {
      if (request === this.#request) {
        this.isThinking = false
        this.#show(playback.thoughtEnded(this.playback))
      }
    }
  }

  /** Thinks about the same puzzle again, from elsewhere: what one attempt misses another may find. */
  tryAgain(): void {
    this.attempt += 1
    void this.think()
  }

  /** What is under way ends after the step at hand; what has been thought stays. */
  stop(): void {
    this.#request += 1
    this.isThinking = false
    this.#show(playback.thoughtEnded(this.playback))
  }

  play(): void {
    if (this.thoughts.length > 0) this.#show(playback.play(this.playback))
    else void this.think()
  }

  pause(): void {
    this.#show(playback.pause(this.playback))
  }

  stepBy(steps: number): void {
    this.#show(playback.stepBy(this.playback, steps))
  }

  seek(position: number): void {
    this.#show(playback.seek(this.playback, position))
  }

  setSpeed(speed: number): void {
    this.speed = speed
    this.#schedule()
  }

  /** What was asked for; null where it failed, which is told. */
  async #orFailure<Result>(asked: Promise<Result>): Promise<Result | null> {
    try {
      return await asked
    } catch (error) {
      this.failure = messageOf(error)
      return null
    }
  }

  #show(next: playback.Playback): void {
    const before = this.playback
    this.playback = next
    if (next.playing !== before.playing || next.position !== before.position) this.#schedule()
  }

  /** A step has its full time from when it was shown. */
  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.playback.playing || this.playback.isDue) return
    this.#timer = setTimeout(() => {
      this.#show(playback.tick(this.playback))
      this.#schedule()
    }, 1000 / this.speed)
  }
}

async function openModel(entry: ModelEntry): Promise<OpenModel> {
  const [client, bytes] = await Promise.all([thinkingClient(), entry.load()])
  const facts = await client.open(bytes, entry.file)
  void keepFetched()
  return { entry, facts, board: boardOfData(facts.recipe.data, facts.config) ?? null }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const session = new ThinkSession()

/** What the page Think holds: a model, a puzzle, a thought and how much of it is shown. It outlives a visit. */
import stored from 'virtual:first-thought'
import { type Board, boardOfData, type InnerThought, type Thought } from '@tiny-recursive-models/trm'
import type { Grid } from '@tiny-recursive-models/trm/puzzles/arc'
import { type Askable, arc as arcTasks, askable } from '../arc/arc.svelte.ts'
import { judgeArc } from '../arc/judge.ts'
import { type Judgement, judge, judgeThought, type Verdict } from '../grid/judge.ts'
import { firstModel } from '../lib/first-model.ts'
import type { ModelEntry } from '../lib/model-store.svelte.ts'
import { thinkingClient } from '../lib/models.ts'
import { keepForOffline } from '../lib/offline.ts'
import type { OpenModel } from '../lib/open-model.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import { isGiven } from '../puzzles/cells.ts'
import type { QuestionCheck } from '../puzzles/check.ts'
import { type Activity, idle } from './activity.ts'
import { type History, noHistory } from './history.ts'
import * as playback from './playback.ts'
import { openRecording, type RecordedModel } from './recording.ts'
import { survey } from './survey.svelte.ts'
import { ThinkMachine, type ThinkPorts } from './think-machine.ts'

/** More supervision steps than any model was trained with, but for those that end by standing still. */
export const stepLimit = 400

const recording = openRecording(stored)

class ThinkSession extends ThinkMachine {
  activity = $state.raw<Activity>(idle)
  model = $state.raw<OpenModel | null>(null)
  failure = $state<string | null>(null)
  arc = $state.raw<Askable | null>(null)
  arcOutput = $state.raw<Grid | null>(null)
  board = $state.raw<Board | null>(null)
  question = $state.raw<Int32Array>(new Int32Array())
  check = $state.raw<QuestionCheck | null>(null)
  isEditing = $state(false)
  history = $state.raw<History<Int32Array>>(noHistory)
  isDaring = $state(false)
  pins = $state.raw<ReadonlyMap<number, number>>(new Map())
  unpinned = $state.raw<Thought | null>(null)
  /** The cell that the reader points at or has gone to by keys. */
  askedCell = $state<number | null>(null)
  thoughts = $state.raw<readonly Thought[]>([])
  isRecorded = $state(false)
  playback = $state.raw(playback.atStart)
  maxSteps = $state(16)
  earlyHalting = $state(false)
  attempt = $state(0)
  isInside = $state(false)
  speed = $state(2)

  /** Of the model, which a recording tells before it is open. */
  readonly known = $derived<RecordedModel | null>(
    this.model?.facts ?? (this.isRecorded ? recording.model : null),
  )
  readonly judgements = $derived.by<readonly Judgement[]>(() => {
    const { board, question, check, arc, arcOutput } = this
    if (arc?.canThink) return this.thoughts.map(({ answer }) => judgeArc(answer, arc.side, arcOutput))
    if (!board || !check) return []
    return this.thoughts.map(({ answer }) => judge(board, question, answer, check.solution))
  })
  readonly verdict = $derived<Verdict>(judgeThought(this.thoughts, this.judgements))
  readonly thought = $derived<Thought | undefined>(this.thoughts[this.playback.position - 1])
  /** [S] the question with what the reader has fixed. */
  readonly askedQuestion = $derived.by<Int32Array>(() => {
    if (this.pins.size === 0) return this.question
    const asked = this.question.slice()
    for (const [cell, token] of this.pins) asked[cell] = token
    return asked
  })
  /** With what-if, what changed is what differs from the answer without. */
  readonly shownThought = $derived.by<Thought | undefined>(() => {
    const { thought, unpinned } = this
    if (!thought || !unpinned || this.pins.size === 0) return thought
    const cells = [...thought.answer.keys()].filter((cell) => !this.pins.has(cell))
    return { ...thought, changed: cells.filter((cell) => thought.answer[cell] !== unpinned.answer[cell]) }
  })
  readonly judgement = $derived<Judgement | undefined>(this.judgements[this.playback.position - 1])
  /** What the call of the net that is shown left within a step; null between steps. */
  readonly frame = $derived<InnerThought | null>(
    this.thoughts[this.playback.position]?.inside?.[this.playback.call - 1] ?? null,
  )
  /** The same as a thought, for what draws thoughts. */
  readonly frameThought = $derived.by<Thought | null>(() => {
    const { frame, playback, thoughts } = this
    const whole = thoughts[playback.position]
    return frame && whole ? { ...whole, ...frame } : null
  })
  readonly frameWrong = $derived.by<readonly number[]>(() => {
    const { frame, board, question, check, arc, arcOutput } = this
    if (!frame) return this.judgement?.wrong ?? []
    if (arc?.canThink) return judgeArc(frame.answer, arc.side, arcOutput).wrong
    if (!board || !check) return []
    const { wrong } = judge(board, question, frame.answer, check.solution)
    // Scratch paper repeats what is given or not, as it likes.
    return frame.isAnswer ? wrong : wrong.filter((cell) => !isGiven(board, question[cell]!))
  })

  /** Of cells that have changed those in which a reader sees it: a given is shown whatever the model says of it. */
  seenOf(cells: readonly number[]): readonly number[] {
    const { board, question, arc } = this
    return board && !arc ? cells.filter((cell) => !isGiven(board, question[cell]!)) : cells
  }
}

async function openModel(entry: ModelEntry): Promise<OpenModel> {
  const [client, bytes] = await Promise.all([thinkingClient(), entry.load()])
  const facts = await client.open(bytes, entry.file)
  return { entry, facts, board: boardOfData(facts.recipe.data, facts.config) ?? null }
}

async function* think(...question: Parameters<ThinkPorts['think']>): AsyncGenerator<Thought, void> {
  yield* (await thinkingClient()).think(...question)
  void keepForOffline()
}

export const session = new ThinkSession({
  openModel,
  think,
  askPuzzles,
  arcQuestion: () => arcTasks.question,
  askable,
  wishedPuzzle: survey.take,
  recording: ({ id }) => (id === firstModel ? recording : null),
})

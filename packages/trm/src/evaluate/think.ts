// Letters: S cells, V symbols.
import { type Executor, type HostTensor, InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { callsOfStep, type NetCall } from '../models/calls.ts'
import { answerState, fieldCount, type ModelConfig, prefixLength, stateNames } from '../models/config.ts'
import type { CellLoss } from '../programs/losses.ts'
import { restartNoise } from './effort.ts'
import { likeliest } from './evaluate.ts'
import { probabilitiesOf } from './probabilities.ts'
import { endsByStandingStill, StandStill } from './stands-still.ts'
import { Thinker, type TrainedModel } from './thinker.ts'

/** What the model holds after one supervision step. */
export interface Thought {
  readonly step: number
  /** [S] the likeliest symbol of every cell */
  readonly answer: Int32Array
  /** [S] the probability of that symbol */
  readonly confidence: Float32Array
  /** [S, V] probabilities of all symbols, by the function that the model was trained with */
  readonly probabilities: Float32Array
  /** Cells whose symbol differs from the previous step. */
  readonly changed: readonly number[]
  /** The predicted probability that the answer is correct. */
  readonly haltProbability: number
  /** ‖new − old‖ / ‖new‖ of the state that the answer is read from; 1 in the first step. */
  readonly answerChange: number
  /** The same of the first latent, or of the one state where there is no other. */
  readonly latentChange: number
  /** [S, D] what each state holds for every cell, by its name; only with `withStates`. */
  readonly states?: Readonly<Record<string, Float32Array>>
  /** What every call of a net left on the way, the last of which is this thought's answer; only with `inside`. */
  readonly inside?: readonly InnerThought[]
}

/**
 * What a state holds after one call of a net, as the answer head reads it. Latents are never trained to be read; that
 * they can be is a finding. Their halting score says nothing, and is left out.
 */
export interface InnerThought extends NetCall {
  /** [S] the likeliest symbol of every cell */
  readonly answer: Int32Array
  /** [S] the probability of that symbol */
  readonly confidence: Float32Array
  /** [S, V] probabilities of all symbols */
  readonly probabilities: Float32Array
  /** Cells whose symbol differs from the call before. */
  readonly changed: readonly number[]
}

/** Settings of `think`; all may be left out. */
export interface ThinkOptions {
  /** By default as many steps as in training. */
  readonly maxSteps?: number
  /** Row of the puzzle embedding table. */
  readonly identifier?: number
  /** Which of several attempts this is, from 0: each starts with other noise. */
  readonly attempt?: number
  /**
   * `early`: stop as soon as the model predicts that its answer is correct; the default for models that stop when their
   * answer is stable.
   */
  readonly halting?: 'full' | 'early'
  /** Include the states, for inspection; see `projectStates`. */
  readonly withStates?: boolean
  /**
   * Look inside the steps: also read what every call of a net leaves. That is another program, built when it is first
   * asked for; what a step gives is the same, bit for bit.
   */
  readonly inside?: boolean
}

/**
 * Thinks about one puzzle, a thought for every supervision step.
 * @throws InputError if the question has another size or other symbols than the model
 */
export async function* think(
  executor: Executor,
  model: TrainedModel,
  tokens: Int32Array,
  options: ThinkOptions = {},
): AsyncGenerator<Thought, void> {
  checkQuestion(model.config, tokens)
  const thinker = await Thinker.create(executor, model, 1)
  try {
    yield* thinkWith(thinker, tokens, { ...options, ...(model.cellLoss && { cellLoss: model.cellLoss }) })
  } finally {
    await thinker.close()
  }
}

/**
 * The same by a thinker of one slot, which can go on to other puzzles afterwards: its program is built once.
 *
 * @param options.cellLoss the loss that the model was trained with; by default stablemax
 */
export async function* thinkWith(
  thinker: Thinker,
  tokens: Int32Array,
  options: ThinkOptions & { readonly cellLoss?: CellLoss } = {},
): AsyncGenerator<Thought, void> {
  const { config } = thinker
  const [latentName, answerName] = [stateNames(config)[0]!, answerState(config)]
  const {
    maxSteps = config.supervisionSteps,
    identifier = 0,
    attempt = 0,
    halting = endsByStandingStill(config) ? 'early' : 'full',
    withStates = false,
    inside = false,
    cellLoss = 'stablemax',
  } = options
  checkQuestion(config, tokens)
  const standing = new StandStill()
  let before: { answer: Int32Array; states: Awaited<ReturnType<Thinker['readStates']>> } | undefined
  // A model that is shown noise sees other noise in another attempt; others begin from states with noise.
  const isMoved = attempt > 0 && config.answerInput !== 'noisy'
  if (isMoved) await thinker.beginNoisy(0, restartNoise, new RandomStream(attempt, 'think'))
  for (let step = 1; step <= maxSteps; step++) {
    const reset = Float32Array.of(step === 1 && !isMoved ? 1 : 0)
    const { logits, haltLogits, wantsToHalt, ...read } = await thinker.step(
      tokens,
      Int32Array.of(identifier),
      reset,
      [attempt],
      inside,
    )
    const states = await thinker.readStates()
    const thought = readLogits(logits, config.symbols, cellLoss)
    yield {
      step,
      ...thought,
      changed: changedCells(before?.answer, thought.answer),
      haltProbability: 1 / (1 + Math.exp(-haltLogits[0]!)),
      answerChange: before ? relativeChange(before.states[answerName]!, states[answerName]!) : 1,
      latentChange: before ? relativeChange(before.states[latentName]!, states[latentName]!) : 1,
      ...(withStates && { states: cellStates(states, config) }),
      ...(read.inside && { inside: readInside(read.inside, config, cellLoss, before?.answer) }),
    }
    const believes = endsByStandingStill(config) ? standing.note(thought.answer) : wantsToHalt[0]! > 0
    if (halting === 'early' && believes) return
    before = { answer: thought.answer, states }
  }
}

/** @param logits [F, S, V] after each of the F calls of a net */
function readInside(
  logits: Float32Array,
  config: ModelConfig,
  cellLoss: CellLoss,
  before: Int32Array | undefined,
): InnerThought[] {
  const size = config.cells * config.symbols
  let last = before
  return callsOfStep(config).map((call, index) => {
    const read = readLogits(logits.subarray(index * size, (index + 1) * size), config.symbols, cellLoss)
    const changed = changedCells(last, read.answer)
    last = read.answer
    return { ...call, ...read, changed }
  })
}

const changedCells = (before: Int32Array | undefined, now: Int32Array): number[] =>
  [...now.keys()].filter((cell) => now[cell] !== before?.[cell])

/** @throws InputError if the question has another size or other symbols than the model */
export function checkQuestion({ cells, symbols }: ModelConfig, tokens: Int32Array): void {
  if (tokens.length === cells && tokens.every((token) => token >= 0 && token < symbols)) return
  throw new InputError({
    who: 'think',
    expected: `${cells} tokens from 0 to ${symbols - 1}`,
    got: `${tokens.length} tokens`,
    hint: 'Use a puzzle of the size that the model was trained on.',
  })
}

/** What logits [S, V] say of every cell: the answer is that of an evaluation, also where probabilities round alike. */
export function readLogits(logits: Float32Array, symbols: number, cellLoss: CellLoss) {
  const answer = likeliest(logits, symbols)
  const confidence = new Float32Array(answer.length)
  const probabilities = new Float32Array(logits.length)
  answer.forEach((best, cell) => {
    const ofCell = probabilitiesOf(logits.subarray(cell * symbols, (cell + 1) * symbols), cellLoss)
    probabilities.set(ofCell, cell * symbols)
    confidence[cell] = ofCell[best]!
  })
  return { answer, confidence, probabilities }
}

/** States [L, 1, D] as one vector a cell, [S, D]: without the tokens in front, and the mean where a cell has a node a symbol. */
function cellStates(states: Readonly<Record<string, HostTensor>>, config: ModelConfig) {
  const start = prefixLength(config) * config.width
  const fields = fieldCount(config)
  const entries = Object.entries(states).map(([name, { data }]) => [
    name,
    meanOfFields(Float32Array.from(data).slice(start), fields, config.width),
  ])
  return Object.fromEntries(entries) as Record<string, Float32Array>
}

/** [S·F, D] → [S, D] */
function meanOfFields(nodes: Float32Array, fields: number, width: number): Float32Array {
  if (fields === 1) return nodes
  const cells = new Float32Array(nodes.length / fields)
  nodes.forEach((value, at) => {
    const [node, feature] = [Math.floor(at / width), at % width]
    cells[Math.floor(node / fields) * width + feature]! += value / fields
  })
  return cells
}

function relativeChange({ data: before }: HostTensor, { data: now }: HostTensor): number {
  let [difference, norm] = [0, 0]
  for (let index = 0; index < now.length; index++) {
    difference += (now[index]! - before[index]!) ** 2
    norm += now[index]! ** 2
  }
  return Math.sqrt(difference / Math.max(norm, 1e-30))
}

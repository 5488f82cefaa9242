import { InputError } from '@tiny-recursive-models/tensor'
import type { Precision } from './precision.ts'
import type { PuzzleStructure } from './structure.ts'

/**
 * What a model keeps from one supervision step to the next, and how it updates it: an answer and a latent; one state
 * that is both; an answer and six latents; an answer alone; or a latent beside a noisy answer that comes from outside.
 * `recursion.ts` has one function for each.
 */
export type ModelKind = 'trm' | 'single-state' | 'multi-scale' | 'direct' | 'denoiser'

/** Mixers that go by what the puzzle family says: which cells see each other, which symbols may be exchanged. */
export type StructuredMixer = 'groups' | 'fields' | 'neighbours'

/**
 * The architecture of a tiny recursive model: a recipe's `model` part plus what its data says. Paper and
 * official names of each are in docs/glossary.md.
 */
export interface ModelConfig {
  readonly kind: ModelKind
  /** `separate`: one net for the answer and another for the latents, as in HRM. */
  readonly nets: 'shared' | 'separate'
  /** `one-step`: through the last update of a latent and of the answer only, as in HRM. */
  readonly gradient: 'recursion' | 'one-step'
  /**
   * Learn when to continue, as in HRM: a second loss whose target is the model's own prediction one supervision step
   * later, at the cost of a second forward pass. A puzzle then halts when halting scores above continuing.
   */
  readonly continueLoss: boolean
  /** D, the length of a token's vector. */
  readonly width: number
  /** Attention heads; only the attention mixer uses them. */
  readonly heads: number
  /** Hidden width of a SwiGLU, as a multiple of its input before rounding (see swigluWidth). */
  readonly expansion: number
  /** Blocks of a net. */
  readonly blocks: number
  readonly mixer: 'mlp' | 'attention' | StructuredMixer
  /** Of structured mixers: a block is rms(h + f(h)) as published, or h + f(rms(h)). */
  readonly norm?: 'after' | 'before' | undefined
  /** Of structured mixers: hidden width of the net of every node. */
  readonly hiddenWidth?: number | undefined
  /** Of structured mixers: hidden width of the net of every group, or of a cell with its neighbours. */
  readonly groupWidth?: number | undefined
  /** `noisy`: every supervision step is also shown the answer partway between noise and truth; see recipe.noise. */
  readonly answerInput?: 'none' | 'noisy' | undefined
  readonly positions: 'rotary' | 'learned' | 'none'
  /** P, tokens in front of the cells that carry the puzzle embedding; see prefixLength. */
  readonly prefixTokens: number
  /** Length of a puzzle's embedding; 0 = no puzzle embedding. */
  readonly puzzleEmbeddingWidth: number
  /** Recursions per supervision step (paper T); gradient flows through the last one at most. */
  readonly recursions: number
  /** Latent updates per recursion (paper n). */
  readonly latentUpdates: number
  /** Supervision steps that a puzzle stays in training (paper N_sup). */
  readonly supervisionSteps: number
  /** Probability that a slot explores: it must not halt before a randomly drawn number of steps. */
  readonly exploration: number
  /** By default float32. */
  readonly precision?: Precision | undefined
  /** S, cells of a puzzle. */
  readonly cells: number
  /** V, symbols that a cell can hold, padding included. */
  readonly symbols: number
  /** Rows of the puzzle embedding table. */
  readonly identifiers: number
  /** Of puzzles whose family tells it; structured mixers and noisy answers need it. */
  readonly structure?: PuzzleStructure
}

/** The architecture from a recipe's settings and what comes from its data; of these, the structure only if it is used. */
export function modelConfig(
  settings: Omit<ModelConfig, 'cells' | 'symbols' | 'identifiers' | 'structure'>,
  data: Pick<ModelConfig, 'cells' | 'symbols' | 'identifiers'>,
  structure?: PuzzleStructure,
): ModelConfig {
  const { cells, symbols, identifiers } = data
  const used = structure && (isStructured(settings) || settings.answerInput === 'noisy')
  return Object.freeze({ ...settings, cells, symbols, identifiers, ...(used && { structure }) })
}

export const isStructured = ({ mixer }: Pick<ModelConfig, 'mixer'>): boolean =>
  mixer === 'groups' || mixer === 'fields' || mixer === 'neighbours'

/** The structure of the puzzles; throws where a model needs it and the family tells none. */
export function structureOfModel({
  structure,
  mixer,
}: Pick<ModelConfig, 'structure' | 'mixer'>): PuzzleStructure {
  if (structure) return structure
  throw new InputError({
    who: `model.mixer '${mixer}'`,
    expected: 'puzzles whose family defines which cells see each other',
    got: 'puzzles of which only the sizes are known',
    hint: "Use the mixer 'attention' or 'mlp' without noisy answers, or data of such a family.",
  })
}

/** F: nodes that stand for a cell, one for every symbol that may be exchanged, or the cell alone. */
export const fieldCount = (config: Pick<ModelConfig, 'structure' | 'mixer'>): number =>
  config.mixer === 'fields' ? structureOfModel(config).exchangeable.length : 1

/** P: as configured, or as many tokens as the puzzle embedding fills (official `puzzle_emb_len` 0). */
export function prefixLength({
  prefixTokens,
  puzzleEmbeddingWidth,
  width,
}: Pick<ModelConfig, 'prefixTokens' | 'puzzleEmbeddingWidth' | 'width'>): number {
  if (puzzleEmbeddingWidth === 0) return 0
  return prefixTokens === 0 ? Math.ceil(puzzleEmbeddingWidth / width) : prefixTokens
}

/** L = P + S·F, the sequence the net works on. */
export function sequenceLength(config: ModelConfig): number {
  return prefixLength(config) + config.cells * fieldCount(config)
}

/** Hidden width of a SwiGLU on an axis of this length: expansion · length · ⅔, rounded up to a multiple of 256. */
export function swigluWidth(length: number, expansion: number): number {
  return 256 * Math.ceil(Math.round((expansion * length * 2) / 3) / 256)
}

/** Latents of a multi-scale model (paper section 4.2; official trm_hier6). */
const latentsOfScales = ['latent1', 'latent2', 'latent3', 'latent4', 'latent5', 'latent6'] as const

export const multiScaleLatents = latentsOfScales.length

/** The states of each kind, in the order of their updates; official names are in checkpoint/official-names.ts. */
const statesOfKind = {
  trm: ['latent', 'answer'],
  'single-state': ['latent'],
  'multi-scale': [...latentsOfScales, 'answer'],
  direct: ['answer'],
  denoiser: ['latent'],
} as const satisfies Readonly<Record<ModelKind, readonly string[]>>

/** The names of the states of a kind of model. */
export type StateName<Kind extends ModelKind> = (typeof statesOfKind)[Kind][number]

/** The states of a model, the answer first. */
export const stateNames = ({ kind }: Pick<ModelConfig, 'kind'>): readonly string[] => statesOfKind[kind]

/** The state that the heads read: the last one to be renewed. */
export const answerState = (config: Pick<ModelConfig, 'kind'>): 'answer' | 'latent' =>
  stateNames(config).includes('answer') ? 'answer' : 'latent'

/** Whether halting is decided by comparing both halting scores instead of by the sign of the first. */
export function comparesScores({ kind, continueLoss }: Pick<ModelConfig, 'kind' | 'continueLoss'>): boolean {
  return continueLoss || kind === 'direct' // the published baseline compares, though it never trains the second
}

/** Supervision steps computed per optimiser step: the target of a continue loss takes one more. */
export const forwardPasses = ({ continueLoss }: Pick<ModelConfig, 'continueLoss'>): number =>
  continueLoss ? 2 : 1

/** Calls of a net per optimiser step, forward only. */
export function netCalls(
  config: Pick<ModelConfig, 'kind' | 'recursions' | 'latentUpdates' | 'continueLoss'>,
): number {
  const { kind, recursions, latentUpdates } = config
  return (
    forwardPasses(config) *
    (kind === 'direct' ? 1 : recursions * (kind === 'denoiser' ? latentUpdates : latentUpdates + 1))
  )
}

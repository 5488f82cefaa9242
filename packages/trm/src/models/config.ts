/**
 * The architecture of a tiny recursive model: a recipe's `model` part plus what its data says. Paper and
 * official names of each are in docs/glossary.md.
 */
export interface ModelConfig {
  readonly kind: 'trm'
  /** D, the length of a token's vector. */
  readonly width: number
  /** Attention heads; only the attention mixer uses them. */
  readonly heads: number
  /** Hidden width of a SwiGLU, as a multiple of its input before rounding (see swigluWidth). */
  readonly expansion: number
  /** Blocks of the one net. */
  readonly blocks: number
  readonly mixer: 'mlp' | 'attention'
  readonly positions: 'rotary' | 'learned' | 'none'
  /** P, tokens in front of the cells that hold the puzzle embedding; see prefixLength. */
  readonly prefixTokens: number
  /** Length of a puzzle's embedding; 0 = no puzzle embedding. */
  readonly puzzleEmbeddingWidth: number
  /** Recursions per supervision step (paper T); gradient flows through the last one. */
  readonly cycles: number
  /** Latent updates per recursion (paper n). */
  readonly recursions: number
  /** Supervision steps that a puzzle stays in training (paper N_sup). */
  readonly supervisionSteps: number
  /** Probability that a slot explores: it may not halt before a drawn number of steps. */
  readonly exploration: number
  /** S, cells of a puzzle. */
  readonly cells: number
  /** V, symbols that a cell can hold, padding included. */
  readonly symbols: number
  /** Rows of the puzzle embedding table. */
  readonly identifiers: number
}

/** The architecture from a recipe's settings and the sizes that come from its data. */
export function modelConfig(
  settings: Omit<ModelConfig, 'cells' | 'symbols' | 'identifiers'>,
  data: Pick<ModelConfig, 'cells' | 'symbols' | 'identifiers'>,
): ModelConfig {
  const { cells, symbols, identifiers } = data
  return Object.freeze({ ...settings, cells, symbols, identifiers })
}

/** P: as configured, or as many tokens as the puzzle embedding fills (official `puzzle_emb_len` 0). */
export function prefixLength({
  prefixTokens,
  puzzleEmbeddingWidth,
  width,
}: Pick<ModelConfig, 'prefixTokens' | 'puzzleEmbeddingWidth' | 'width'>): number {
  if (puzzleEmbeddingWidth === 0) return 0
  return prefixTokens === 0 ? Math.ceil(puzzleEmbeddingWidth / width) : prefixTokens
}

/** L = P + S, the sequence the net works on. */
export function sequenceLength(config: ModelConfig): number {
  return prefixLength(config) + config.cells
}

/** Hidden width of a SwiGLU on an axis of this length: expansion · length · ⅔, rounded up to a multiple of 256. */
export function swigluWidth(length: number, expansion: number): number {
  return 256 * Math.ceil(Math.round((expansion * length * 2) / 3) / 256)
}

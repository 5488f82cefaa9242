/** The settings of an imported model that its tensors do not tell: from its own file, or as published. */
import type { ModelConfig } from '../../models/config.ts'
import { families } from '../../puzzles/index.ts'
import { type OptimizerRecipe, optimizerFields } from '../../settings/optimizer.ts'
import { published } from '../../settings/published.ts'
import { type TrainingRecipe, trainingFields } from '../../settings/training.ts'
import type { Architecture } from './architecture.ts'
import type { OfficialConfig } from './official-config.ts'

/** Settings by their keys in a recipe's `model`; those of a file, or the published ones. */
export type ModelSettings = Pick<
  ModelConfig,
  | 'heads'
  | 'positions'
  | 'prefixTokens'
  | 'recursions'
  | 'latentUpdates'
  | 'supervisionSteps'
  | 'exploration'
  | 'precision'
>

/** HRM and direct prediction know no `puzzle_emb_len`: their prefix is as long as the puzzle embedding fills. */
const hasOwnPrefix = ({ kind, nets }: Architecture): boolean => kind !== 'direct' && nets === 'shared'

/** What the settings beside a checkpoint say about a model of this architecture. */
export function settingsOf({ arch }: OfficialConfig, architecture: Architecture): Partial<ModelSettings> {
  const positions = { rope: 'rotary', learned: 'learned' } as const
  const named = arch.pos_encodings
  return withoutUndefined({
    heads: arch.num_heads,
    positions:
      named === undefined
        ? undefined
        : named in positions
          ? positions[named as keyof typeof positions]
          : 'none',
    prefixTokens: hasOwnPrefix(architecture) ? arch.puzzle_emb_len : undefined,
    // Direct prediction reads neither.
    recursions: architecture.kind === 'direct' ? undefined : arch.H_cycles,
    latentUpdates: architecture.kind === 'direct' ? undefined : arch.L_cycles,
    supervisionSteps: arch.halt_max_steps,
    exploration: arch.halt_exploration_prob,
    precision: precisionOf(arch.forward_dtype),
  })
}

/** Types that are neither (float16) are computed in float32, which loses nothing. */
const precisionOf = (dtype: string | undefined): ModelSettings['precision'] =>
  dtype === undefined ? undefined : dtype === 'bfloat16' ? 'bfloat16' : 'float32'

/**
 * As published. Sources: config/arch/*.yaml and the README's commands of the TRM code (4 latent updates for mazes and
 * ARC), config/arch/hrm_v1.yaml of the HRM code.
 */
export function publishedSettings(
  architecture: Architecture,
  puzzles: { readonly kind: string | null; readonly cells: number },
): ModelSettings {
  const { kind, nets, mixer, width, tokens, puzzleEmbeddingWidth, hasLearnedPositions } = architecture
  const isRecursive = kind !== 'direct'
  const prefix = puzzleEmbeddingWidth > 0 && hasOwnPrefix(architecture) ? 16 : 0
  const positions = hasLearnedPositions ? 'learned' : mixer === 'attention' ? 'rotary' : 'none'
  // Rotary positions need an even head size.
  const isPossible = (heads: number): boolean =>
    width % heads === 0 && (positions !== 'rotary' || (width / heads) % 2 === 0)
  return {
    // Smaller numbers where 8, the published one, does not divide the width.
    heads: [8, 4, 2].find(isPossible) ?? 1,
    positions,
    prefixTokens: tokens === null ? prefix : tokens - puzzles.cells,
    recursions: !isRecursive ? 1 : nets === 'separate' ? 2 : 3,
    latentUpdates: !isRecursive ? 1 : nets === 'separate' ? 2 : latentUpdatesOf(puzzles.kind),
    supervisionSteps: 16,
    exploration: 0.1,
    precision: 'float32',
  }
}

/** n of the published models of a family; of most, where it is not known. */
const latentUpdatesOf = (family: string | null): number =>
  families.find(({ name }) => name === family)?.published?.latentUpdates ?? 4

/** The published settings that nothing confirms, for the user to see: key and value. */
export function assumedSettings(
  settings: ModelSettings,
  confirmed: ReadonlySet<string>,
  architecture: Architecture,
): Partial<ModelSettings> {
  const { mixer, kind, tokens, hasLearnedPositions, puzzleEmbeddingWidth } = architecture
  const isCertain: Readonly<Record<keyof ModelSettings, boolean>> = {
    heads: mixer === 'mlp',
    positions: mixer === 'mlp' || hasLearnedPositions,
    prefixTokens: tokens !== null || puzzleEmbeddingWidth === 0 || !hasOwnPrefix(architecture),
    recursions: kind === 'direct',
    latentUpdates: kind === 'direct',
    supervisionSteps: false,
    // Of no concern to a model that is not trained.
    exploration: true,
    // More exact than published, and as fast or faster on most processors.
    precision: true,
  }
  const entries = Object.entries(settings).filter(
    ([key]) => !confirmed.has(key) && !isCertain[key as keyof ModelSettings],
  )
  return Object.fromEntries(entries) as Partial<ModelSettings>
}

/** How the model was trained, as far as its settings say; a recipe must say something. */
export function trainingSettings(
  config: OfficialConfig | null,
  step: number,
): { readonly optimizer: OptimizerRecipe; readonly training: TrainingRecipe } {
  const optimizerAsPublished = optimizerFields.parse(published.optimizer)
  const trainingAsPublished = trainingFields.parse(published.training)
  if (config === null) {
    return { optimizer: optimizerAsPublished, training: trainingUntil(trainingAsPublished, step, 0) }
  }
  const loss = config.arch.loss?.loss_type
  const optimizer: OptimizerRecipe = {
    ...optimizerAsPublished,
    ...withoutUndefined({
      learningRate: config.lr,
      weightDecay: config.weight_decay,
      beta1: config.beta1,
      beta2: config.beta2,
      puzzleLearningRate: config.puzzle_emb_lr,
      puzzleWeightDecay: config.puzzle_emb_weight_decay,
      warmupSteps: config.lr_warmup_steps,
      minRatio: config.lr_min_ratio,
      emaDecay: config.ema_rate,
      loss:
        loss === undefined
          ? undefined
          : loss.startsWith('softmax')
            ? ('softmax' as const)
            : ('stablemax' as const),
    }),
  }
  const training = trainingUntil(trainingAsPublished, step, optimizer.warmupSteps)
  return { optimizer, training: { ...training, ...withoutUndefined({ batch: config.global_batch_size }) } }
}

const trainingUntil = (training: TrainingRecipe, step: number, warmupSteps: number): TrainingRecipe => ({
  ...training,
  steps: Math.max(training.steps, step, warmupSteps),
})

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> }

function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(entries) as Defined<Value>
}

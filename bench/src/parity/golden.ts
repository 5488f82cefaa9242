import { floatTensor, type HostTensor, InputError } from '@tiny-recursive-models/tensor'
import type { ModelConfig } from '@tiny-recursive-models/trm'
import { decodeSafetensors, fromOfficialName, type StoredTensor } from '@tiny-recursive-models/trm/checkpoint'

/** Settings beside a set of golden values, under the official names. */
export interface GoldenSettings {
  readonly name: string
  readonly arch: string
  readonly model: {
    readonly batch_size: number
    readonly seq_len: number
    readonly vocab_size: number
    readonly puzzle_emb_ndim: number
    readonly num_puzzle_identifiers: number
    readonly H_cycles: number
    readonly L_cycles: number
    readonly H_layers: number
    readonly L_layers: number
    readonly hidden_size: number
    readonly expansion: number
    readonly num_heads: number
    readonly pos_encodings: 'rope' | 'learned' | 'none'
    readonly halt_max_steps: number
    readonly mlp_t: boolean
    readonly puzzle_emb_len: number
  }
  readonly train: {
    readonly loss: string
    readonly lr: number
    readonly puzzle_emb_lr: number
    readonly weight_decay: number
    readonly puzzle_emb_weight_decay: number
    readonly beta1: number
    readonly beta2: number
    readonly ema_rate: number
    readonly lr_warmup_steps: number
    readonly lr_min_ratio: number
    readonly total_steps: number
  }
  readonly steps: readonly {
    readonly step: number
    readonly lr: number
    readonly loss: number
    readonly metrics: Readonly<Record<string, number>>
  }[]
  readonly eval_steps: number
}

type Architecture = Pick<
  ModelConfig,
  'kind' | 'nets' | 'gradient' | 'continueLoss' | 'blocks' | 'prefixTokens' | 'recursions' | 'latentUpdates'
>

const recursive =
  (kind: ModelConfig['kind']) =>
  ({ L_layers, H_cycles, L_cycles, puzzle_emb_len }: GoldenSettings['model']): Architecture => ({
    kind,
    nets: 'shared',
    gradient: 'recursion',
    continueLoss: false,
    blocks: L_layers,
    prefixTokens: puzzle_emb_len,
    recursions: H_cycles,
    latentUpdates: L_cycles,
  })

/** The published architectures by the names of their files. */
const architectures: Readonly<Record<string, (model: GoldenSettings['model']) => Architecture>> = {
  trm: recursive('trm'),
  trm_singlez: recursive('single-state'),
  trm_hier6: recursive('multi-scale'),
  // These two take no notice of puzzle_emb_len: the prefix is as long as the embedding fills.
  hrm: (model) => ({
    ...recursive('trm')(model),
    nets: 'separate',
    gradient: 'one-step',
    continueLoss: true,
    prefixTokens: 0,
  }),
  direct: (model) => ({
    ...recursive('direct')(model),
    blocks: model.H_layers,
    prefixTokens: 0,
    recursions: 1,
    latentUpdates: 1,
  }),
}

/** One recorded run of the official code (made as reference section 8 says). */
export interface Golden {
  readonly settings: GoldenSettings
  readonly config: ModelConfig
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** From the texts of its two files. */
export function parseGolden(json: string, safetensors: Uint8Array, name: string): Golden {
  const settings = JSON.parse(json) as GoldenSettings
  const { tensors } = decodeSafetensors(safetensors, `${name}.safetensors`)
  const { model } = settings
  const positions = { rope: 'rotary', learned: 'learned', none: 'none' } as const
  const config: ModelConfig = {
    ...architectures[settings.arch]!(model),
    width: model.hidden_size,
    heads: model.num_heads,
    expansion: model.expansion,
    mixer: model.mlp_t ? 'mlp' : 'attention',
    positions: positions[model.pos_encodings],
    puzzleEmbeddingWidth: model.puzzle_emb_ndim,
    supervisionSteps: model.halt_max_steps,
    exploration: 0,
    precision: 'float32',
    cells: model.seq_len,
    symbols: model.vocab_size,
    identifiers: model.num_puzzle_identifiers,
  }
  return { settings, config, tensors }
}

/** A tensor by its name in the file. */
export function tensorOf(golden: Golden, name: string): StoredTensor {
  const tensor = golden.tensors.get(name)
  if (tensor) return tensor
  throw new InputError({
    who: `golden ${golden.settings.name}`,
    expected: `a tensor ${name}`,
    got: 'none of that name',
    hint: 'The folder must hold values recorded as the reference describes.',
  })
}

/** All float tensors under a prefix (`init`, `grad1`, …), by our weight names. */
export function weightsUnder(golden: Golden, prefix: string): Map<string, HostTensor> {
  const found = new Map<string, HostTensor>()
  for (const [name, { shape, data }] of golden.tensors) {
    if (name.startsWith(`${prefix}.inner.`))
      found.set(fromOfficialName(name.slice(prefix.length + 1)), floatTensor(shape, data as Float32Array))
  }
  return found
}

/**
 * The weight map: our names and those of the published TRM code (`state_dict` of
 * TinyRecursiveReasoningModel_ACTV1_Inner). Shapes are the same on both sides. V symbols, D width, L tokens,
 * I hidden size of a SwiGLU.
 */
import { InputError } from '@tiny-recursive-models/tensor'

/** The prefix of every name in a checkpoint written by the published code (compiled model, loss head). */
export const officialPrefix = '_orig_mod.model.inner.'

/** Longest first, so that the first match is the whole prefix. */
const knownPrefixes = [officialPrefix, 'model.inner.', 'inner.']

/** Ours → official, for the weights outside the blocks. */
const single = {
  tokens: 'embed_tokens.embedding_weight', // [V, D]
  positions: 'embed_pos.embedding_weight', // [L, D]
  answerStart: 'H_init', // [D], not trained
  latentStart: 'L_init', // [D], not trained
  // Multi-scale: one for each latent.
  latent1Start: 'L1_init',
  latent2Start: 'L2_init',
  latent3Start: 'L3_init',
  latent4Start: 'L4_init',
  latent5Start: 'L5_init',
  latent6Start: 'L6_init',
  answerHead: 'lm_head.weight', // [V, D]
  'haltHead.weight': 'q_head.weight', // [2, D]: halt, continue
  'haltHead.bias': 'q_head.bias', // [2]
  puzzleTable: 'puzzle_emb.weights', // [identifiers, puzzleEmbeddingWidth]
} as const

/** Ours → official: the net of the latents (in TRM of everything), and the answer's own in HRM and direct prediction. */
const nets = { blocks: 'L_level', answerBlocks: 'H_level' } as const

/** Ours → official, behind `blocks.{i}.` and `L_level.layers.{i}.`. */
const inBlock = {
  'mixer.gateUp': 'mlp_t.gate_up_proj.weight', // [2I, L]
  'mixer.down': 'mlp_t.down_proj.weight', // [L, I]
  'mixer.queryKeyValue': 'self_attn.qkv_proj.weight', // [3D, D]
  'mixer.output': 'self_attn.o_proj.weight', // [D, D]
  'feedForward.gateUp': 'mlp.gate_up_proj.weight', // [2I, D]
  'feedForward.down': 'mlp.down_proj.weight', // [D, I]
} as const

const officialSingle = new Map<string, string>(Object.entries(single))
const officialInBlock = new Map<string, string>(Object.entries(inBlock))
const ourSingle = reversed(officialSingle)
const ourInBlock = reversed(officialInBlock)
const officialNet = new Map<string, string>(Object.entries(nets))
const ourNet = reversed(officialNet)

/** `blocks.0.mixer.gateUp` → `L_level.layers.0.mlp_t.gate_up_proj.weight`; no prefix, see `officialPrefix`. */
export function toOfficialName(name: string): string {
  const block = /^(blocks|answerBlocks)\.(\d{1,4})\.(.+)$/.exec(name)
  const official =
    block === null
      ? officialSingle.get(name)
      : prefixed(`${officialNet.get(block[1]!)}.layers.${block[2]}.`, officialInBlock.get(block[3]!))
  if (official !== undefined) return official
  throw new InputError({
    who: 'toOfficialName',
    expected: 'the name of a TRM weight',
    got: JSON.stringify(name.slice(0, 200)),
    hint: `Known names: ${[...officialSingle.keys()].join(', ')} and blocks.{i}. with ${[...officialInBlock.keys()].join(', ')}.`,
  })
}

/** The inverse; accepts the prefixes of published checkpoints. */
export function fromOfficialName(official: string): string {
  const prefix = knownPrefixes.find((candidate) => official.startsWith(candidate)) ?? ''
  const name = official.slice(prefix.length)
  const layer = /^([HL]_level)\.layers\.(\d{1,4})\.(.+)$/.exec(name)
  const ours =
    layer === null
      ? ourSingle.get(name)
      : prefixed(`${ourNet.get(layer[1]!)}.${layer[2]}.`, ourInBlock.get(layer[3]!))
  if (ours !== undefined) return ours
  throw new InputError({
    who: 'fromOfficialName',
    expected: 'the name of a weight of the published TRM model',
    got: JSON.stringify(official.slice(0, 200)),
    hint: 'The file is a checkpoint of a different model.',
  })
}

const prefixed = (prefix: string, name: string | undefined): string | undefined =>
  name === undefined ? undefined : prefix + name

function reversed(names: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...names].map(([ours, official]) => [official, ours]))
}

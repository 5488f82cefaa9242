/** The fields of a recipe's `model`, each with what it is and what it is called elsewhere. */
import { z } from 'zod'
import { flag, numberBetween, oneOf, section, wholeNumber } from '../data/fields.ts'
import type { Frozen } from './frozen.ts'

export const modelFields = z.strictObject(
  {
    kind: oneOf('trm', 'single-state', 'multi-scale', 'direct', 'denoiser').default('trm').meta({
      official: '`arch`',
      description:
        'what is kept between supervision steps: `trm` answer and latent, `single-state` one state (official `trm_singlez`), `multi-scale` answer and six latents (`trm_hier6`), `direct` the answer (`transformers_baseline`), `denoiser` a latent beside a noisy answer from outside',
    }),
    nets: oneOf('shared', 'separate').default('shared').meta({
      official: '`H_layers` > 0',
      description: '`shared`, or `separate`: a second net for the answer (HRM)',
    }),
    gradient: oneOf('recursion', 'one-step').default('recursion').meta({
      description: '`recursion`: through the last recursion; `one-step`: its last two updates (HRM)',
    }),
    continueLoss: flag().default(false).meta({
      official: '`no_ACT_continue: False`',
      description: 'a second halting score and loss, and a second forward pass (HRM)',
    }),
    width: wholeNumber(1, 16_384).meta({
      paper: 'D',
      official: '`hidden_size`',
      description: "length of a token's vector",
    }),
    heads: wholeNumber(1, 1_024).meta({
      official: '`num_heads`',
      description: 'attention heads; must divide the width, even if the mixer is `mlp`',
    }),
    expansion: numberBetween(0.01, 64).meta({
      official: '`expansion`',
      description: 'hidden width of a SwiGLU on d channels: 256 · ceil(round(expansion · d · 2/3) / 256)',
    }),
    blocks: wholeNumber(1, 64).meta({
      paper: 'layers',
      official: '`L_layers`, `H_layers`',
      description: 'blocks of each net',
    }),
    mixer: oneOf('mlp', 'attention', 'groups', 'fields', 'neighbours').meta({
      paper: 'TRM-MLP, TRM-Att',
      official: '`mlp_t`',
      description:
        '`mlp`, `attention`, or by the structure of the puzzle: `groups` (the cells of a row, column or box), `fields` (the same once for every digit), `neighbours` (the eight around a cell)',
    }),
    norm: oneOf('after', 'before').optional().meta({
      description:
        'structured mixers: `after`, a block is rms(h + f(h)) as published, or `before`, h + f(rms(h))',
    }),
    hiddenWidth: wholeNumber(1, 65_536)
      .optional()
      .meta({ description: 'structured mixers: hidden width of the net of every node' }),
    groupWidth: wholeNumber(1, 65_536).optional().meta({
      description:
        'structured mixers: hidden width of the net of every group, or of a cell and its neighbours',
    }),
    answerInput: oneOf('none', 'noisy').optional().meta({
      description:
        '`none` (default), or `noisy`: every step is also shown the answer partway between noise and truth, as `noise` says',
    }),
    positions: oneOf('rotary', 'learned', 'none').meta({
      official: '`pos_encodings`',
      description: '`rotary` (official `rope`), `learned`, `none`; the mixer `mlp` ignores `rotary`',
    }),
    prefixTokens: wholeNumber(0, 4_096).meta({
      official: '`puzzle_emb_len`',
      description: 'tokens before the cells; 0 = as many as the puzzle embedding fills',
    }),
    puzzleEmbeddingWidth: wholeNumber(0, 1_048_576).meta({
      official: '`puzzle_emb_ndim`',
      description: 'length of a puzzle embedding; 0 = none, and then no prefix',
    }),
    recursions: wholeNumber(1, 1_024).meta({
      paper: 'T',
      official: '`H_cycles`',
      description: 'recursions per supervision step; only the last one has a gradient',
    }),
    latentUpdates: wholeNumber(1, 1_024).meta({
      paper: 'n',
      official: '`L_cycles`',
      description: 'latent updates per recursion, before the answer update',
    }),
    supervisionSteps: wholeNumber(1, 4_096).meta({
      paper: 'N_sup',
      official: '`halt_max_steps`',
      description: 'maximum supervision steps per puzzle in training',
    }),
    exploration: numberBetween(0, 1).default(0.1).meta({
      official: '`halt_exploration_prob`',
      description: 'probability that a slot must not halt before a randomly drawn step',
    }),
    precision: oneOf('float32', 'bfloat16').default('float32').meta({
      official: '`forward_dtype`',
      description:
        '`bfloat16`: the nets round weights, operands and results of their products to it, as published; weights, losses and optimiser are float32 in either case. Faster only where the processor multiplies bfloat16',
    }),
  },
  section,
)

/** The `model` section of a recipe. */
export type ModelRecipe = Frozen<z.output<typeof modelFields>>
/** The same, as it may be written. */
export type ModelInput = Frozen<z.input<typeof modelFields>>

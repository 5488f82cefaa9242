/**
 * The settings that the published code writes beside its checkpoints (`all_config.yaml`): those that the tensors
 * cannot tell, and of training what a recipe holds too. Source: pretrain.py (`PretrainConfig`), config/arch/*.yaml.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { parse } from 'yaml'
import { z } from 'zod'

const count = z.int().min(0).max(1e9).optional()
const rate = z.number().min(0).max(1e6).optional()

const fields = z.object({
  arch: z.object({
    name: z.string().max(200).optional(),
    hidden_size: count,
    num_heads: count,
    H_cycles: count,
    L_cycles: count,
    halt_max_steps: count,
    halt_exploration_prob: rate,
    pos_encodings: z.string().max(40).optional(),
    puzzle_emb_len: count,
    puzzle_emb_ndim: count,
    loss: z.object({ loss_type: z.string().max(80).optional() }).optional(),
  }),
  data_paths: z.array(z.string().max(4096)).max(1000).optional(),
  /** HRM's name for it. */
  data_path: z.string().max(4096).optional(),
  global_batch_size: count,
  lr: rate,
  lr_min_ratio: rate,
  lr_warmup_steps: count,
  weight_decay: rate,
  beta1: rate,
  beta2: rate,
  puzzle_emb_lr: rate,
  puzzle_emb_weight_decay: rate,
  ema_rate: rate,
})

export type OfficialConfig = z.infer<typeof fields>

/** Reads the text of such a file; `who` names it in errors. Other keys are left alone. */
export function parseOfficialConfig(text: string, who: string): OfficialConfig {
  let value: unknown
  try {
    // Few aliases, so that a short text cannot stand for a huge value; nothing but plain data.
    value = parse(text, { schema: 'core', maxAliasCount: 100, logLevel: 'error', merge: false })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : 'unreadable text'
    throw new InputError(
      {
        who,
        expected: 'settings as YAML',
        got: reason.slice(0, 160),
        hint: 'Correct the file, or leave it out.',
      },
      { cause },
    )
  }
  const result = fields.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new InputError({
    who: issue.path.length > 0 ? `${who}: ${issue.path.join('.')}` : who,
    expected: 'the settings of a published run (all_config.yaml)',
    got: issue.message,
    hint: 'Name the file of settings that belongs to the checkpoint by --config, or leave it out.',
  })
}

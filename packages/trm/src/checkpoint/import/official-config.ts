/**
 * The settings that the published code writes beside its checkpoints (`all_config.yaml`): those that the tensors
 * cannot tell, and of training what a recipe holds too. Source: pretrain.py (`PretrainConfig`), config/arch/*.yaml.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { parse, YAMLParseError } from 'yaml'
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
    forward_dtype: z.string().max(40).optional(),
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

/** The YAML that the published code writes next to its checkpoints, as far as it is used. */
export type OfficialConfig = z.infer<typeof fields>

/** The published files have 1 to 3 KB; the time of the YAML parser can grow with the square of the length. */
const maxLength = 32_768

/**
 * Reads the text of such a file; `who` names it in errors. Other keys are ignored.
 * @throws InputError if the text is not such a configuration
 */
export function parseOfficialConfig(text: string, who: string): OfficialConfig {
  const value = parseYaml(text, who)
  const result = fields.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new InputError({
    who: issue.path.length > 0 ? `${who}: ${issue.path.join('.')}` : who,
    expected: 'the settings of a published run (all_config.yaml)',
    got: issue.message,
    hint: 'Name the file of settings that belongs to the checkpoint with `config`, or leave it out.',
  })
}

function parseYaml(text: string, who: string): unknown {
  if (text.length > maxLength)
    throw unreadable(who, `settings of at most ${maxLength} characters`, `${text.length}`)
  try {
    // Few aliases, so that a short text cannot stand for a huge value; nothing but plain data. What makes errors
    // pretty looks at the whole text again for every one of them.
    return parse(text, { schema: 'core', maxAliasCount: 100, logLevel: 'error', prettyErrors: false })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 160) : 'unreadable text'
    const place = cause instanceof YAMLParseError ? ` in line ${lineOf(text, cause.pos[0])}` : ''
    throw unreadable(who, 'settings as YAML', `"${reason}"${place}`, cause)
  }
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

function unreadable(who: string, expected: string, got: string, cause?: unknown): InputError {
  const hint = 'Correct the file, or leave it out.'
  return new InputError({ who, expected, got, hint }, { cause })
}

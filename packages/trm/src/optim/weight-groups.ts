/** Which weights a rule is meant for, by name and shape: see `weightTypes` for the names. */
import type { Shape } from '@tiny-recursive-models/tensor'

/** A matrix inside a block: what Muon was made for. Tables and heads are not, by its author's advice. */
export function isBlockMatrix(name: string, shape: Shape): boolean {
  return shape.length === 2 && (name.includes('.mixer.') || name.includes('.feedForward.'))
}

/** Last parts of the names of weights that scale or offset states, whatever their shape: no maps between features. */
const neverDecayed: ReadonlySet<string> = new Set(['input', 'carryGain'])

/** Whether a weight decays where only matrices do: those inside blocks and the heads; no table, vector or bias. */
export function isDecayed(name: string, shape: Shape): boolean {
  if (neverDecayed.has(name.slice(name.lastIndexOf('.') + 1))) return false
  const isHead = shape.length === 2 && /Head(\.weight)?$/.test(name)
  return isHead || isBlockMatrix(name, shape)
}

import type { Tensor } from '@tiny-recursive-models/tensor'
import type { Nets } from './nets.ts'
import type { StatesOf } from './states.ts'

/** No recursion at all, the baseline of the paper: y ← net(y, x). */
export function directPrediction(
  { answer: y }: StatesOf<'direct'>,
  x: Tensor,
  net: Nets,
): StatesOf<'direct'> {
  return { answer: net.answer(y, x) }
}

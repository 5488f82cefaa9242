import type { Tensor } from '@tiny-recursive-models/tensor'
import type { Watch } from './calls.ts'
import type { ModelConfig } from './config.ts'
import type { Nets } from './nets.ts'
import type { StatesOf } from './states.ts'

/** No recursion at all, the baseline of the paper: y ← net(y, x). */
export function directPrediction(
  { answer: y }: StatesOf<'direct'>,
  x: Tensor,
  net: Nets,
  _: ModelConfig,
  watch: Watch,
): StatesOf<'direct'> {
  const answer = net.answer(y, x)
  watch('answer', answer)
  return { answer }
}

// Letters: L tokens, B slots of the batch, M slots of a piece, D width.
import { floatTensor, type HostTensor } from '@tiny-recursive-models/tensor'
import { carryOfPiece, isCarry, pieceOfCarry } from './piece-runner.ts'

/**
 * States whose carry lies in pieces of another size: the same slots, cut elsewhere. Other states are handed on.
 *
 * @param states `carry.NAME.PIECE` of all pieces: [L, M, D] or, for numbers of the slots, [M]
 * @param batch B
 * @param microBatch the M of the result
 */
export function resplitCarry(
  states: ReadonlyMap<string, HostTensor>,
  batch: number,
  microBatch: number,
): Map<string, HostTensor> {
  const result = new Map([...states].filter(([name]) => !isCarry(name)))
  const byName = new Map<string, HostTensor[]>()
  for (const [state, tensor] of states) {
    if (!isCarry(state)) continue
    const name = state.slice(0, state.lastIndexOf('.'))
    const pieces = byName.get(name) ?? []
    pieces[pieceOfCarry(state)] = tensor
    byName.set(name, pieces)
  }
  for (const [name, pieces] of byName) {
    const whole = joined(pieces, batch)
    for (let piece = 0; piece < batch / microBatch; piece++)
      result.set(carryOfPiece(piece)(name), slotsOf(whole, piece * microBatch, (piece + 1) * microBatch))
  }
  return result
}

/** Numbers before, at and behind the slots. */
function axesOf(shape: readonly number[]): { outer: number; slots: number; inner: number } {
  const [first, second, third] = shape as [number, number?, number?]
  return second === undefined || third === undefined
    ? { outer: 1, slots: first, inner: 1 }
    : { outer: first, slots: second, inner: third }
}

const withSlots = (shape: readonly number[], slots: number): readonly number[] =>
  shape.length === 1 ? [slots] : [shape[0]!, slots, ...shape.slice(2)]

function joined(pieces: readonly HostTensor[], batch: number): HostTensor {
  const [{ shape } = { shape: [0] }] = pieces
  const { outer, slots, inner } = axesOf(shape)
  const data = new Float32Array(outer * batch * inner)
  for (const [piece, tensor] of pieces.entries()) {
    for (let row = 0; row < outer; row++) {
      const from = row * slots * inner
      data.set(
        (tensor.data as Float32Array).subarray(from, from + slots * inner),
        (row * batch + piece * slots) * inner,
      )
    }
  }
  return floatTensor(withSlots(shape, batch), data)
}

function slotsOf({ shape, data }: HostTensor, from: number, to: number): HostTensor {
  const { outer, slots, inner } = axesOf(shape)
  const part = new Float32Array(outer * (to - from) * inner)
  for (let row = 0; row < outer; row++)
    part.set(
      (data as Float32Array).subarray((row * slots + from) * inner, (row * slots + to) * inner),
      row * (to - from) * inner,
    )
  return floatTensor(withSlots(shape, to - from), part)
}

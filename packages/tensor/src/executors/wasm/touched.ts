/** Which memory a step reads and writes. */
import type { ElementBytes } from './access.ts'
import type { Place } from './loop.ts'
import type { BatchedProduct } from './product.ts'
import type { Space } from './space.ts'
import type { Argument, Step } from './steps.ts'

/** Bytes of an argument's memory, from its address: all that the step touches of it lies between. */
export interface Extent {
  readonly argument: Argument
  readonly from: number
  readonly to: number
  readonly isWritten: boolean
}

export function touchedBy({ work, reads, writes }: Step): Extent[] {
  const read = (index: number, [from, to]: Span): Extent => ({
    argument: reads[index]!,
    from,
    to,
    isWritten: false,
  })
  const written = (index: number, [from, to]: Span): Extent => ({
    argument: writes[index]!,
    from,
    to,
    isWritten: true,
  })
  switch (work.is) {
    case 'loop':
      return [
        ...work.loop.loads.map((place, index) => read(index, spanOf(work.loop.space, place))),
        ...work.loop.stores.map((place, index) => written(index, spanOf(work.loop.space, place))),
      ]
    case 'product': {
      const { left, right, result } = spansOf(work.batch)
      return [
        read(0, left),
        read(1, right),
        ...(reads.length > 2 ? [read(2, result)] : []),
        written(0, result),
      ]
    }
    case 'sparseProduct': {
      const { rows, columns, rightRow, resultRow } = work.product
      const depth = 1 + Math.max(0, ...rows.flat().flatMap(({ places }) => places))
      const result = span([rows.length, columns], [resultRow, 4], 0)
      return [
        read(0, span([depth, columns], [rightRow, 4], 0)),
        ...(reads.length > 1 ? [read(1, result)] : []),
        written(0, result),
      ]
    }
    case 'gatherRows':
    case 'scatterAddRows':
      return [
        ...reads.map((argument, index) => read(index, whole(argument))),
        ...writes.map((argument, index) => written(index, whole(argument))),
      ]
  }
}

/** What runs does not ask whether it may: a plan that reaches beyond a value is never compiled. */
export function checkExtents(step: Step): void {
  for (const { argument, from, to, isWritten } of touchedBy(step)) {
    const [first, end] = [argument.bytes + from, argument.bytes + to]
    const { size } = argument
    if (first >= 0 && end <= size) continue
    const access = isWritten ? 'write' : 'read'
    throw new Error(`a ${step.work.is} would ${access} bytes ${first} to ${end} of the ${size} of a value`)
  }
}

type Span = readonly [from: number, to: number]

const whole = ({ bytes, size }: Argument): Span => [0, size - bytes]

/** From the first to behind the last of the numbers at these distances in bytes. */
function span(
  lengths: readonly number[],
  strides: readonly number[],
  offset: number,
  elementBytes: ElementBytes = 4,
): Span {
  let [from, to] = [offset, offset + elementBytes]
  for (const [axis, length] of lengths.entries()) {
    const reach = (length - 1) * strides[axis]!
    if (reach > 0) to += reach
    else from += reach
  }
  return [from, to]
}

const spanOf = (space: Space, { strides, offset, bytes }: Place): Span =>
  span(
    space.map(({ length }) => length),
    strides.map((stride) => bytes * stride),
    bytes * offset,
    bytes,
  )

/** The factors and the result of a batch of products. */
export function spansOf({
  lengths,
  leftStrides,
  rightStrides,
  resultStrides,
  leftOffset,
  rightOffset,
  matrix,
  factorBytes,
  resultBytes,
}: BatchedProduct): { left: Span; right: Span; result: Span } {
  const { rows, columns, depth } = matrix
  return {
    left: span(
      [...lengths, rows, depth],
      [...leftStrides, matrix.leftRow, matrix.leftColumn],
      leftOffset,
      factorBytes,
    ),
    right: span(
      [...lengths, depth, columns],
      [...rightStrides, matrix.rightRow, matrix.rightColumn],
      rightOffset,
      factorBytes,
    ),
    result: span(
      [...lengths, rows, columns],
      [...resultStrides, matrix.resultRow, resultBytes],
      0,
      resultBytes,
    ),
  }
}

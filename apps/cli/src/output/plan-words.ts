/** Steps of compiled programs in words. */
import type { PlannedProduct, PlannedStep, SimilarSteps, WorkKind } from '@tiny-recursive-models/tensor'
import { significant } from '@tiny-recursive-models/trm/format'

export const kindNames: Readonly<Record<WorkKind, string>> = {
  product: 'matrix products',
  elementwise: 'element-wise loops',
  reduction: 'loops with sums or maxima',
  copy: 'copies',
  rows: 'rows of tables',
}

/** "16 × (388 × 512 × 1536), right transposed": rows × inner length × columns. */
export function productText(product: PlannedProduct): string {
  const { count, rows, depth, columns, transposesLeft, transposesRight, accumulates, by, factors } = product
  const shape = `${rows} × ${depth} × ${columns}`
  return [
    count === 1 ? shape : `${count} × (${shape})`,
    ...(transposesLeft ? ['left transposed'] : []),
    ...(transposesRight ? ['right transposed'] : []),
    ...(accumulates ? ['added to'] : []),
    ...(by === 'tiles' ? [] : [`by ${by}`]),
    ...(factors === 'float32' ? [] : [factors]),
  ].join(', ')
}

/** "37 × 16 × [24]": axes in brackets are summed up. */
export const spaceText = (space: PlannedStep['space']): string =>
  space.length === 0
    ? '1'
    : space.map(({ length, isReduced }) => (isReduced ? `[${length}]` : String(length))).join(' × ')

/** What a step does, and on what. */
export function describeStep({
  operations,
  space,
  product,
}: Pick<SimilarSteps, 'operations' | 'space' | 'product'>): {
  readonly what: string
  readonly size: string
} {
  if (product) return { what: 'matmul', size: productText(product) }
  return { what: inOneWord(operations), size: space.length === 0 ? '' : spaceText(space) }
}

/** Repetitions by their number: "multiply ×2, add". */
function inOneWord(operations: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const operation of operations) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ')
}

/** "53.1 GFLOP/s" of products, "2.1 GB/s" of everything else; nothing where no time is known. */
export function rateText({
  kind,
  operationCount,
  touchedBytes,
  ms,
}: Pick<SimilarSteps, 'kind' | 'operationCount' | 'touchedBytes' | 'ms'>): string {
  if (ms === null || ms <= 0) return ''
  return kind === 'product'
    ? `${significant(operationCount / ms / 1e6)} GFLOP/s`
    : `${significant(touchedBytes / ms / 1e6)} GB/s`
}

export const mebibytes = (bytes: number): string => significant(bytes / 2 ** 20)

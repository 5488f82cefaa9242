/** A step cut into shares that threads do side by side: rows, columns or matrices of it, none of which needs another. */
import { merged, type Place } from './loop.ts'
import { type BatchedProduct, tileOf } from './product.ts'
import { countOf } from './space.ts'
import { type SparseProduct, sparseOperations } from './sparse-product.ts'
import type { Argument, Step, Work } from './steps.ts'

/**
 * The shares of a step, one for each thread; null for one that has none. Sums are added up in the same order as in the
 * whole step, so that the results are the same bit for bit.
 */
export function sharesOf(step: Step, threads: number): readonly (Step | null)[] {
  const shares = cut(step, threads)
  return Array.from({ length: threads }, (_, thread) => shares[thread] ?? null)
}

/** Operations on numbers in a step. */
export function operationsOf(work: Work): number {
  switch (work.is) {
    case 'loop':
      return countOf(work.loop.space, 'full') * work.loop.values.length
    case 'product': {
      const { lengths, matrix } = work.batch
      return 2 * lengths.reduce((all, length) => all * length, matrix.rows * matrix.columns * matrix.depth)
    }
    case 'sparseProduct':
      return sparseOperations(work.product)
    case 'gatherRows':
    case 'scatterAddRows':
      return work.shape.count * work.shape.width
  }
}

function cut(step: Step, threads: number): readonly (Step | null)[] {
  switch (step.work.is) {
    case 'loop':
      return cutLoop(step, merged(step.work.loop), threads)
    case 'product':
      return cutProduct(step, step.work.batch, threads)
    case 'sparseProduct':
      return cutSparseProduct(step, step.work.product, threads)
    case 'gatherRows':
    case 'scatterAddRows':
      return [step]
  }
}

/** A part of an axis. */
interface Range {
  readonly first: number
  readonly length: number
}

/** An axis in as many parts as there are threads, of multiples of `granule` but for the last. */
function parts(length: number, threads: number, granule: number): Range[] {
  const granules = Math.ceil(length / granule)
  const edge = (thread: number) => Math.min(length, granule * Math.round((granules * thread) / threads))
  return Array.from({ length: threads }, (_, thread) => ({
    first: edge(thread),
    length: edge(thread + 1) - edge(thread),
  }))
}

/** How evenly the parts share an axis: 1 where all are of one length. */
function evenness(ranges: readonly Range[]): number {
  const lengths = ranges.map(({ length }) => length)
  return lengths.reduce((sum, length) => sum + length, 0) / (lengths.length * Math.max(...lengths))
}

/** The first of the ways that shares well, else the one that shares best. */
function best<Way extends { readonly ranges: readonly Range[] }>(ways: readonly Way[]): Way | undefined {
  const good = ways.find(({ ranges }) => evenness(ranges) >= 0.9)
  return good ?? [...ways].sort((a, b) => evenness(b.ranges) - evenness(a.ranges))[0]
}

/** Vectors that a loop does at a time along its innermost axis, in numbers. */
const loopGranule = 16

function cutLoop({ reads, writes }: Step, loop: ReturnType<typeof merged>, threads: number): (Step | null)[] {
  const { space, loads, stores } = loop
  // From the outside in: runs of memory stay long, and one loop after another is cut alike.
  const ways = space.flatMap(({ length, isReduced }, axis) =>
    isReduced ? [] : [{ axis, ranges: parts(length, threads, axis === space.length - 1 ? loopGranule : 1) }],
  )
  const way = best(ways)
  if (!way) return [{ work: { is: 'loop', loop }, reads, writes }]
  const distance = ({ bytes, strides }: Place): number => bytes * strides[way.axis]!
  return way.ranges.map(({ first, length }) => {
    if (length === 0) return null
    const part = space.map((axis, place) => (place === way.axis ? { ...axis, length } : axis))
    return {
      work: { is: 'loop', loop: { ...loop, space: part } },
      reads: reads.map((read, index) => further(read, distance(loads[index]!) * first)),
      writes: writes.map((write, index) => further(write, distance(stores[index]!) * first)),
    }
  })
}

const further = (argument: Argument, more: number): Argument => ({
  ...argument,
  bytes: argument.bytes + more,
})

function cutProduct({ reads, writes }: Step, batch: BatchedProduct, threads: number): (Step | null)[] {
  const { lengths, matrix } = batch
  // Fewer rows or columns would leave part of a tile empty.
  const tile = tileOf(matrix)
  type Way = {
    readonly ranges: readonly Range[]
    readonly part: (length: number) => BatchedProduct
    /** Bytes between neighbours along what is cut: left, right, result. */
    readonly strides: readonly [number, number, number]
  }
  const matrices = lengths.map(
    (all, axis): Way => ({
      ranges: parts(all, threads, 1),
      part: (length) => ({
        ...batch,
        lengths: lengths.map((other, place) => (place === axis ? length : other)),
      }),
      strides: [batch.leftStrides[axis]!, batch.rightStrides[axis]!, batch.resultStrides[axis]!],
    }),
  )
  const rows: Way = {
    ranges: parts(matrix.rows, threads, tile.rows),
    part: (length) => ({ ...batch, matrix: { ...matrix, rows: length } }),
    strides: [matrix.leftRow, 0, matrix.resultRow],
  }
  const columns: Way = {
    ranges: parts(matrix.columns, threads, tile.columns),
    part: (length) => ({ ...batch, matrix: { ...matrix, columns: length } }),
    strides: [0, matrix.rightColumn, batch.resultBytes],
  }
  // Every thread packs what its share needs of the right factor: of few rows, columns are cut instead.
  const isWide = matrix.columns > 2 * matrix.rows
  const way = best([...matrices, ...(isWide ? [columns, rows] : [rows, columns])])!
  const [left, right, result] = way.strides
  return way.ranges.map(({ first, length }) => {
    if (length === 0) return null
    const moved = [left, right, result]
    return {
      work: { is: 'product', batch: way.part(length) },
      reads: reads.map((read, index) => further(read, first * moved[index]!)),
      writes: writes.map((write) => further(write, first * result)),
    }
  })
}

/** By columns: each of them is a sum of its own. */
function cutSparseProduct({ reads, writes }: Step, product: SparseProduct, threads: number): (Step | null)[] {
  return parts(product.columns, threads, loopGranule).map(({ first, length }) =>
    length === 0
      ? null
      : {
          work: { is: 'sparseProduct', product: { ...product, columns: length } },
          reads: reads.map((read) => further(read, 4 * first)),
          writes: writes.map((write) => further(write, 4 * first)),
        },
  )
}

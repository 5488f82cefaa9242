/**
 * Matrix products in WebAssembly, one function for every shape: distances and lengths are numbers in its code. Tiles of
 * 4 × 8 or 3 × 12 numbers stay in registers. Factors are read where they lie if that is in runs of memory and they fit
 * the caches; else they are packed first (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008).
 */
import type { ElementBytes } from './access.ts'
import { FunctionWriter, type Local, type ModuleWriter } from './assembler.ts'
import { type Layout, packStrip } from './packing.ts'

/** A batch of products: every matrix along the leading axes. Distances in bytes. */
export interface BatchedProduct {
  readonly lengths: readonly number[]
  readonly leftStrides: readonly number[]
  readonly rightStrides: readonly number[]
  readonly resultStrides: readonly number[]
  readonly leftOffset: number
  readonly rightOffset: number
  readonly matrix: Matrix
  /** Of a number of either factor: only a provider multiplies those of 2 bytes, bfloat16. Sums are float32. */
  readonly factorBytes: ElementBytes
  /** Of a number of the result: a sum that is kept in 2 bytes is rounded to bfloat16. */
  readonly resultBytes: ElementBytes
}

/** left [rows, depth] · right [depth, columns]; the numbers of a row of the result lie together. Distances in bytes. */
export interface Matrix {
  readonly leftRow: number
  readonly leftColumn: number
  readonly rightRow: number
  readonly rightColumn: number
  readonly resultRow: number
  readonly rows: number
  readonly columns: number
  readonly depth: number
}

/** Rows and columns of the result that are added up in registers. */
export interface Tile {
  readonly rows: number
  readonly columns: number
}

/**
 * The larger of two tiles that V8 keeps in registers (it loads all factors of a turn first, so that 5 × 8, 6 × 8 and
 * 4 × 12 take twice as long; measured), where columns fill it.
 */
export const tileOf = ({ columns }: Matrix): Tile =>
  columns % 12 === 0 ? { rows: 3, columns: 12 } : { rows: 4, columns: 8 }

/** Inner elements, and columns of a packed right factor, that are done at a time: what the second cache holds. */
const [maxDepth, maxColumns] = [256, 128]
/** Rows that are packed together of a left factor, one more than those of the lower tile. */
const packedRows = 4
/** A right factor of more bytes than this is packed, so that its columns lie close together. */
const maxUnpacked = 65_536

/** How a product is done. */
interface Scheme {
  readonly tile: Tile
  /** Lengths of the blocks of inner elements, one after the other. */
  readonly depths: readonly number[]
  readonly widths: readonly number[]
  readonly packsLeft: boolean
  readonly packsRight: boolean
}

function schemeOf(matrix: Matrix): Scheme {
  const { rows, columns, depth, leftColumn, rightRow, rightColumn } = matrix
  const tile = tileOf(matrix)
  const isLarge = depth * rightRow > maxUnpacked && rows > 2 * tile.rows
  const packsRight = rightColumn !== 4 || columns % tile.columns !== 0 || isLarge
  const packsLeft = leftColumn > 512 && columns > 2 * tile.columns
  const widest = maxColumns - (maxColumns % tile.columns)
  const isDeep = depth > 1.5 * maxDepth
  return {
    tile,
    depths: blocks(depth, isDeep ? maxDepth : depth),
    widths: blocks(columns, packsRight && depth * columns > 2 * maxDepth * maxColumns ? widest : columns),
    packsLeft,
    packsRight,
  }
}

const blocks = (total: number, size: number): number[] =>
  Array.from({ length: Math.ceil(total / size) }, (_, index) => Math.min(size, total - index * size))

const wholeTiles = (columns: number, tile: Tile): number => Math.ceil(columns / tile.columns) * tile.columns

/** Bytes that a product needs besides its factors, at the address given as `scratch`. */
export function scratchBytes(matrix: Matrix): number {
  const { tile, depths, widths, packsLeft, packsRight } = schemeOf(matrix)
  return 4 * depths[0]! * ((packsRight ? wholeTiles(widths[0]!, tile) : 0) + (packsLeft ? packedRows : 0))
}

/**
 * Adds the function of a batch. Parameters: left, right, result, addend (of the result's shape, or 0 for none), scratch.
 *
 * @param isFused multiplies and adds in one instruction, of relaxed SIMD
 * @returns its number
 */
export function addBatchedProduct(module: ModuleWriter, batch: BatchedProduct, isFused: boolean): number {
  const product = new ProductWriter(module, batch.matrix, isFused).add()
  if (batch.lengths.length === 0 && batch.leftOffset === 0 && batch.rightOffset === 0) return product
  const code = new FunctionWriter(['i32', 'i32', 'i32', 'i32', 'i32'])
  const [left, right, result, addend, scratch] = code.parameters as Five
  code.get(left).integer(batch.leftOffset).plain('i32.add').set(left)
  code.get(right).integer(batch.rightOffset).plain('i32.add').set(right)
  const nest = (axis: number, outer: readonly [Local, Local, Local]): void => {
    if (axis === batch.lengths.length) {
      for (const pointer of outer) code.get(pointer)
      code.get(addend).get(scratch).call(product)
      return
    }
    const inner = [code.local('i32'), code.local('i32'), code.local('i32')] as const
    for (const [index, pointer] of outer.entries()) code.get(pointer).set(inner[index]!)
    const strides = [batch.leftStrides, batch.rightStrides, batch.resultStrides]
    code.times(batch.lengths[axis]!, () => {
      nest(axis + 1, inner)
      for (const [index, pointer] of inner.entries()) code.move(pointer, strides[index]![axis]!)
    })
  }
  nest(0, [left, right, result])
  return module.add(code)
}

type Five = [Local, Local, Local, Local, Local]

class ProductWriter {
  readonly #module: ModuleWriter
  readonly #matrix: Matrix
  readonly #scheme: Scheme
  readonly #isFused: boolean
  readonly #tiles = new Map<string, number>()

  constructor(module: ModuleWriter, matrix: Matrix, isFused: boolean) {
    this.#module = module
    this.#matrix = matrix
    this.#scheme = schemeOf(matrix)
    this.#isFused = isFused
  }

  /** for each block of depth: for each block of columns: pack; for each four rows: pack; for each eight columns: tile */
  add(): number {
    const { leftColumn, rightRow, rightColumn, resultRow } = this.#matrix
    const { depths, widths } = this.#scheme
    const code = new FunctionWriter(['i32', 'i32', 'i32', 'i32', 'i32'])
    const [left, right, result, addend, scratch] = code.parameters as Five
    const [from, to, source] = [code.local('i32'), code.local('i32'), code.local('i32')]
    let depthBefore = 0
    for (const depth of depths) {
      let columnsBefore = 0
      for (const width of widths) {
        code
          .get(right)
          .integer(depthBefore * rightRow + columnsBefore * rightColumn)
          .plain('i32.add')
          .set(from)
        const strips = this.#strips(code, from, scratch, width, depth)
        code
          .get(left)
          .integer(depthBefore * leftColumn)
          .plain('i32.add')
          .set(from)
        code
          .get(result)
          .integer(4 * columnsBefore)
          .plain('i32.add')
          .set(to)
        // What is added: the addend at first, the sum so far then.
        if (depthBefore > 0) code.get(to).set(source)
        else
          code
            .get(addend)
            .integer(4 * columnsBefore)
            .plain('i32.add')
            .integer(0)
            .get(addend)
            .plain('select')
            .set(source)
        this.#rows(code, { from, to, source, strips, scratch, width, depth, rowBytes: resultRow })
        columnsBefore += width
      }
      depthBefore += depth
    }
    return this.#module.add(code)
  }

  /** The right factor's columns, packed or not, eight after eight: where they begin. */
  #strips(code: FunctionWriter, from: Local, scratch: Local, width: number, depth: number): Local {
    if (!this.#scheme.packsRight) {
      const strips = code.local('i32')
      code.get(from).set(strips)
      return strips
    }
    const { rightRow, rightColumn } = this.#matrix
    const { columns: tileColumns } = this.#scheme.tile
    const [to, source] = [code.local('i32'), code.local('i32')]
    code.get(scratch).set(to)
    code.get(from).set(source)
    const pack = (count: number) => {
      packStrip(code, source, to, { across: rightColumn, inwards: rightRow }, count, tileColumns, depth)
    }
    code.times(Math.floor(width / tileColumns), () => {
      pack(tileColumns)
      code.move(source, tileColumns * rightColumn)
      code.move(to, 4 * tileColumns * depth)
    })
    if (width % tileColumns > 0) pack(width % tileColumns)
    return scratch
  }

  #rows(
    code: FunctionWriter,
    at: {
      readonly from: Local
      readonly to: Local
      readonly source: Local
      readonly strips: Local
      readonly scratch: Local
      readonly width: number
      readonly depth: number
      readonly rowBytes: number
    },
  ): void {
    const { leftRow, leftColumn, rightRow, rows } = this.#matrix
    const { packsLeft, packsRight, depths, widths } = this.#scheme
    const { rows: tileRows, columns: tileColumns } = this.#scheme.tile
    const packed = code.local('i32')
    if (packsLeft) {
      const before = packsRight ? 4 * depths[0]! * wholeTiles(widths[0]!, this.#scheme.tile) : 0
      code.get(at.scratch).integer(before).plain('i32.add').set(packed)
    }
    const [strip, place, added] = [code.local('i32'), code.local('i32'), code.local('i32')]
    const left: Layout = packsLeft
      ? { across: 4, inwards: 4 * packedRows }
      : { across: leftRow, inwards: leftColumn }
    const right: Layout = { across: 4, inwards: packsRight ? 4 * tileColumns : rightRow }
    const tile = (count: number, columns: number) => {
      code
        .get(packsLeft ? packed : at.from)
        .get(strip)
        .get(place)
        .get(added)
      code.call(this.#tile(count, columns, at.depth, left, right))
    }
    const band = (count: number) => {
      if (packsLeft)
        packStrip(
          code,
          at.from,
          packed,
          { across: leftRow, inwards: leftColumn },
          count,
          packedRows,
          at.depth,
        )
      for (const [copy, original] of [
        [strip, at.strips],
        [place, at.to],
        [added, at.source],
      ] as const)
        code.get(original).set(copy)
      code.times(Math.floor(at.width / tileColumns), () => {
        tile(count, tileColumns)
        code.move(strip, packsRight ? 4 * tileColumns * at.depth : 4 * tileColumns)
        code.move(place, 4 * tileColumns)
        code.get(added).when(() => code.move(added, 4 * tileColumns))
      })
      if (at.width % tileColumns > 0) tile(count, at.width % tileColumns)
    }
    code.times(Math.floor(rows / tileRows), () => {
      band(tileRows)
      code.move(at.from, tileRows * leftRow)
      code.move(at.to, tileRows * at.rowBytes)
      code.get(at.source).when(() => code.move(at.source, tileRows * at.rowBytes))
    })
    if (rows % tileRows > 0) band(rows % tileRows)
  }

  /** Number of the function of a tile. Parameters: left, right, result, what is added (0: nothing). */
  #tile(rows: number, columns: number, depth: number, left: Layout, right: Layout): number {
    const key = [rows, columns, depth].join()
    const known = this.#tiles.get(key)
    if (known !== undefined) return known
    const index = this.#module.add(this.#writtenTile(rows, columns, depth, left, right))
    this.#tiles.set(key, index)
    return index
  }

  #writtenTile(rows: number, columns: number, depth: number, left: Layout, right: Layout): FunctionWriter {
    const code = new FunctionWriter(['i32', 'i32', 'i32', 'i32'])
    const [a, b, result, source] = code.parameters as [Local, Local, Local, Local]
    const vectors = Math.ceil(columns / 4)
    const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => code.local('v128')))
    const factors = Array.from({ length: vectors }, () => code.local('v128'))
    const one = code.local('v128')
    // One inner element a turn: with more, V8 loads ahead, has no registers left, and takes twice as long (measured).
    code.times(depth, () => {
      for (const [vector, factor] of factors.entries())
        code
          .get(b)
          .access('v128.load', 16 * vector)
          .set(factor)
      for (const [row, parts] of sums.entries()) {
        code
          .get(a)
          .access('v128.load32_splat', row * left.across)
          .set(one)
        for (const [vector, sum] of parts.entries()) {
          const factor = factors[vector]!
          if (this.#isFused) code.get(one).get(factor).get(sum).simd('f32x4.relaxed_madd').set(sum)
          else code.get(sum).get(one).get(factor).simd('f32x4.mul', 'f32x4.add').set(sum)
        }
      }
      code.move(a, left.inwards)
      code.move(b, right.inwards)
    })
    const rowBytes = this.#matrix.resultRow
    const lanesOf = (vector: number) => Math.min(4, columns - 4 * vector)
    code.get(source).when(() => {
      for (const [row, parts] of sums.entries())
        for (const [vector, sum] of parts.entries()) {
          const offset = row * rowBytes + 16 * vector
          code.get(sum)
          if (lanesOf(vector) === 4) code.get(source).access('v128.load', offset)
          else {
            code.get(source).access('v128.load32_zero', offset).set(one)
            for (let lane = 1; lane < lanesOf(vector); lane++)
              code
                .get(source)
                .get(one)
                .access('v128.load32_lane', offset + 4 * lane, lane)
                .set(one)
            code.get(one)
          }
          code.simd('f32x4.add').set(sum)
        }
    })
    for (const [row, parts] of sums.entries())
      for (const [vector, sum] of parts.entries()) {
        const offset = row * rowBytes + 16 * vector
        if (lanesOf(vector) === 4) code.get(result).get(sum).access('v128.store', offset)
        else
          for (let lane = 0; lane < lanesOf(vector); lane++)
            code
              .get(result)
              .get(sum)
              .access('v128.store32_lane', offset + 4 * lane, lane)
      }
    return code
  }
}

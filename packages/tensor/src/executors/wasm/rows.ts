/** Rows of a table by their numbers, and sums of rows into a table. */
import { FunctionWriter, type Local } from './assembler.ts'

/**
 * Parameters: table or target, indices, rows or updates, a place for a complaint. An index that is no row of the table is
 * written to that place, plus one, and taken for 0, so that nothing outside is read or written.
 */
export interface RowShape {
  /** Rows of the table. */
  readonly rows: number
  /** Numbers in a row. */
  readonly width: number
  readonly count: number
}

/** Copies a row of the table for every index. Parameters: table, indices, result, complaint. */
export function emitGatherRows(shape: RowShape): FunctionWriter {
  const code = new FunctionWriter(['i32', 'i32', 'i32', 'i32'])
  const [table, indices, result, complaint] = code.parameters as [Local, Local, Local, Local]
  const [row, to] = [code.local('i32'), code.local('i32')]
  code.get(result).set(to)
  eachRow(code, indices, complaint, shape, table, row, () => {
    alongRow(
      code,
      shape.width,
      (vector) => {
        code.get(to).get(row)
        if (vector) code.access('v128.load').access('v128.store')
        else code.access('i32.load').access('i32.store')
      },
      [row, to],
    )
  })
  return code
}

/** Adds a row to the target, which becomes 0 first, for every index. Parameters: target, indices, updates, complaint. */
export function emitScatterAddRows(shape: RowShape): FunctionWriter {
  const code = new FunctionWriter(['i32', 'i32', 'i32', 'i32'])
  const [target, indices, updates, complaint] = code.parameters as [Local, Local, Local, Local]
  const [row, from] = [code.local('i32'), code.local('i32')]
  code.get(target).set(row)
  alongRow(
    code,
    shape.rows * shape.width,
    (vector) => {
      code.get(row)
      if (vector) code.floats(0).access('v128.store')
      else code.integer(0).access('i32.store')
    },
    [row],
  )
  code.get(updates).set(from)
  eachRow(code, indices, complaint, shape, target, row, () => {
    alongRow(
      code,
      shape.width,
      (vector) => {
        const load = vector ? 'v128.load' : 'v128.load32_zero'
        code.get(row).get(row).access(load).get(from).access(load).simd('f32x4.add')
        if (vector) code.access('v128.store')
        else code.access('v128.store32_lane', 0, 0)
      },
      [row, from],
    )
  })
  return code
}

/** Sets `row` to the address of every row that the indices name, one after the other. */
function eachRow(
  code: FunctionWriter,
  indices: Local,
  complaint: Local,
  { rows, width, count }: RowShape,
  table: Local,
  row: Local,
  body: () => void,
): void {
  const index = code.local('i32')
  code.times(count, () => {
    code.get(indices).access('i32.load').tee(index).integer(rows).plain('i32.ge_u')
    code.when(() => {
      code.get(complaint).integer(1).access('i32.store')
      code.get(complaint).get(index).access('i32.store', 4)
      code.get(complaint).integer(rows).access('i32.store', 8)
      code.integer(0).set(index)
    })
    code
      .get(table)
      .get(index)
      .integer(4 * width)
      .plain('i32.mul', 'i32.add')
      .set(row)
    body()
    code.move(indices, 4)
  })
}

/** Four numbers at a time, then what is left one by one; the pointers move along. */
function alongRow(
  code: FunctionWriter,
  length: number,
  body: (vector: boolean) => void,
  pointers: readonly Local[],
): void {
  for (const [lanes, count] of [
    [4, Math.floor(length / 4)],
    [1, length % 4],
  ] as const) {
    code.times(count, () => {
      body(lanes === 4)
      for (const pointer of pointers) code.move(pointer, 4 * lanes)
    })
  }
}

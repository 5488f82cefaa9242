import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'

test('rows that were never written are 0 and take no room', () => {
  const table = new PuzzleTable(900_000, 512)
  assert.deepEqual([...table.gather([7, 899_999])], new Array(1024).fill(0))
  assert.equal(table.used, 0)
  assert.equal(table.stored().rows.length, 0)
})

test('rows are kept by identifier, over more than one page, and stored in ascending order', () => {
  const table = new PuzzleTable(5_000, 2)
  const order = Array.from({ length: 3_000 }, (_, index) => (index * 1_663) % 5_000)
  for (const identifier of order) table.put([identifier], Float32Array.of(identifier, -identifier))
  assert.equal(table.used, 3_000)
  assert.deepEqual([...table.gather([order[2_999]!, order[0]!])], [order[2_999], -order[2_999]!, 0, -0])
  const { identifiers, rows } = table.stored()
  assert.deepEqual(
    [...identifiers],
    [...order].sort((left, right) => left - right),
  )
  assert.equal(
    identifiers.every((identifier, place) => rows[2 * place] === identifier),
    true,
  )
  const again = PuzzleTable.from(5_000, 2, { identifiers, rows })
  assert.deepEqual(again.stored(), table.stored())
})

test('of equal identifiers the last row stays, and a row is overwritten in place', () => {
  const table = new PuzzleTable(4, 1)
  table.put([2, 2], Float32Array.of(1, 5))
  table.put([2], Float32Array.of(6))
  assert.deepEqual([...table.gather([0, 2])], [0, 6])
  assert.equal(table.used, 1)
})

test('a dense table knows every row; one without width knows none', () => {
  const table = PuzzleTable.dense(Float32Array.of(1, 2, 3, 4, 5, 6), 2)
  assert.deepEqual([table.identifiers, table.used], [3, 3])
  assert.deepEqual([...table.gather([1])], [3, 4])
  assert.deepEqual([...new PuzzleTable(10, 0).gather([3])], [])
})

test('stored rows of other identifiers or another length are refused', () => {
  const rows = Float32Array.of(1, 2)
  assert.throws(() => PuzzleTable.from(3, 2, { identifiers: Int32Array.of(3), rows }, 'a.safetensors'), {
    name: 'InputError',
    message:
      'a.safetensors: expected rows of 2 numbers for identifiers from 0 to 2, got identifier 3. The file is damaged or belongs to another data set.',
  })
  assert.throws(() => PuzzleTable.from(3, 2, { identifiers: Int32Array.of(0, 1), rows }), {
    message: /expected rows of 2 numbers for identifiers from 0 to 2, got 2 numbers\./,
  })
})

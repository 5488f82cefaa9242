import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { rawRows } from '../../../src/puzzles/reading/raw-rows.ts'
import { bytesOf } from './texts.ts'

async function rowsOf(text: string | Uint8Array) {
  const rows = []
  const problems = []
  for await (const piece of rawRows(typeof text === 'string' ? bytesOf(text) : text, { name: 'file' })) {
    rows.push(...piece.rows)
    problems.push(...piece.problems)
  }
  return { rows, problems }
}

test('rows of a table have their line and all columns by name', async () => {
  const text = `id,Question,answer,group\n1, ab ,cd,x\n\n2,"e,f",gh,y\n3,bad\n`
  for (const file of [text, gzipSync(text), text.replace('"e,f"', 'e,f').replaceAll(/,(?!f)/g, '\t')]) {
    const { rows, problems } = await rowsOf(file)
    assert.deepEqual(
      rows.map(({ line, question, answer }) => [line, question, answer]),
      [
        [2, ' ab ', 'cd'],
        [4, 'e,f', 'gh'],
      ],
    )
    assert.deepEqual(rows[1]!.columns, { id: '2', Question: 'e,f', answer: 'gh', group: 'y' })
    assert.deepEqual(problems, [{ line: 5, reason: 'expected 4 columns, got 2' }])
  }
})

test('two columns need no header', async () => {
  const { rows } = await rowsOf('ab,cd\nef,gh\n')
  assert.deepEqual(
    rows.map(({ line, question, answer, columns }) => [line, question, answer, columns]),
    [
      [1, 'ab', 'cd', undefined],
      [2, 'ef', 'gh', undefined],
    ],
  )
})

test('JSON lines and a list of objects', async () => {
  const values = [
    { question: 'ab', answer: 'cd', group: 7 },
    { question: 'ef', answer: 'gh' },
  ]
  for (const text of [
    values.map((value) => JSON.stringify(value)).join('\n'),
    JSON.stringify(values, null, 2),
  ]) {
    const { rows } = await rowsOf(text)
    assert.deepEqual(
      rows.map(({ question, answer }) => [question, answer]),
      [
        ['ab', 'cd'],
        ['ef', 'gh'],
      ],
    )
    assert.equal(rows[0]!.columns!.group, '7')
  }
  const many = `[${Array.from({ length: 2000 }, () => JSON.stringify(values[0])).join(',\n')}]`
  assert.equal((await rowsOf(many)).rows.length, 2000)
  assert.deepEqual(
    (await rowsOf(`${JSON.stringify(values[0])}\n{"a"\n`)).problems.map(({ line }) => line),
    [2],
  )
})

test('what is no table is refused', async () => {
  for (const text of ['hello\n', 'a,b,c\n'])
    await assert.rejects(
      rowsOf(text),
      /^InputError: file: expected a table or JSON lines with one column question/,
    )
  assert.deepEqual(await rowsOf('\n'), { rows: [], problems: [] })
})

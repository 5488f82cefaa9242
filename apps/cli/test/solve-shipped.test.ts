import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-shipped-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const trm = (...arguments_: string[]) => runTrm(folder, ...arguments_)

interface Solved {
  readonly model: string
  readonly question: string
  readonly answer: string
  readonly solved: boolean
}

async function solved(...words: string[]): Promise<Solved> {
  const { code, stdout, stderr } = await trm('solve', ...words, '--json')
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Solved
}

const four = '..1.3....32.12.4'
/** A drawn 7×7 maze; its seven-cell lines are no square. */
const maze = ['S  #   ', ' # # # ', ' #   # ', ' ##### ', '    #  ', '### # #', '###   G'].join('\n')

test('a puzzle alone is solved by the shipped model for its size', async () => {
  const { code, stdout, stderr } = await trm('solve', four)
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^model sudoku-4x4\n/)
  assert.match(stdout, /solved after 6 steps: a valid solution\n$/)

  const known = await solved(four)
  assert.deepEqual(known, { ...known, model: 'sudoku-4x4', answer: '2413314243211234', solved: true })
  assert.equal((await solved(maze.replaceAll('\n', ''))).model, 'maze-small')
})

test('of a file too: drawn, or a row of many', async () => {
  writeFileSync(join(folder, 'drawn.txt'), ` . . | 1 .\n 3 . | . .\n-----+-----\n . 3 | 2 .\n 1 2 | . 4\n`)
  const [drawn, written] = [await solved('drawn.txt'), await solved(four)]
  assert.deepEqual(drawn, written)
  // Every cell in a frame makes long lines, which are no rows of a file.
  const rule = `      +${'---+'.repeat(4)}\n`
  const framed = four.replace(/./g, ' $& |').replace(/.{16}/g, (row) => `      |${row}\n${rule}`)
  writeFileSync(join(folder, 'framed.txt'), rule + framed)
  assert.deepEqual(await solved('framed.txt'), written)
  writeFileSync(join(folder, 'lines.txt'), `${four.replace('2', '.')}\n${four}\n`)
  assert.deepEqual(await solved('lines.txt', '--row', '2'), written)
  writeFileSync(join(folder, 'rows.csv'), `question,answer\n${four},2413314243211234\n`)
  assert.deepEqual(await solved('rows.csv'), written)
  writeFileSync(join(folder, 'maze.txt'), maze)
  assert.deepEqual(await solved('maze.txt'), await solved(maze.replaceAll('\n', '')))
  writeFileSync(join(folder, 'mazes.txt'), `${maze.replaceAll('\n', '')}\n`.repeat(2))
  assert.equal((await solved('mazes.txt', '--row', '2')).model, 'maze-small')
})

test('a shipped model is named in place of a run, here and in eval and export', async () => {
  const behind = await solved('sudoku-4x4', 'generated', '--row', '2')
  const before = await solved('generated', '--row', '2', '--model', 'sudoku-4x4')
  assert.deepEqual(behind, before)
  assert.ok(behind.solved)

  const evaluated = await trm('eval', 'sudoku-4x4', '--limit', '20', '--json')
  const { full } = JSON.parse(evaluated.stdout) as { full: { exactAccuracy: number } }
  assert.ok(full.exactAccuracy >= 0.9, `${full.exactAccuracy}`)
  const exported = await trm('export', 'sudoku-small', '--out', 'model.safetensors')
  assert.match(exported.stdout, /sudoku-small\.safetensors, step 4,500, float32/)

  // A folder of that name is a run of the user's.
  mkdirSync(join(folder, 'sudoku-6x6'))
  assert.match(
    (await trm('solve', 'sudoku-6x6', 'generated')).stderr,
    /sudoku-6x6\n {2}expected {2}a run folder/,
  )
})

test('models lists what is shipped', async () => {
  const { stdout } = await trm('models')
  assert.match(stdout, /^model +solves +exact +exact, early +steps +of +parameters +file\n/)
  assert.match(stdout, /^sudoku-4x4 +4×4 Sudoku +100\.0 % +100\.0 % +6\.1 +100 +5,490 +14\.5 kB$/m)
  assert.match(
    stdout,
    /^sudoku-extreme: [\d.]+ % in up to 16 steps, [\d.]+ % in up to 1,000 steps, [\d.]+ % in up to 1,000 steps and 16 attempts, checked against the rules$/m,
  )
  const listed = JSON.parse((await trm('models', '--json')).stdout) as { name: string }[]
  assert.ok(listed.some(({ name }) => name === 'maze-small'))
})

const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a size without a model',
    ['S #...G.#'],
    /a model for a 3×3 maze\n.*models for 4×4 Sudoku.*\n.*shipped models are sudoku-4x4/,
  ],
  ['generated without a model', ['generated'], /a model, which decides what to generate/],
  ['a model without a puzzle', ['sudoku-4x4'], /expected {2}a puzzle after the model/],
  ['a folder without a puzzle', ['.'], /expected {2}a puzzle after the model/],
  ['two models', ['sudoku-4x4', four, '--model', 'sudoku-6x6'], /expected {2}one model/],
  [
    'a puzzle of another size than the model',
    [four, '--model', 'maze-small'],
    /a 7×7 maze, as the model was trained on\n.*a 4×4 Sudoku/,
  ],
  ['a model that is not there', [four, '--model', 'sudoku-5x5'], /the shipped models are sudoku-4x4/],
  ['what is no puzzle', ['xx'], /16, 36, 81 or 256 cells/],
]
for (const [what, words, message] of refusals) {
  test(`refused: ${what}`, async () => {
    const { code, stderr, stdout } = await trm('solve', ...words)
    assert.equal(code, 1)
    assert.match(stderr, message)
    assert.equal(stdout, '')
  })
}

test('a look inside shows every call of the net, the last of which is the answer of the step', async () => {
  const { code, stdout, stderr } = await trm('solve', four, '--inside', '--max-steps', '2')
  assert.equal(code, 0, stderr)
  assert.equal(stdout.match(/^ +z1 +z2 +z3 +z4$/gm)?.length, 2, stdout)
  const shares = [...stdout.matchAll(/^ {2}cells right((?: +[▁-█] \d+)+) %$/gm)]
  assert.equal(shares.length, 2, stdout)

  interface Looked {
    readonly steps: readonly {
      readonly answer: string
      readonly inside: readonly {
        readonly call: string
        readonly answer: string
        readonly cellsRight: number
      }[]
    }[]
  }
  const json = await trm('solve', four, '--inside', '--json', '--svg', 'inside.svg')
  const { steps } = JSON.parse(json.stdout) as Looked
  const solution = '2413314243211234'
  for (const { answer, inside } of steps) {
    assert.deepEqual(
      inside.map(({ call }) => call),
      ['z1', 'z2', 'z3', 'z4'],
    )
    assert.equal(inside.at(-1)!.answer, answer)
    for (const { answer, cellsRight } of inside) {
      const open = [...four].flatMap((mark, cell) => (mark === '.' ? [cell] : []))
      assert.equal(cellsRight, open.filter((cell) => answer[cell] === solution[cell]).length / open.length)
    }
  }
  const drawn = readFileSync(join(folder, 'inside.svg'), 'utf8')
  assert.equal(drawn.match(/step \d+, z\d/g)?.length, 4 * steps.length)

  const watched = await trm('solve', four, '--inside', '--watch', '--max-steps', '1')
  assert.match(watched.stdout, /z1, scratch paper +question[\s\S]*z4, the answer/)
  const refused = await trm('solve', four, '--inside', '--attempts', '3')
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /--inside\n +expected +one attempt/)
})

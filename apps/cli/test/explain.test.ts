import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-explain-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const trm = (...words: string[]) => runTrm(folder, 'explain', ...words)

test('the time of a training step is shown by kinds of work, and as a picture', async () => {
  const small = [...tiny, '--set', 'training.microBatch=4', '--seconds', '1']
  const { code, stdout, stderr } = await trm(...small, '--top', '3', '--svg', 'share.svg')
  assert.equal(code, 0, stderr)
  assert.match(
    stdout,
    /^sudoku-4x4-trm, a training step of 8 puzzles in 2 pieces of 4: [\d.]+ ms on one thread\n/,
  )
  assert.match(
    stdout,
    /\nprogram accumulation, 2 runs a step: [\d,]+ steps, [\d.]+ ms a run \(every step as in the fastest of \d+ runs?\)/,
  )
  assert.match(stdout, /\nprogram update, 1 run a step: /)
  assert.match(stdout, /\nkind of work +share +ms +steps +amount +rate\nmatrix products +[\d.]+ % /)
  assert.match(stdout, /\n… and \d+ kinds of steps more \(--all\)\n/)
  assert.match(stdout, /\n {2}arena [\d.]+ MiB, of which at most [\d.]+ are needed at once, in step \d+\n/)
  const picture = readFileSync(join(folder, 'share.svg'), 'utf8')
  assert.match(picture, /^<svg .*matrix products: [\d.]+ %/s)
  const again = await trm(...small, '--svg', 'share.svg')
  assert.equal(again.code, 1)
  assert.match(again.stderr, /--force/)
})

test('a step of thought of a shipped model, as JSON', async () => {
  const { code, stdout, stderr } = await trm('sudoku-4x4', '--inference', '--slots', '2', '--plan', '--json')
  assert.equal(code, 0, stderr)
  const { title, programs } = JSON.parse(stdout)
  assert.equal(title, 'sudoku-4x4, a step of thought about 2 puzzles')
  assert.equal(programs.length, 1)
  const [{ name, runs, steps, memory, timedRuns }] = programs
  assert.deepEqual([name, runs, timedRuns], ['thinking', 1, 0])
  assert.ok(steps.length > 10 && memory.arena > 0)
  assert.equal(steps[0].ms, null)
})

test('all rows, one program, one step', async () => {
  const all = await trm(...tiny, '--plan', '--all', '--program', 'training step')
  assert.doesNotMatch(all.stdout, /--all|share/)
  assert.match(all.stdout, /\nstep +size +operations +reads +writes\n +1 /)
  const one = await trm(...tiny, '--step', '1')
  assert.match(one.stdout, /^sudoku-4x4-trm, .*, program training step\n\nstep 1: /)
  assert.match(one.stdout, /\nfunction \d+, exported as step0: parameters i32 i32; 0 locals\n {2}20 00/)
})

test('what cannot be explained is refused with a way on', async () => {
  for (const [words, wanted] of [
    [[], /expected {2}a recipe, a model, or --example\n/],
    [['nonesuch'], /expected {2}a recipe, a run folder, .*`trm recipes` lists the recipes/s],
    [['sudoku-4x4', '--program', 'thinking'], /expected {2}training step|expected {2}gradient or update/],
    [['sudoku-4x4', '--slots', '2'], /hint {6}Add --inference/],
    [['sudoku-4x4', '--plan', '--svg', 'x.svg'], /Use only one of them/],
    [['sudoku-4x4', '--plan', '--step', '99999'], /expected {2}a step from 1 to \d+/],
    [
      ['maze-hard', '--set', 'training.microBatch=32'],
      /got {7}[\d,]+ MiB\n.*--set training\.microBatch=1.*--plan/s,
    ],
  ] as const) {
    const { code, stdout, stderr } = await trm(...words)
    assert.equal(code, 1, words.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, wanted)
  }
})

test('docs/executor.md follows a program as it is compiled today', async () => {
  const { stdout } = await trm('--example', 'rmsNorm')
  const document = readFileSync(fileURLToPath(new URL('../../../docs/executor.md', import.meta.url)), 'utf8')
  const parts = stdout.split(/^\d\. .*\n\n/m).slice(1)
  assert.equal(parts.length, 5)
  for (const part of parts)
    assert.ok(
      document.includes(`\n\`\`\`\n${part.trimEnd()}\n\`\`\`\n`),
      `docs/executor.md does not have this any more (npm run quotes renews it):\n${part}`,
    )
})

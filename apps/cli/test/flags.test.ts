/** The library speaks of its own options, and the command line of its flags: whoever reads an error can do what it says. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { InputError } from '@tiny-recursive-models/trm'
import { inFlags, optionFlags } from '../src/output/flags.ts'

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))

/** Lines of the library's sources with a text in them, without comments. */
function textLines(): { readonly place: string; readonly line: string }[] {
  const files = ['tensor', 'trm'].flatMap((name) =>
    readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(packages, name, 'src', file)),
  )
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line, index) => ({ place: `${file}:${index + 1}`, line }))
      .filter(({ line }) => !/^\s*(?:\*|\/\*|\/\/)/.test(line) && /['`"]/.test(line)),
  )
}

const lines = textLines()

test('no text of the library names flags or commands', () => {
  assert.ok(lines.length > 5_000)
  // Of npm, V8 and launchers of MPI, and in code: `--count`.
  const other =
    /npm install --ignore-scripts|--omit=optional|--mca |--mpi=|--bind-to none|setFlagsFromString|--(?:this|[a-z]+[;\])])/
  const found = lines.filter(
    ({ line }) => !other.test(line) && /(?<![\w-])--[a-z]|`trm |\btrm (?:data|bench|doctor)\b/.test(line),
  )
  assert.deepEqual(found, [])
})

test('the command line has a flag for every option that the library names', () => {
  const named = lines.flatMap(({ place, line }) =>
    /\b(?:expected|got|hint|way)\s*[:=].*['`]/.test(line)
      ? [...line.matchAll(/(?<=[ (])\\?`([A-Za-z]+)(?:: [^`]+)?`(?=[ .,;:)'])/g)].map(([, option]) => ({
          place,
          option: option!,
        }))
      : [],
  )
  assert.ok(named.length >= 12)
  // Of pages, and of callers that read files in their own way.
  const ofCallers = ['files', 'list']
  assert.deepEqual(
    named.filter(({ option }) => !(option in optionFlags) && !ofCallers.includes(option)),
    [],
  )
})

const cases: readonly [command: string, written: string, said: string][] = [
  [
    'train',
    'Resume it with `resume: true`, or choose another folder.',
    'Resume it with --resume, or choose another folder.',
  ],
  ['export', 'have it replaced (`replace: true`).', 'have it replaced (--force).'],
  ['data arc', 'have it replaced (`replace: true`).', 'have it replaced (--replace).'],
  [
    'export',
    'Leave it out, or use `format: onnx or onnx-solver`.',
    'Leave it out, or use --format onnx or onnx-solver.',
  ],
  ['export', '`operators: standard`', '--standard'],
  [
    'train',
    'Set `data.train=FILE`, and `data.test=FILE` for the final test.',
    'Use --set data.train=FILE, and --set data.test=FILE for the final test.',
  ],
  [
    'explain',
    'Take smaller micro-batches or compute activations again in the backward pass (recompute); the plan alone, without a run, needs no such memory.',
    'Take smaller micro-batches (--set training.microBatch=1), compute activations again in the backward pass (--set training.recompute=true), or use --plan, which runs nothing.',
  ],
  ['data arc', 'Set `data.path=FOLDER`.', 'Use --from FOLDER.'],
  [
    'train',
    'Replace the whole section: `data={"kind":"table",…}`.',
    `Replace the whole section: --set 'data={"kind":"table",…}'.`,
  ],
  ['eval', 'Choose another device.', 'Choose another device; `trm doctor` shows what works here.'],
  [
    'data check',
    'Run `git lfs pull` there, or name them by `files`.',
    'Run `git lfs pull` there, or name them by `files`.',
  ],
]

for (const [command, written, said] of cases) {
  test(`trm ${command} says: ${said}`, () => {
    const error = new InputError({ who: 'w', expected: 'e', got: 'g', hint: written })
    assert.equal(inFlags(error, command.split(' ')).hint, said)
  })
}

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { recipeNames } from '@tiny-recursive-models/trm'
import { listShippedModels, maxThreads } from '@tiny-recursive-models/trm/node'
import { runCommand } from '../src/run.ts'
import { runTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-errors-'))
const home = process.cwd()
after(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

before(async () => {
  writeFileSync(join(folder, 'broken.json'), '{"name": ')
  mkdirSync(join(folder, 'arc', 'training'), { recursive: true })
  const pair = { input: [[1]], output: [[2]] }
  writeFileSync(join(folder, 'arc', 'training', 't.json'), JSON.stringify({ train: [pair], test: [pair] }))
  const grid = '123456456123231564564231312645645312'
  writeFileSync(
    join(folder, 'six.csv'),
    `${grid.slice(0, 30)}......,${grid}
`,
  )
  const { code, stderr } = await runTrm(
    folder,
    'train',
    ...tiny,
    '--out',
    'run',
    '--threads',
    '1',
    '--steps',
    '2',
  )
  assert.equal(code, 0, stderr)
  process.chdir(folder)
})

const shipped = (await listShippedModels()).map(({ name }) => name)

/** Command line → exit code and stderr. */
const cases: readonly [line: string, code: number, lines: readonly string[]][] = [
  [
    'tran',
    2,
    [
      "error: unknown command 'tran'",
      '(Did you mean train?)',
      'Run with --help for the options and examples.',
    ],
  ],
  [
    'train sudoku-4x4 --thread 1',
    2,
    [
      "error: unknown option '--thread'",
      '(Did you mean --threads?)',
      'Run with --help for the options and examples.',
    ],
  ],
  [
    'train sudoku-4x4 --threads many',
    2,
    [
      `error: option '--threads <count>' argument 'many' is invalid. It must be a whole number from 1 to ${maxThreads()}.`,
      'Run with --help for the options and examples.',
    ],
  ],
  [
    'train sudoku-4x4 --threads 100000',
    2,
    [
      `error: option '--threads <count>' argument '100000' is invalid. It must be a whole number from 1 to ${maxThreads()}.`,
      'Run with --help for the options and examples.',
    ],
  ],
  [
    'doctor --probe tpu',
    2,
    [
      "error: option '--probe <what>' argument 'tpu' is invalid. Allowed choices are wasm, onednn, onnxruntime-cpu, onnxruntime-webgpu, mpi-openmpi, mpi-mpich.",
      'Run with --help for the options and examples.',
    ],
  ],
  [
    'train',
    1,
    [
      'trm: trm train',
      '  expected  the name of a recipe, or --resume with --out FOLDER',
      '  got       neither',
      '  hint      For example: trm train sudoku-6x6. `trm recipes` lists all recipes.',
    ],
  ],
  [
    'train sudoku-4x4 --thread 1 --json',
    2,
    [
      `{"error":{"who":"command line","expected":"known commands and options with valid values","got":"unknown option '--thread'","hint":"Did you mean --threads? Run with --help for the options and examples."}}`,
    ],
  ],
  [
    'data arc --from arc --subsets training --test evaluation --json',
    1,
    [
      '{"error":{"who":"ARC test set \\"evaluation\\"","expected":"at least one task with grids of at most 30×30","got":"a set that is not among those read","hint":"Set --test to one of --subsets, and allow larger grids."}}',
    ],
  ],
  [
    'eval run --data six.csv',
    1,
    [
      'trm: six.csv, line 1',
      '  expected  a 4×4 Sudoku',
      '  got       36 cells',
      '  hint      Use another file.',
    ],
  ],
  [
    'train sudoku-4x --json',
    1,
    [
      `{"error":{"who":"recipe","expected":"the name of a shipped recipe","got":"\\"sudoku-4x\\"","hint":"Did you mean 'sudoku-4x4'? Known recipes: ${recipeNames.join(', ')}."}}`,
    ],
  ],
  [
    'train sudoku-4x4 --set optimizer.learnigRate=1',
    1,
    [
      'trm: recipe override',
      '  expected  a known key of optimizer',
      '  got       "optimizer.learnigRate"',
      "  hint      Did you mean 'optimizer.learningRate'? Known keys of optimizer: kind, learningRate, muonLearningRate, weightDecay, weightDecayOf, beta1, beta2, puzzleLearningRate, puzzleWeightDecay, warmupSteps, minRatio, gradientClip, emaDecay, loss, labelSmoothing.",
    ],
  ],
  [
    'train sudoku-extreme-mlp',
    1,
    [
      'trm: data.train',
      '  expected  a file of Sudokus (CSV or one per line, plain or .gz, or …inputs.npy)',
      '  got       null',
      '  hint      Use --set data.train=FILE, and --set data.test=FILE for the final test.',
    ],
  ],
  [
    'train broken.json',
    1,
    [
      'trm: broken.json',
      '  expected  a recipe as JSON',
      '  got       "Unexpected end of JSON input"',
      '  hint      Correct the file; `trm recipes sudoku-6x6 > FILE` writes one to start from.',
    ],
  ],
  [
    'eval maze-small --size 9',
    1,
    [
      'trm: --size',
      '  expected  puzzles of that size, from --data FILE',
      '  got       none',
      '  hint      Add --data FILE, or leave --size out.',
    ],
  ],
  [
    'eval run --checkpoint 7',
    1,
    [
      'trm: run',
      '  expected  a checkpoint of step 7',
      '  got       a run with best, final, latest, 2',
      '  hint      Choose one of those with --checkpoint.',
    ],
  ],
  [
    'eval nowhere',
    1,
    [
      'trm: nowhere',
      '  expected  a run folder, a checkpoint file or a shipped model',
      '  got       no such file or folder (ENOENT)',
      `  hint      Check the path; the shipped models are ${shipped.join(', ')}, and one on the hub is hf:OWNER/NAME.`,
    ],
  ],
  [
    'solve run 1.......1.......',
    1,
    [
      'trm: puzzle',
      '  expected  a 4×4 Sudoku that can be solved',
      '  got       row 3, column 1: 1 is already in row 1, column 1, the same column',
      '  hint      Correct the puzzle: digits (and A to G beyond 9), and . 0 _ * - ? x X for a blank.',
    ],
  ],
  [
    'solve run 12..............3',
    1,
    [
      'trm: Sudoku text',
      '  expected  16, 36, 81 or 256 cells',
      '  got       17',
      '  hint      Write one character per cell, with . for a blank.',
    ],
  ],
  [
    'solve run 12%.............',
    1,
    [
      'trm: row 1, column 3',
      '  expected  a digit from 1 to 4, or . 0 _ * - ? x X for a blank',
      '  got       "%"',
      '  hint      Correct this cell.',
    ],
  ],
  [
    `solve run ${'.'.repeat(36)}`,
    1,
    [
      'trm: puzzle',
      '  expected  a 4×4 Sudoku, as the model was trained on',
      '  got       a 6×6 Sudoku',
      '  hint      Use a puzzle of that size, or a model for this one.',
    ],
  ],
]

for (const [line, code, lines] of cases) {
  test(`trm ${line}`, async (context) => {
    const written: string[] = []
    context.mock.method(process.stderr, 'write', (text: string) => written.push(text) > 0)
    assert.equal(await runCommand(line.split(' ')), code)
    assert.equal(written.join(''), `${lines.join('\n')}\n`)
  })
}

test('the process ends with these codes and says nothing on stdout', async () => {
  const usage = await runTrm(folder, 'tran')
  assert.deepEqual([usage.code, usage.stdout], [2, ''])
  const input = await runTrm(folder, 'eval', 'nowhere', '--json')
  assert.deepEqual([input.code, input.stdout], [1, ''])
})

test('help ends with 0 and shows examples', async () => {
  const { code, stdout } = await runTrm(folder, 'solve', '--help')
  assert.equal(code, 0)
  assert.match(stdout, /Examples:\n {2}trm solve "\.\.1\.3\.\.\.\.32\.12\.4"/)
})

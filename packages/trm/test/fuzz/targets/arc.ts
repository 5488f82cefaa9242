/** ARC: tasks, solutions, submissions. */
import { gzipSync } from 'fflate'
import { readArcFolderNames } from '../../../src/evaluate/arc/folder-ballot.ts'
import { scoreSubmission } from '../../../src/evaluate/arc/score.ts'
import { readSolutions } from '../../../src/evaluate/arc/solutions.ts'
import { formatSubmission, readSubmission } from '../../../src/evaluate/arc/submission.ts'
import { parseAugmentedName } from '../../../src/puzzles/arc/augment.ts'
import { buildArc } from '../../../src/puzzles/arc/build.ts'
import type { Grid } from '../../../src/puzzles/arc/grid.ts'
import { type ArcFiles, readArcSubset } from '../../../src/puzzles/arc/read.ts'
import { changeJson } from '../json.ts'
import { type Files, insist, type StructuredMutation, type Target } from '../target.ts'

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const pair = (shift: number) => ({
  input: [
    [shift, 1],
    [2, 3],
  ],
  output: [[3, shift, 5]],
})
const task = (shift: number) => ({ train: [pair(shift), pair(shift + 1)], test: [pair(shift + 2)] })
const asked = ({ train, test }: ReturnType<typeof task>) => ({
  train,
  test: test.map(({ input }) => ({ input })),
})
const solutions = { '0a': [[[3, 2, 5]]], '0b': [[[3, 6, 5]]] }

const packJson: StructuredMutation = (bytes, random) => gzipSync(changeJson(bytes, random))

const base = {
  structured: () => [changeJson, changeJson, packJson],
  isText: () => true,
}

/** A folder in memory. */
const folderOf = (files: Files): ArcFiles => ({
  read: async (path) => files.get(path.slice('folder/'.length)) ?? new Uint8Array(0),
  list: async (path) => {
    const inside = path === 'folder' ? '' : `${path.slice('folder/'.length)}/`
    const names = [...files.keys()].filter((name) => name.startsWith(inside))
    return [...new Set(names.map((name) => name.slice(inside.length).split('/')[0]!))]
  },
})

function insistOnGrid({ rows, columns, colours }: Grid): void {
  insist(colours.length === rows * columns, 'the size of a grid')
  insist(
    colours.every((colour) => colour <= 9),
    'the colours of a grid',
  )
}

export const arcTasks: Target = {
  ...base,
  samples: () => [
    new Map([
      ['arc-agi_t_challenges.json', encode({ '0a': asked(task(0)), '0b': asked(task(4)) })],
      ['arc-agi_t_solutions.json', encode(solutions)],
    ]),
    new Map([
      ['t/0a.json', encode(task(0))],
      ['t/0b.json', encode(task(4))],
    ]),
    new Map([['sets.json', encode({ t: { '0a': task(0), '0b': task(4) }, u: { '0c': task(1) } })]]),
  ],
  read: async (files) => {
    const tasks = await readArcSubset('folder', 't', folderOf(files))
    for (const { train, test } of tasks) {
      for (const { input, output } of train) [input, output].forEach(insistOnGrid)
      for (const { input, output } of test) [input, ...(output ? [output] : [])].forEach(insistOnGrid)
    }
    const options = { testSubset: 't', validation: 0, augmentations: 2, seed: 0, canvas: 12 }
    const { test, trainingPairs } = buildArc([tasks], options)
    insist(trainingPairs.length > 0 && test.count > 0, 'the build')
    insist(test.at(0).inputs.length === 144, 'a puzzle')
  },
}

export const arcSubmission: Target = {
  ...base,
  samples: () => [
    new Map([
      [
        'submission',
        encode({
          '0a': [{ attempt_1: [[3, 2, 5]], attempt_2: [[0]] }],
          '0b': [{ attempt_1: null, attempt_2: { answer: [[1]], correct: false } }],
        }),
      ],
      ['solutions', encode(solutions)],
    ]),
  ],
  read: async (files) => {
    const submission = await readSubmission(files.get('submission')!, 'submission')
    for (const entries of submission.values()) entries.flat().forEach(insistOnGrid)
    formatSubmission(submission)
    const score = scoreSubmission(
      submission,
      await readSolutions(files.get('solutions')!, 'solutions'),
      'submission',
    )
    insist(score.passAt[1] <= score.passAt[2] && score.passAt[2] <= 1, 'the score')
  },
}

export const arcFolderNames: Target = {
  ...base,
  samples: () => [
    new Map([
      ['identifiers.json', encode(['<blank>', '0a', '0a|||t3|||0213456789'])],
      ['test_puzzles.json', encode({ '0a': task(0) })],
    ]),
  ],
  read: async (files) => {
    const [identifiers, tests] = ['identifiers.json', 'test_puzzles.json'].map((name) => files.get(name)!)
    const { names, tasks } = await readArcFolderNames(identifiers!, tests!, 'folder')
    for (const name of names.slice(0, 1000)) parseAugmentedName(name)
    for (const { test } of tasks) for (const { input } of test) insistOnGrid(input)
  },
}

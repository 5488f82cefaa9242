import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { readOfficialFolder } from '../../../src/data/official-folder.ts'
import { ignoredLabel, puzzleAt, selectPuzzles } from '../../../src/data/puzzle-set.ts'
import { arcBallot } from '../../../src/evaluate/arc/ballot.ts'
import { arcFolderBallot, looksLikeArc, readArcFolderNames } from '../../../src/evaluate/arc/folder-ballot.ts'
import { arcFigures } from '../../../src/evaluate/arc/pass-at.ts'
import { ArcVotes, restorePrediction } from '../../../src/evaluate/arc/vote.ts'
import { type EvaluationEvent, evaluate } from '../../../src/evaluate/evaluate.ts'
import type { TrainedModel } from '../../../src/evaluate/thinker.ts'
import { modelConfig } from '../../../src/models/config.ts'
import { PuzzleTable } from '../../../src/models/puzzle-table.ts'
import { initialWeights } from '../../../src/models/weights.ts'
import { arcOfficialFiles } from '../../../src/puzzles/arc/arc-official.ts'
import { sampleArcSet } from '../../../src/puzzles/arc/arc-part.ts'
import { arcPuzzleSet } from '../../../src/puzzles/arc/arc-puzzle-set.ts'
import { buildArc } from '../../../src/puzzles/arc/build.ts'
import { padToken } from '../../../src/puzzles/arc/encode.ts'
import { gridKey, gridToJson } from '../../../src/puzzles/arc/grid.ts'
import { arcVersions } from '../../../src/puzzles/arc/versions.ts'
import { overrideRecipe, recipes } from '../../../src/recipes/index.ts'
import { sampleTask } from '../../puzzles/arc/sample-tasks.ts'

type Answer = Extract<EvaluationEvent, { type: 'answer' }>

const tasks = [0, 1, 2].map((shift) => sampleTask(`task${shift}`, 'evaluation', shift))
const versions = arcVersions(tasks, { augmentations: 20, seed: 1 })
const set = arcPuzzleSet({ name: 'test', canvas: 5, versions, identifierDigest: '', tasks, asked: [0, 1, 2] })

/** An answer that fills the canvas as the solution does. */
function rightAnswer(puzzle: number): Answer {
  const answer = puzzleAt(set, puzzle).labels.map((label) => (label === ignoredLabel ? padToken : label))
  return { type: 'answer', puzzle, answer, haltLogit: 1, steps: 1 }
}

test('right answers to every augmentation, in any order, are one output that has all votes', () => {
  const ballot = arcBallot(set)!
  const order = new RandomStream(2, 'order').permutation(set.count)
  for (const puzzle of order) ballot.note(rightAnswer(puzzle))
  assert.deepEqual(ballot.figures(), {
    passAt: { 1: 1, 2: 1, 5: 1, 10: 1, 100: 1, 1000: 1 },
    tasks: 3,
    testInputs: 3,
    predictions: 63,
  })
  const { input, output } = tasks[1]!.test[0]!
  const ranking = ballot.votes.ranking('task1', input)
  assert.deepEqual([ranking.length, ranking[0]!.votes], [1, 21])
  assert.deepEqual(
    ballot
      .submission()
      .get('task1')!
      .map((attempts) => attempts.map(gridToJson)),
    [[gridToJson(output!), gridToJson(output!)]],
  )
})

test('the order of the answers does not decide ties, their place in the set does', () => {
  const firstOf = (puzzles: readonly number[]) => {
    const ballot = arcBallot(set)!
    for (const puzzle of puzzles) {
      const event = rightAnswer(puzzle)
      // Puzzle 3 is the first task again; its answer is spoilt in one cell.
      if (puzzle === 3) event.answer[0] = event.answer[0] === 2 ? 3 : 2
      ballot.note(event)
    }
    return ballot.votes.ranking('task0', tasks[0]!.test[0]!.input)[0]!.output
  }
  assert.deepEqual(gridToJson(firstOf([3, 0])), gridToJson(tasks[0]!.test[0]!.output!))
  assert.deepEqual(gridToJson(firstOf([0, 3])), gridToJson(tasks[0]!.test[0]!.output!))
})

test('puzzles that are not of ARC have no vote', () => {
  assert.equal(arcBallot(selectPuzzles(set, [0, 1])), null)
})

const recipe = overrideRecipe(recipes['arc-small'], [
  'model.width=32',
  'model.puzzleEmbeddingWidth=32',
  'model.prefixTokens=1',
  'model.latentUpdates=1',
  'model.supervisionSteps=3',
])
const config = modelConfig(recipe.model, set)

/** Random weights, with a halting score that differs from puzzle to puzzle. */
function randomModel(seed: number): TrainedModel {
  const weights = initialWeights(config, seed)
  const random = new RandomStream(seed, 'halt head')
  const { data } = weights['haltHead.weight']!
  for (let index = 0; index < data.length; index++) data[index] = random.truncatedNormal()
  weights['haltHead.bias']!.data.fill(0)
  return { config, weights, puzzleTable: new PuzzleTable(set.identifiers, 32) }
}

const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })

for (const halting of ['full', 'early'] as const) {
  test(`the vote of an evaluation with ${halting} halting is that over its answers taken from the canvas`, async () => {
    const ballot = arcBallot(set)!
    const answers: Answer[] = []
    for await (const event of evaluate(executor, randomModel(1), set, { halting, slots: 7 })) {
      ballot.note(event)
      if (event.type === 'answer') answers.push(event)
    }
    assert.equal(answers.length, set.count)
    const inOrder = answers.every(({ puzzle }, place) => puzzle === place)
    assert.equal(inOrder, halting === 'full', 'early halting answers in another order')

    // The published way: input and output are taken from their canvas, the task is known by its input.
    const votes = new ArcVotes()
    for (const { puzzle, answer, haltLogit } of answers.sort((left, right) => left.puzzle - right.puzzle)) {
      const { task, transform } = set.arcAt(puzzle)
      const { inputs } = puzzleAt(set, puzzle)
      votes.add(restorePrediction({ task, transform, side: 5, inputs, answer, haltLogit }))
    }
    for (const { id, test: pairs } of tasks)
      assert.deepEqual(
        ballot.votes
          .ranking(id, pairs[0]!.input)
          .map(({ output, votes: count }) => [gridToJson(output), count]),
        votes.ranking(id, pairs[0]!.input).map(({ output, votes: count }) => [gridToJson(output), count]),
      )
    assert.deepEqual(ballot.figures(), arcFigures(votes, tasks))
  })
}

test('each evaluation has a vote of its own: the same weights give the same again', async () => {
  const part = sampleArcSet(set, 12, 0)
  const voteOf = async (seed: number) => {
    const ballot = arcBallot(part)!
    for await (const event of evaluate(executor, randomModel(seed), part)) ballot.note(event)
    assert.equal(ballot.figures().predictions, 12)
    return ballot.votes.ranking('task0', tasks[0]!.test[0]!.input)
  }
  const [first, , again] = [await voteOf(1), await voteOf(2), await voteOf(1)]
  assert.equal(
    first.reduce((sum, { votes }) => sum + votes, 0),
    4,
  )
  assert.deepEqual(again, first)
})

test('a data folder of the published layout has the same vote', async () => {
  const build = buildArc([tasks], {
    testSubset: 'evaluation',
    validation: 0,
    augmentations: 20,
    seed: 1,
    canvas: 5,
    allowLeak: true,
  })
  const files = new Map(
    arcOfficialFiles(build).map(({ path, pieces }) => [path, Buffer.concat([...pieces()])] as const),
  )
  const { puzzles } = await readOfficialFolder('test', async (path) => files.get(path)!, 'folder')
  const identifiers = files.get('identifiers.json')!
  const names = await readArcFolderNames(identifiers, files.get('test_puzzles.json')!, 'folder')
  assert.ok(looksLikeArc(puzzles))
  const [stored, computed] = [arcFolderBallot(puzzles, names), arcBallot(build.test)!]
  for (const [ballot, asked] of [
    [stored, puzzles],
    [computed, build.test],
  ] as const)
    for await (const event of evaluate(executor, randomModel(3), asked, { slots: 21 })) ballot.note(event)
  assert.equal(stored.votes.predictions, 63)
  for (const { id, test: pairs } of tasks) {
    // Puzzles stand in another order, which may decide ties differently.
    const counted = (votes: ArcVotes) =>
      votes
        .ranking(id, pairs[0]!.input)
        .map(({ output, votes: count }) => `${count} × ${gridKey(output)}`)
        .sort()
    assert.deepEqual(counted(stored.votes), counted(computed.votes))
  }
  // A part asks for fewer tasks, and is scored on them.
  const part = selectPuzzles(puzzles, [0, 1, 2])
  const ballot = arcFolderBallot(part, names)
  assert.deepEqual([ballot.tasks.length, ballot.tasks[0]!.id], [1, 'task0'])
  assert.throws(() => arcFolderBallot(puzzles, { ...names, names: names.names.slice(0, 3) }), {
    message:
      'folder/test, identifiers.json: expected a name of every identifier, 3 among them, got 3 names. Rebuild the folder.',
  })
})

test('names that are no list, and JSON that is none, are refused', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  await assert.rejects(
    readArcFolderNames(bytes('{}'), bytes('{}'), 'f'),
    /^InputError: f\/identifiers\.json: expected a list of names, got /,
  )
  await assert.rejects(
    readArcFolderNames(bytes('["a"]'), bytes('{'), 'f'),
    /^InputError: f\/test_puzzles\.json: expected JSON, got /,
  )
})

/** What a run votes for on one ARC task. */
import { evaluate, InputError } from '@tiny-recursive-models/trm'
import { arcBallot } from '@tiny-recursive-models/trm/evaluate/arc'
import { grouped, percent, plural } from '@tiny-recursive-models/trm/format'
import { type CheckpointChoice, thinkingWorkload } from '@tiny-recursive-models/trm/node'
import {
  type ArcPuzzleSet,
  type ArcTask,
  arcSetOfTask,
  arcWithAugmentations,
  isArcPuzzleSet,
} from '@tiny-recursive-models/trm/puzzles/arc'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { openFor } from '../options/open-chosen.ts'
import type { ComputingOptions } from '../options/options.ts'
import { openShownModel } from '../output/open-model.ts'
import { Progress } from '../output/progress.ts'
import { readTestSet } from '../puzzles/test-puzzles.ts'
import type { ArcAnswer } from './picture.ts'

export interface VoteOptions extends ComputingOptions {
  /** How many outputs of each test input. */
  readonly votes: number
  readonly augmentations?: number
  readonly checkpoint?: CheckpointChoice
  readonly json?: true
}

export interface RunVote {
  readonly task: ArcTask
  /** The best outputs for each test input. */
  readonly answers: readonly (readonly ArcAnswer[])[]
}

/** Lets the model of a run answer a task of its test set under its augmentations; undefined where it was interrupted. */
export async function voteOfRun(id: string, run: string, options: VoteOptions): Promise<RunVote | undefined> {
  const progress = new Progress(options.json === true)
  const opened = await openShownModel(run, options.checkpoint, { silent: options.json === true })
  const set = questionsOf(await readTestSet(opened, run, progress.ofData()), id, run, options.augmentations)
  const executor = await openFor(thinkingWorkload(opened.model.config, set.count), options, progress)
  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  const ballot = arcBallot(set)!
  for await (const event of evaluate(executor, opened.model, set, { shouldStop: () => interrupted })) {
    ballot.note(event)
    if (event.type === 'progress')
      progress.update(event.done / event.total, `${grouped(event.done)} of ${plural(event.total, 'answer')}`)
  }
  progress.stop()
  release()
  if (interrupted) {
    process.stderr.write('interrupted: nothing to show\n')
    process.exitCode = interruptedExitCode
    return undefined
  }
  const [task] = set.tasks as [ArcTask]
  const answers = task.test.map(({ input }) => {
    const ranking = ballot.votes.ranking(id, input)
    const cast = ranking.reduce((sum, { votes }) => sum + votes, 0)
    return ranking.slice(0, options.votes).map(
      ({ output, votes, meanProbability }, index): ArcAnswer => ({
        title: `output ${index + 1}: ${grouped(votes)} of ${plural(cast, 'vote')}, confidence ${percent(meanProbability)}`,
        output,
        vote: { votes, meanProbability },
      }),
    )
  })
  return { task, answers }
}

function questionsOf(set: object, id: string, run: string, augmentations: number | undefined): ArcPuzzleSet {
  if (!isArcPuzzleSet(set)) {
    throw new InputError({
      who: run,
      expected: 'a run trained on ARC tasks',
      got: 'one trained on other puzzles',
      hint: 'Use trm solve for other puzzles.',
    })
  }
  const ofTask = arcSetOfTask(set, id)
  return augmentations === undefined ? ofTask : arcWithAugmentations(ofTask, augmentations)
}

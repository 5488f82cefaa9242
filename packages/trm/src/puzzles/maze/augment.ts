import type { RandomStream } from '@tiny-recursive-models/tensor'
import type { Example } from '../../data/puzzle-set.ts'
import { turned, turns } from '../square.ts'
import { labelPath } from './path.ts'

/**
 * The maze under one of the eight symmetries, each equally likely. A label of the label rule is computed anew,
 * because the rule prefers directions: turned with its maze, it would be a shortest path that the rule does not
 * choose. (Departure: the published augmentation turns it; it is off in the published runs.) Other labels are turned.
 */
export function augmentMaze({ inputs, labels, identifier }: Example, random: RandomStream): Example {
  const symmetry = random.integer(turns)
  if (symmetry === 0) return { inputs, labels, identifier }
  const question = turned(inputs, symmetry)
  const rule = labelPath(inputs)
  const followsRule = rule?.every((token, cell) => token === labels[cell]) ?? false
  return {
    inputs: question,
    labels: followsRule ? labelPath(question)! : turned(labels, symmetry),
    identifier,
  }
}

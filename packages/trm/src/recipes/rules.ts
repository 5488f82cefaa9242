/** Rules that tie several keys of a recipe together. Each names the key to change first. */
import { InputError } from '@tiny-recursive-models/tensor'
import { multiScaleLatents, prefixLength } from '../models/config.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { Violation } from '../puzzles/family.ts'
import { boardOfData, sourceOf } from '../puzzles/index.ts'
import type { Recipe } from './fields.ts'

type Rule = (recipe: Recipe) => Violation | null

const headsDivideWidth: Rule = ({ model: { width, heads } }) =>
  width % heads === 0
    ? null
    : {
        key: 'model.heads',
        expected: `a divisor of model.width (${width})`,
        got: String(heads),
        hint: `Use ${largestDivisor(width, heads)}, or a width that is a multiple of ${heads}.`,
      }

const rotaryHeadsAreEven: Rule = ({ model: { width, heads, positions } }) =>
  positions !== 'rotary' || (width / heads) % 2 === 0
    ? null
    : {
        key: 'model.heads',
        expected: 'an even head size (model.width / model.heads) for rotary positions',
        got: `${width} / ${heads} = ${width / heads}`,
        hint: "Rotary positions rotate pairs of channels: change model.heads, or set model.positions to 'none'.",
      }

const prefixNeedsEmbedding: Rule = ({ model: { prefixTokens, puzzleEmbeddingWidth } }) =>
  prefixTokens === 0 || puzzleEmbeddingWidth > 0
    ? null
    : {
        key: 'model.puzzleEmbeddingWidth',
        expected: `more than 0 if model.prefixTokens is ${prefixTokens}`,
        got: '0',
        hint: 'A prefix without a puzzle embedding holds nothing: set model.prefixTokens to 0.',
      }

const prefixHoldsEmbedding: Rule = ({ model }) => {
  const room = prefixLength(model) * model.width
  if (room >= model.puzzleEmbeddingWidth) return null
  return {
    key: 'model.prefixTokens',
    expected: `at least ${Math.ceil(model.puzzleEmbeddingWidth / model.width)}, so that prefixTokens · width holds model.puzzleEmbeddingWidth (${model.puzzleEmbeddingWidth})`,
    got: `${model.prefixTokens} · ${model.width} = ${room}`,
    hint: 'Set model.prefixTokens to 0 to compute it.',
  }
}

const directHasNoRecursion: Rule = ({ model: { kind, recursions, latentUpdates } }) =>
  kind !== 'direct' || recursions * latentUpdates === 1
    ? null
    : {
        key: 'model.recursions',
        expected: "1, and model.latentUpdates 1 if model.kind is 'direct'",
        got: `${recursions} and ${latentUpdates}`,
        hint: 'Direct prediction calls its net once per supervision step: set both to 1.',
      }

const separateNetsNeedAnAnswer: Rule = ({ model: { kind, nets } }) =>
  nets === 'shared' || kind === 'trm' || kind === 'multi-scale'
    ? null
    : {
        key: 'model.nets',
        expected: `'shared' if model.kind is '${kind}'`,
        got: `'${nets}'`,
        hint: 'Only a model with both an answer and latents can have a net for each.',
      }

const latentsAreAllUpdated: Rule = ({ model: { kind, latentUpdates } }) =>
  kind !== 'multi-scale' || latentUpdates <= multiScaleLatents
    ? null
    : {
        key: 'model.latentUpdates',
        expected: `at most ${multiScaleLatents} if model.kind is 'multi-scale'`,
        got: String(latentUpdates),
        hint: 'Every update changes a different latent, and there are six.',
      }

const noiseIsShown: Rule = ({ model: { answerInput = 'none' }, noise }) =>
  (answerInput === 'noisy') === (noise !== null)
    ? null
    : {
        key: noise === null ? 'noise' : 'model.answerInput',
        expected: noise === null ? "settings if model.answerInput is 'noisy'" : "'noisy' if there is noise",
        got: noise === null ? 'null' : `'${answerInput}'`,
        hint: 'Noisy answers must be used in both the model and training: set both or neither.',
      }

const denoiserIsShownNoise: Rule = ({ model: { kind, answerInput = 'none', recursions } }) =>
  kind !== 'denoiser' || (answerInput === 'noisy' && recursions === 1)
    ? null
    : {
        key: answerInput === 'noisy' ? 'model.recursions' : 'model.answerInput',
        expected:
          answerInput === 'noisy' ? "1 if model.kind is 'denoiser'" : "'noisy' if model.kind is 'denoiser'",
        got: answerInput === 'noisy' ? String(recursions) : `'${answerInput}'`,
        hint: 'A denoiser carries a latent alone; its answer comes from outside, and its depth is model.latentUpdates.',
      }

/** Models that mix by structure, or are shown answers, need puzzles that say what sees what and what is to be found. */
const mixerFitsPuzzles: Rule = ({ model: { mixer, answerInput = 'none' }, data }) => {
  const structure = structureOfData(data)
  // What only the files tell is checked again when they have been read.
  if (structure === undefined && sourceOf(data).complete) return null
  if (mixer === 'mlp' || mixer === 'attention') {
    if (answerInput === 'none' || structure) return null
    return {
      key: 'model.answerInput',
      expected: "'none' for puzzles of an unknown family",
      got: `'noisy', for ${data.kind}`,
      hint: 'Noisy answers are for grids whose family is known.',
    }
  }
  const fits: readonly string[] = [
    ...(structure && Object.keys(structure.groups).length > 0 ? ['groups'] : []),
    ...(structure && structure.exchangeable.length > 0 ? ['fields'] : []),
    ...(structure ? ['neighbours'] : []),
  ]
  if (fits.includes(mixer)) return null
  return {
    key: 'model.mixer',
    expected: [...fits, 'attention', 'mlp'].map((name) => `'${name}'`).join(' or '),
    got: `'${mixer}', for ${data.kind}`,
    hint: 'Groups need cells that constrain each other, fields symbols that may be exchanged, neighbours a grid.',
  }
}

const structuredModelsHaveNoPrefix: Rule = ({ model: { mixer, puzzleEmbeddingWidth, positions } }) => {
  if (mixer === 'mlp' || mixer === 'attention') return null
  if (puzzleEmbeddingWidth > 0) {
    return {
      key: 'model.puzzleEmbeddingWidth',
      expected: `0 if model.mixer is '${mixer}'`,
      got: String(puzzleEmbeddingWidth),
      hint: 'Tokens in front of the cells are in no group.',
    }
  }
  if (positions === 'none' || (positions === 'learned' && mixer === 'groups')) return null
  return {
    key: 'model.positions',
    expected: mixer === 'groups' ? "'learned' or 'none'" : `'none' if model.mixer is '${mixer}'`,
    got: `'${positions}'`,
    hint: 'This mixer itself defines which cells see each other.',
  }
}

const staysHoldTheirSteps: Rule = ({ noise, training: { gradientSteps } }) => {
  if (noise === null) return null
  const { shortestStay, longestStay, longestStayAtEnd } = noise
  if (shortestStay <= longestStay && longestStay <= longestStayAtEnd && shortestStay >= gradientSteps)
    return null
  return {
    key: 'noise.shortestStay',
    expected: `from training.gradientSteps (${gradientSteps}) up, with shortestStay ≤ longestStay ≤ longestStayAtEnd`,
    got: `${shortestStay}, ${longestStay}, ${longestStayAtEnd}`,
    hint: 'A stay is counted in supervision steps and lasts whole optimiser steps.',
  }
}

/** Without a drawn stay a puzzle may halt within an optimiser step, and a next one could not begin. */
const manyStepsNeedStays: Rule = ({ noise, training: { gradientSteps } }) =>
  gradientSteps === 1 || noise !== null
    ? null
    : {
        key: 'training.gradientSteps',
        expected: '1 without noise',
        got: String(gradientSteps),
        hint: 'Published training takes one supervision step per optimiser step.',
      }

const microBatchDividesBatch: Rule = ({ training: { batch, microBatch } }) =>
  microBatch === 'auto' || batch % microBatch === 0
    ? null
    : {
        key: 'training.microBatch',
        expected: `a divisor of training.batch (${batch}) or 'auto'`,
        got: String(microBatch),
        hint: `Use ${largestDivisor(batch, microBatch)} or 'auto'.`,
      }

const workersDivideBatch: Rule = ({ training: { batch, workers } }) =>
  batch % workers === 0
    ? null
    : {
        key: 'training.workers',
        expected: `a divisor of training.batch (${batch})`,
        got: String(workers),
        hint: `Use ${largestDivisor(batch, workers)}, so that every worker has the same number of slots.`,
      }

const microBatchDividesShare: Rule = ({ training: { batch, microBatch, workers } }) => {
  const share = batch / workers
  if (microBatch === 'auto' || share % microBatch === 0) return null
  return {
    key: 'training.microBatch',
    expected: `a divisor of training.batch / training.workers (${batch} / ${workers} = ${share}) or 'auto'`,
    got: String(microBatch),
    hint: `Use ${largestDivisor(share, microBatch)} or 'auto'.`,
  }
}

const warmupWithinSteps: Rule = ({ optimizer: { warmupSteps }, training: { steps } }) =>
  warmupSteps <= steps
    ? null
    : {
        key: 'optimizer.warmupSteps',
        expected: `at most training.steps (${steps})`,
        got: String(warmupSteps),
        hint: 'The learning rate would never reach its full value: lower the warm-up or train longer.',
      }

const muonFollowsASchedule: Rule = ({ optimizer: { kind, learningRate } }) =>
  kind !== 'muon' || learningRate > 0
    ? null
    : {
        key: 'optimizer.learningRate',
        expected: "more than 0 if optimizer.kind is 'muon'",
        got: String(learningRate),
        hint: 'optimizer.muonLearningRate follows its schedule in proportion, and 0 has none.',
      }

const smoothingNeedsSoftmax: Rule = ({ optimizer: { loss, labelSmoothing } }) =>
  labelSmoothing === 0 || loss === 'softmax'
    ? null
    : {
        key: 'optimizer.labelSmoothing',
        expected: `0 if optimizer.loss is '${loss}'`,
        got: String(labelSmoothing),
        hint: "Label smoothing is defined for softmax: set optimizer.loss to 'softmax', or leave it out.",
      }

const stagesFollowEachOther: Rule = (recipe) => {
  const { model, training } = recipe
  const ends = training.stages.map(({ until }) => until)
  if (ends.some((end, place) => end <= (ends[place - 1] ?? 0))) {
    return {
      key: 'training.stages',
      expected: 'stages that each end later than the one before, the first after 0',
      got: ends.join(', '),
      hint: 'Give the share of the steps at which a stage ends, such as 0.2, then 0.4.',
    }
  }
  // A stage is a model too.
  for (const { until: _, ...depth } of training.stages) {
    const staged = { ...recipe, model: { ...model, ...depth } }
    const violation = modelRules.map((rule) => rule(staged)).find((found) => found !== null)
    if (violation)
      return { ...violation, key: 'training.stages', hint: `${violation.key} in a stage: ${violation.hint}` }
  }
  return null
}

const flowIsShared: Rule = ({ noise }) =>
  noise?.atTest !== 'flow' || (noise.path === 'interpolant' && noise.shared)
    ? null
    : {
        key: 'noise.atTest',
        expected: "'noise' unless noise.path is 'interpolant' and noise.shared is true",
        got: "'flow'",
        hint: 'A flow leads in a straight line from one noise to the answer.',
      }

/** What the source of the puzzles says of its own fields. */
const dataHoldsTogether: Rule = ({ data }) => sourceOf(data).violation?.(data) ?? null

const modelRules: readonly Rule[] = [
  headsDivideWidth,
  rotaryHeadsAreEven,
  prefixNeedsEmbedding,
  prefixHoldsEmbedding,
  directHasNoRecursion,
  separateNetsNeedAnAnswer,
  latentsAreAllUpdated,
  noiseIsShown,
  denoiserIsShownNoise,
  mixerFitsPuzzles,
  structuredModelsHaveNoPrefix,
]

const rules: readonly Rule[] = [
  ...modelRules,
  stagesFollowEachOther,
  flowIsShared,
  staysHoldTheirSteps,
  manyStepsNeedStays,
  microBatchDividesBatch,
  workersDivideBatch,
  microBatchDividesShare,
  warmupWithinSteps,
  muonFollowsASchedule,
  smoothingNeedsSoftmax,
  dataHoldsTogether,
]

/** Throws on the first rule that the recipe breaks. */
export function checkRules(recipe: Recipe, who: string): void {
  for (const rule of rules) {
    const violation = rule(recipe)
    if (violation !== null) {
      throw new InputError({
        who: `${who}: ${violation.key}`,
        expected: violation.expected,
        got: violation.got,
        hint: violation.hint,
      })
    }
  }
}

/** The largest divisor of `whole` that is not above `limit`. */
function largestDivisor(whole: number, limit: number): number {
  for (let divisor = Math.min(whole, limit); divisor > 1; divisor--) {
    if (whole % divisor === 0) return divisor
  }
  return 1
}

/** What the puzzles of a recipe say of themselves; undefined where that is not known before they are read. */
function structureOfData(data: Recipe['data']): PuzzleStructure | undefined {
  if (sourceOf(data).violation?.(data)) return undefined
  return boardOfData(data, unknownSizes)?.structure
}

/** Recipes do not tell them; sources that would need them are not known before their files are read. */
const unknownSizes = { cells: 0, symbols: 0 }

// Letters: B slots of one program (the batch, or a micro-batch of it), S cells, L tokens, D width, E length of
// a puzzle embedding.
import {
  add,
  and,
  cast,
  concatenate,
  filled,
  gradients,
  greater,
  greaterOrEqual,
  multiply,
  or,
  type Program,
  reshape,
  scalar,
  select,
  signDescent,
  slice,
  squareRoot,
  sumAll,
  type Tensor,
  type TensorType,
  trace,
} from '@tiny-recursive-models/tensor'
import { type ModelConfig, sequenceLength, stateNames, structureOfModel } from '../models/config.ts'
import { type Prediction, startStates, supervisionStep } from '../models/recursion.ts'
import type { States } from '../models/states.ts'
import { type Weights, weightTypes } from '../models/weights.ts'
import { clipGradients } from '../optim/clip.ts'
import { type OptimizerConfig, type Scheduled, updateWeight } from '../optim/update.ts'
import { type CellLossConfig, continueTarget, type Losses, lossesOf, metricsVector } from './losses.ts'

/** All that the programs of a training step depend on. */
export interface StepConfig {
  readonly model: ModelConfig
  readonly optimizer: OptimizerConfig & CellLossConfig & { readonly puzzleWeightDecay: number }
  /** Slots of the whole batch: losses are divided by it. */
  readonly batch: number
  /** Slots that one program run works on; a divisor of `batch`. */
  readonly microBatch: number
  readonly recompute: boolean
  /** N, supervision steps of one optimiser step; by default 1. */
  readonly gradientSteps?: number
  /** Standard deviation of the noise on the states that a puzzle begins with; by default 0. */
  readonly startNoise?: number
}

type Types = Record<string, TensorType>
type Named = Readonly<Record<string, Tensor>>

const float = (...shape: number[]): TensorType => ({ shape, dtype: 'float32' })
const int = (...shape: number[]): TensorType => ({ shape, dtype: 'int32' })

/** The four tensors kept for every weight, and the gradient summed over micro-batches. */
export const weightRoles = ['weights', 'ema', 'moment1', 'moment2'] as const

export function trainedNames(config: ModelConfig): string[] {
  return Object.entries(weightTypes(config)).flatMap(([name, type]) => (type.trained ? [name] : []))
}

/** States of a program for all weights (or the trained ones) in one role: `role.name`. */
function roleTypes(config: ModelConfig, role: string, trainedOnly: boolean): Types {
  const entries = Object.entries(weightTypes(config)).filter(([, type]) => type.trained || !trainedOnly)
  return Object.fromEntries(entries.map(([name, { shape }]) => [`${role}.${name}`, float(...shape)]))
}

/** The states that every slot keeps between supervision steps. */
export function stateTypes(config: ModelConfig, slots: number): Types {
  const state = float(sequenceLength(config), slots, config.width)
  return Object.fromEntries(stateNames(config).map((name) => [`carry.${name}`, state]))
}

/** All that every slot keeps between optimiser steps. */
export function carryTypes(config: ModelConfig, slots: number): Types {
  return { ...stateTypes(config, slots), 'carry.steps': float(slots) }
}

/** @param steps N, supervision steps that a noisy answer is shown to */
function puzzleFeeds(config: ModelConfig, slots: number, steps: number): Types {
  const { cells, puzzleEmbeddingWidth } = config
  const rows: Types = puzzleEmbeddingWidth > 0 ? { rows: float(slots, puzzleEmbeddingWidth) } : {}
  const noisy: Types =
    config.answerInput === 'noisy'
      ? { noisy: float(steps, slots, cells, structureOfModel(config).answers.length) }
      : {}
  return { tokens: int(slots, cells), reset: float(slots), ...rows, ...noisy }
}

function trainingFeeds(
  { model: config, gradientSteps = 1, startNoise = 0 }: StepConfig,
  slots: number,
): Types {
  const embedded = config.puzzleEmbeddingWidth > 0
  const states = [stateNames(config).length, sequenceLength(config), slots, config.width]
  return {
    ...puzzleFeeds(config, slots, gradientSteps),
    labels: int(slots, config.cells),
    minSteps: float(slots),
    ...(config.answerInput === 'noisy' ? { stay: float(slots) } : {}),
    ...(startNoise > 0 ? { startNoise: float(...states) } : {}),
    ...(embedded ? { identifiers: int(slots) } : {}),
  }
}

const scheduledFeeds: Types = { learningRate: float(), correction1: float(), correction2: float() }

const withoutRole = (states: Named, role: string): Weights =>
  Object.fromEntries(
    Object.entries(states).flatMap(([key, tensor]) =>
      key.startsWith(`${role}.`) ? [[key.slice(role.length + 1), tensor]] : [],
    ),
  )

/** States of the slots: fresh ones, with noise where there is some, where a new puzzle begins. */
function resetStates(feeds: Named, states: Named, weights: Weights, config: ModelConfig): States {
  const slots = feeds.reset!.shape[0]!
  const fresh = startStates(weights, config, slots)
  const starts = reshape(greater(feeds.reset!, 0), [1, slots, 1])
  return Object.fromEntries(
    Object.entries(fresh).map(([name, start], index) => {
      const before = states[`carry.${name}`]!
      const noise = feeds.startNoise && slice(feeds.startNoise, 0, index, index + 1)
      const begun = noise ? add(start, reshape(noise, before.shape)) : start
      return [name, select(starts, begun, before)]
    }),
  )
}

function predict(
  feeds: Named,
  states: States,
  weights: Weights,
  config: ModelConfig,
  recompute: boolean,
  { step = 0, inside = false }: { readonly step?: number; readonly inside?: boolean } = {},
): Prediction {
  const { tokens, rows, noisy } = feeds
  const puzzles = {
    tokens: tokens!,
    ...(rows && { rows }),
    ...(noisy && { noisy: reshape(slice(noisy, 0, step, step + 1), noisy.shape.slice(1)) }),
  }
  return supervisionStep(puzzles, states, weights, config, recompute, inside)
}

interface Supervised {
  /** [] sum over slots / whole batch: what is differentiated */
  readonly loss: Tensor
  readonly outputs: Named
  readonly inspected: Named
  readonly carry: Named
}

/** Forward part of a training step: reset, recursion, loss, halting, metrics. */
function supervise(feeds: Named, states: Named, weights: Weights, config: StepConfig): Supervised {
  const { model, gradientSteps = 1 } = config
  const begun = resetStates(feeds, states, weights, model)
  // All but the last of the supervision steps: a loss at each, and gradient through their states.
  let reached = begun
  const earlier: Losses[] = []
  for (let step = 0; step < gradientSteps - 1; step++) {
    const passed = predict(feeds, reached, weights, model, config.recompute, { step })
    earlier.push(lossesOf(passed, feeds.labels!, config.optimizer))
    reached = passed.flowing
  }
  const prediction = predict(feeds, reached, weights, model, config.recompute, { step: gradientSteps - 1 })

  const before = select(greater(feeds.reset!, 0), 0, states['carry.steps']!)
  const steps = add(before, gradientSteps) // [B]
  const atLimit = greaterOrEqual(steps, feeds.stay ?? model.supervisionSteps)
  // A drawn stay is not left early: what comes after a right answer, to keep it, is to be learnt too.
  const satisfied = and(prediction.wantsToHalt, greaterOrEqual(steps, feeds.minSteps!))
  const halted = feeds.stay ? atLimit : or(atLimit, satisfied)

  // The second forward pass, on the same puzzles: reference section 3.
  const target = model.continueLoss
    ? continueTarget(predict(feeds, prediction.states, weights, model, false), atLimit)
    : undefined
  const losses = lossesOf(prediction, feeds.labels!, config.optimizer, target)
  const metrics = metricsVector(losses, prediction.haltLogits, halted, steps)
  const lossSum = earlier.reduce((sum, { totalLoss }) => add(sum, totalLoss), losses.totalLoss)
  return {
    loss: multiply(lossSum, 1 / (config.batch * gradientSteps)),
    outputs: {
      metrics: concatenate(0, ...metrics.map((figure) => reshape(figure, [1]))), // [9]
      halted: cast(halted, 'float32'), // [B]
    },
    inspected: {
      logits: prediction.logits,
      haltLogits: prediction.haltLogits,
      continueLogits: prediction.continueLogits,
      steps,
    },
    carry: { ...prefixed(prediction.states, 'carry'), 'carry.steps': steps },
  }
}

/** Loss, gradients of the trained weights and the puzzle rows. */
function differentiate(feeds: Named, states: Named, config: StepConfig) {
  const weights = withoutRole(states, 'weights')
  const supervised = supervise(feeds, states, weights, config)
  const names = trainedNames(config.model)
  const targets = names.map((name) => weights[name]!)
  const all = gradients(supervised.loss, feeds.rows ? [...targets, feeds.rows] : targets)
  const byName = Object.fromEntries(names.map((name, index) => [name, all[index]!]))
  return { ...supervised, gradient: byName as Named, rowGradient: all[names.length] }
}

function updateAll(states: Named, gradient: Named, scheduled: Scheduled, config: StepConfig): Named {
  const { optimizer } = config
  const { gradientClip = null } = optimizer
  // The norm is an output too: equal nodes become one, so it is computed once.
  const applied =
    gradientClip === null ? gradient : clipGradients(gradient, gradientNorm(gradient), gradientClip)
  const updates: Record<string, Tensor> = {}
  for (const [name, tensor] of Object.entries(applied)) {
    const before = {
      weights: states[`weights.${name}`]!,
      ema: states[`ema.${name}`]!,
      moment1: states[`moment1.${name}`]!,
      moment2: states[`moment2.${name}`]!,
    }
    for (const [role, updated] of Object.entries(updateWeight(name, before, tensor, scheduled, optimizer)))
      updates[`${role}.${name}`] = updated
  }
  return updates
}

/** [1]: the length of all gradients as one vector, before any clipping. */
function gradientNorm(gradient: Named): Tensor {
  const squares = Object.values(gradient).map((tensor) => sumAll(multiply(tensor, tensor)))
  return reshape(squareRoot(squares.reduce((sum, square) => add(sum, square))), [1])
}

function trainingStates({ model, microBatch }: StepConfig): Types {
  return { ...weightStates(model), ...carryTypes(model, microBatch) }
}

/** Weights, EMA and moments. */
function weightStates(model: ModelConfig): Types {
  const moments = weightRoles.slice(1).map((role) => roleTypes(model, role, true))
  return Object.assign({}, roleTypes(model, 'weights', false), ...moments) as Types
}

function scheduledOf(feeds: Named): Scheduled {
  const { learningRate, correction1, correction2 } = feeds as Named & Record<keyof Scheduled, Tensor>
  return { learningRate, correction1, correction2 }
}

/**
 * A whole optimiser step for a batch in one piece. Also gives the updated puzzle rows, if there are any.
 *
 * @param inspect adds logits and gradients to the outputs, for comparisons
 */
export function traceTrainingStep(config: StepConfig, inspect = false): Program {
  const feedTypes = {
    ...trainingFeeds(config, config.batch),
    ...rowFeeds(config.model),
    ...scheduledFeeds,
  }
  return trace('training step', { feeds: feedTypes, states: trainingStates(config) }, ({ feeds, states }) => {
    const { gradient, rowGradient, outputs, inspected, carry } = differentiate(feeds, states, config)
    const updates = updateAll(states, gradient, scheduledOf(feeds), config)
    const rows: Named = rowGradient ? { rows: updateRows(feeds, rowGradient, config) } : {}
    const extra: Named = inspect
      ? { ...inspected, ...prefixed(gradient, 'gradient'), ...(rowGradient ? { rowGradient } : {}) }
      : {}
    return {
      outputs: { ...outputs, gradientNorm: gradientNorm(gradient), ...rows, ...extra },
      updates: { ...updates, ...carry },
    }
  })
}

/** Forward and backward pass of one micro-batch; its gradient is added to `gradient.*`. */
export function traceAccumulation(config: StepConfig): Program {
  const { model, microBatch } = config
  const types = {
    feeds: trainingFeeds(config, microBatch),
    states: {
      ...roleTypes(model, 'weights', false),
      ...roleTypes(model, 'gradient', true),
      ...carryTypes(model, microBatch),
    },
  }
  return trace('accumulation', types, ({ feeds, states }) => {
    const { gradient, rowGradient, outputs, carry } = differentiate(feeds, states, config)
    const sums = Object.entries(gradient).map(([name, tensor]) => {
      const key = `gradient.${name}`
      return [key, add(states[key]!, tensor)] as const
    })
    return {
      outputs: { ...outputs, ...(rowGradient ? { rowGradient } : {}) },
      updates: { ...Object.fromEntries(sums), ...carry },
    }
  })
}

/** Forward and backward pass of one micro-batch; its own gradient is given out as `gradient.*`. */
export function traceGradient(config: StepConfig): Program {
  const { model, microBatch } = config
  const types = {
    feeds: trainingFeeds(config, microBatch),
    states: { ...roleTypes(model, 'weights', false), ...carryTypes(model, microBatch) },
  }
  return trace('gradient', types, ({ feeds, states }) => {
    const { gradient, rowGradient, outputs, carry } = differentiate(feeds, states, config)
    return {
      outputs: { ...outputs, ...(rowGradient ? { rowGradient } : {}), ...prefixed(gradient, 'gradient') },
      updates: carry,
    }
  })
}

/** The optimiser update from accumulated gradients, which are zero afterwards. */
export function traceUpdate(config: StepConfig): Program {
  const { model, batch } = config
  const embedded = model.puzzleEmbeddingWidth > 0
  const types = {
    feeds: {
      ...scheduledFeeds,
      ...rowFeeds(model),
      ...(embedded
        ? {
            rows: float(batch, model.puzzleEmbeddingWidth),
            rowGradient: float(batch, model.puzzleEmbeddingWidth),
            identifiers: int(batch),
          }
        : {}),
    },
    states: { ...weightStates(model), ...roleTypes(model, 'gradient', true) },
  }
  return trace('update', types, (inputs) => {
    const gradient = withoutRole(inputs.states, 'gradient')
    const zeros = Object.entries(gradient).map(
      ([name, { shape }]) => [`gradient.${name}`, filled(shape, 0)] as const,
    )
    const feeds: Named = inputs.feeds
    const rows: Named = feeds.rowGradient ? { rows: updateRows(feeds, feeds.rowGradient, config) } : {}
    return {
      outputs: { gradientNorm: gradientNorm(gradient), ...rows },
      updates: {
        ...updateAll(inputs.states, gradient, scheduledOf(feeds), config),
        ...Object.fromEntries(zeros),
      },
    }
  })
}

/**
 * One supervision step without labels: what solving and evaluation run.
 *
 * @param inside adds `inside` [F, B, S, V], the logits after each of the F calls of a net, as `callsOfStep` orders them
 */
export function traceThinking(config: ModelConfig, slots: number, inside = false): Program {
  const types = {
    feeds: puzzleFeeds(config, slots, 1),
    states: { ...roleTypes(config, 'weights', false), ...stateTypes(config, slots) },
  }
  return trace('thinking', types, ({ feeds, states }) => {
    const weights = withoutRole(states, 'weights')
    const begun = resetStates(feeds, states, weights, config)
    const prediction = predict(feeds, begun, weights, config, false, { inside })
    const { logits, haltLogits, wantsToHalt, logitsInside } = prediction
    const frames = logitsInside.map((frame) => reshape(frame, [1, ...frame.shape]))
    return {
      outputs: {
        logits,
        haltLogits,
        wantsToHalt: cast(wantsToHalt, 'float32'),
        ...(inside && { inside: concatenate(0, ...frames) }),
      },
      updates: prefixed(prediction.states, 'carry'),
    }
  })
}

function rowFeeds({ puzzleEmbeddingWidth }: ModelConfig): Types {
  return puzzleEmbeddingWidth > 0 ? { puzzleLearningRate: float() } : {}
}

/** Sign descent on the rows of the batch (reference section 4). */
function updateRows(feeds: Named, rowGradient: Tensor, { optimizer }: StepConfig): Tensor {
  return signDescent({
    rows: feeds.rows!,
    gradients: rowGradient,
    identifiers: feeds.identifiers!,
    learningRate: feeds.puzzleLearningRate!,
    weightDecay: scalar(optimizer.puzzleWeightDecay),
  })
}

const prefixed = (tensors: Named, role: string): Named =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${role}.${name}`, tensor]))

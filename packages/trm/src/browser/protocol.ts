/** What a page and its model worker say to each other. Everything here survives a structured clone. */
import type { BrowserOptions } from '@tiny-recursive-models/tensor/browser'
import type { EvaluationReport } from '../evaluate/evaluate.ts'
import type { ThinkOptions, Thought } from '../evaluate/think.ts'
import type { ManyThoughts } from '../evaluate/think-many.ts'
import type { ModelConfig } from '../models/config.ts'
import type { DataRecipe } from '../puzzles/index.ts'
import type { Recipe } from '../recipes/schema.ts'
import type { CarriedError } from '../train/carried-error.ts'
import type { TrainingEvent } from '../train/events.ts'

/** How the worker opens its executor. */
export type RuntimeOptions = BrowserOptions

/** What the worker runs on. */
export interface RuntimeFacts {
  readonly device: 'wasm' | 'webgpu'
  /** For people: "wasm, 1 thread". */
  readonly executor: string
  readonly threads: number
  /** Whether the page is cross-origin isolated, which threads need. */
  readonly isolated: boolean
}

/** A model that a worker has opened. */
export interface ModelFacts {
  /** Its number in the worker. */
  readonly id: number
  readonly name: string
  readonly recipe: Recipe
  readonly config: ModelConfig
  readonly parameters: number
  /** Optimiser steps behind the weights. */
  readonly step: number
}

/** Another depth for the same weights: the paper's T and n; what is left out stays as it was trained. */
export interface Depth {
  readonly recursions?: number
  readonly latentUpdates?: number
}

/** A puzzle of the validation. S cells. */
export interface ExamplePuzzle {
  /** [S] */
  readonly question: Int32Array
  /** [S] */
  readonly solution: Int32Array
}

/**
 * The events of training, with checkpoints as files: `best` and `end` as model files, `stop` and `interval` whole.
 * Before them come those of generating its puzzles, and the first few of the validation, to watch.
 */
export type BrowserTrainingEvent =
  | Exclude<TrainingEvent, { type: 'checkpoint' }>
  | { readonly type: 'puzzles'; readonly done: number; readonly of: number }
  | { readonly type: 'examples'; readonly puzzles: readonly ExamplePuzzle[] }
  | {
      readonly type: 'checkpoint'
      readonly step: number
      readonly reason: 'interval' | 'best' | 'stop' | 'end'
      /** A training state to resume from: the same file as in checkpoints/ of a run folder. Null for `best`. */
      readonly state: Uint8Array | null
      /** A model file like best.safetensors. Null except for `best` and `end`. */
      readonly model: Uint8Array | null
    }

/** The events of an evaluation in a worker. */
export type EvaluationProgress =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly elapsedMs: number }
  | { readonly type: 'done'; readonly report: EvaluationReport }

/** Every request: what it takes, what it streams, and what it ends with. */
export interface Requests {
  readonly start: { takes: RuntimeOptions; streams: never; gives: RuntimeFacts }
  readonly open: {
    takes: { bytes: Uint8Array; name: string; depth: Depth }
    streams: never
    gives: ModelFacts
  }
  readonly close: { takes: { model: number }; streams: never; gives: undefined }
  readonly think: {
    takes: { model: number; tokens: Int32Array; options: ThinkOptions }
    streams: Thought
    gives: undefined
  }
  readonly thinkMany: {
    takes: { model: number; questions: readonly Int32Array[]; maxSteps: number }
    streams: ManyThoughts
    gives: undefined
  }
  readonly train: {
    takes: { recipe: Recipe; resume: Uint8Array | null }
    streams: BrowserTrainingEvent
    gives: undefined
  }
  readonly evaluate: {
    takes: {
      model: number
      data: DataRecipe
      part: 'validation' | 'test'
      limit: number
      halting: 'full' | 'early'
    }
    streams: EvaluationProgress
    gives: undefined
  }
}

export type RequestName = keyof Requests

export type ToWorker =
  | {
      readonly [Name in RequestName]: {
        readonly id: number
        readonly name: Name
        readonly takes: Requests[Name]['takes']
      }
    }[RequestName]
  /** Ends a stream after the step at hand; training saves a checkpoint first. */
  | { readonly id: number; readonly name: 'stop' }

export type FromWorker =
  | { readonly id: number; readonly kind: 'event'; readonly event: unknown }
  | { readonly id: number; readonly kind: 'end'; readonly result: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly error: CarriedError }

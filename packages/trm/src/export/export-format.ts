/** What a format of exported files is. */
import type { TrainedModel } from '../evaluate/thinker.ts'
import type { Recipe } from '../recipes/index.ts'

/** What is exported: a model, its recipe, and the step. */
export interface ExportSource {
  readonly model: TrainedModel
  readonly recipe: Recipe
  /** Optimiser steps behind the weights. */
  readonly step: number
}

/** Types of the numbers in an exported file. */
export type ExportType = 'float32' | 'float16' | 'bfloat16'

/** How a model is written; some formats use only part of it. */
export interface ExportOptions {
  readonly dtype: ExportType
  /** The file's name without folder and ending, for formats that hold one. */
  readonly name: string
  /** Supervision steps of a file that solves; by default as many as in training. */
  readonly steps?: number
  /** Leave the puzzle table out. */
  readonly withoutPuzzleTable?: boolean
  /** Which operators an ONNX file may use; see OnnxOptions. */
  readonly operators?: 'onnxruntime' | 'standard'
}

/** Options that only some formats have. */
export type FormatOption = 'steps' | 'withoutPuzzleTable' | 'operators'

/** A format of files: what it is called, which types it holds and how it is written. */
export interface ExportFormat {
  /** What the file is for, in a few words. */
  readonly description: string
  /** Of the file's name. */
  readonly ending: string
  readonly dtypes: readonly ExportType[]
  /** Options of its own. */
  readonly accepts?: readonly FormatOption[]
  readonly encode: (source: ExportSource, options: ExportOptions) => Uint8Array | Promise<Uint8Array>
}

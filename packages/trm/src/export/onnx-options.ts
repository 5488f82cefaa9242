import type { Recipe } from '../recipes/schema.ts'

/** How a model is written as an ONNX file. */
export interface OnnxOptions {
  /** The recipe that the model was trained by; stored in the file, and the source of its symbols' names. */
  readonly recipe: Recipe
  /** Optimiser steps behind the weights. */
  readonly trainedSteps?: number
  /**
   * Supervision steps of a file that solves in one run; without it the file does one supervision step, and the states
   * go in and out.
   */
  readonly steps?: number
  /**
   * `standard` for runtimes other than ONNX Runtime: only operators of the ONNX standard (opset 21). By default norms
   * and activations are ONNX Runtime's own operators, which round as training and evaluation here do.
   */
  readonly operators?: 'onnxruntime' | 'standard'
  /** How weights and puzzle table are stored; computing is float32 either way. */
  readonly dtype?: OnnxDtype
  /** Leave the table of puzzle embeddings out: its rows then are an input. */
  readonly withoutPuzzleTable?: boolean
}

/** How an ONNX file stores the weights. */
export type OnnxDtype = 'float32' | 'float16'

/** The formats that a model can be written in, one file each. A new one needs an entry here and nothing else. */
import type { TrainedModel } from '../evaluate/thinker.ts'
import type { Recipe } from '../recipes/index.ts'
import { pytorchFormat } from './pytorch.ts'
import { safetensorsFormat } from './safetensors.ts'

export interface ExportSource {
  readonly model: TrainedModel
  readonly recipe: Recipe
  /** Optimiser steps behind the weights. */
  readonly step: number
}

export type ExportType = 'float32' | 'float16' | 'bfloat16'

export interface ExportOptions {
  readonly dtype: ExportType
  /** The file's name without folder and ending, for formats that hold one. */
  readonly name: string
}

export interface ExportFormat {
  /** What the file is for, in a few words. */
  readonly description: string
  /** Of the file's name. */
  readonly ending: string
  readonly dtypes: readonly ExportType[]
  readonly encode: (source: ExportSource, options: ExportOptions) => Uint8Array | Promise<Uint8Array>
}

export const exportFormats = {
  safetensors: safetensorsFormat,
  pt: pytorchFormat,
} as const satisfies Readonly<Record<string, ExportFormat>>

export type ExportFormatName = keyof typeof exportFormats

export const exportFormatNames = Object.keys(exportFormats) as ExportFormatName[]

/** The format that a file's name ends with, or null. */
export function formatOfName(file: string): ExportFormatName | null {
  return exportFormatNames.find((name) => file.toLowerCase().endsWith(exportFormats[name].ending)) ?? null
}

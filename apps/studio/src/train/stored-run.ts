/** A run as the browser keeps it: enough to show it again and to go on, after a reload or a crash. */
import { InputError, parseRecipe, type Recipe } from '@tiny-recursive-models/trm'
import { type Column, columns, type Evaluation, RunSeries, type StartFacts } from '../charts/series.ts'
import type { ExamplePuzzle } from './example.ts'

/** Raise this when the meaning changes; what another version stored is left out. */
const format = 2

export interface ModelFile {
  readonly step: number
  /** Of the validation puzzles, 0 to 1; null where it was not measured. */
  readonly exactAccuracy: number | null
  readonly bytes: Uint8Array
}

export interface StoredRun {
  readonly format: typeof format
  /** Milliseconds since 1970. */
  readonly savedAt: number
  readonly recipe: Recipe
  readonly device: 'wasm' | 'webgpu'
  /** Optimiser steps behind `state`. */
  readonly step: number
  /** The file of a checkpoint, checkpoints/step-000100.safetensors. */
  readonly state: Uint8Array
  /** best.safetensors */
  readonly best: ModelFile | null
  /** final.safetensors, of a run that has ended. */
  readonly final: ModelFile | null
  /** Puzzles of its validation, to watch. */
  readonly examples: readonly ExamplePuzzle[]
  readonly series: PackedSeries
}

export interface PackedSeries {
  readonly columns: Readonly<Record<Column, Float64Array>>
  readonly evaluations: readonly Evaluation[]
  readonly start: StartFacts | null
  readonly endReason: string | null
}

/** Without what came after the state: it comes again when the run goes on. */
export function packSeries(series: RunSeries, step: number): PackedSeries {
  const count = series.columns.step.filter((one) => one <= step).length
  const pack = (column: Column) => Float64Array.from(series.columns[column].slice(0, count))
  return {
    columns: Object.fromEntries(columns.map((column) => [column, pack(column)])) as Record<
      Column,
      Float64Array
    >,
    evaluations: series.evaluations.filter((one) => one.step <= step),
    start: series.start,
    endReason: series.endReason,
  }
}

export function unpackSeries(packed: PackedSeries): RunSeries {
  const series = new RunSeries()
  for (const column of columns) for (const value of packed.columns[column]) series.columns[column].push(value)
  series.evaluations = [...packed.evaluations]
  series.start = packed.start
  series.endReason = packed.endReason
  return series
}

export function makeStoredRun(run: Omit<StoredRun, 'format' | 'series'> & { series: RunSeries }): StoredRun {
  return { ...run, format, series: packSeries(run.series, run.step) }
}

/** What was read back, where it is whole; null for what another version stored, or what is not a run. */
export function readStoredRun(value: unknown): StoredRun | null {
  if (!isRecord(value) || value.format !== format) return null
  const isWhole =
    typeof value.savedAt === 'number' &&
    typeof value.step === 'number' &&
    (value.device === 'wasm' || value.device === 'webgpu') &&
    value.state instanceof Uint8Array &&
    isModelFile(value.best) &&
    isModelFile(value.final) &&
    isExamples(value.examples) &&
    isSeries(value.series)
  if (!isWhole) return null
  try {
    return { ...(value as unknown as StoredRun), recipe: parseRecipe(value.recipe, 'stored run') }
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}

function isModelFile(value: unknown): boolean {
  return (
    value === null || (isRecord(value) && value.bytes instanceof Uint8Array && typeof value.step === 'number')
  )
}

const isExamples = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) =>
      isRecord(one) && one.question instanceof Int32Array && one.solution instanceof Int32Array,
  )

function isSeries(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.columns) || !Array.isArray(value.evaluations)) return false
  const stored = value.columns
  const lengths = columns.map((column) => {
    const numbers = stored[column]
    return numbers instanceof Float64Array ? numbers.length : -1
  })
  return lengths.every((length) => length >= 0 && length === lengths[0])
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

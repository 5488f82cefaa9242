/** What is told of a run: its place in a list, and the report at its end. Written in Node, read in pages too. */
import type { ArcFigures } from './arc/pass-at.ts'
import type { EvaluationReport } from './evaluate.ts'

/** Why a run ended: all steps done, target accuracy reached, or time limit reached. */
export type EndReason = 'steps' | 'accuracy' | 'time'

/**
 * `done` recorded its end, `diverged` that its loss left all bounds, `stopped` neither, and has no trainer; `damaged` cannot
 * be read (see `problem`).
 */
export type RunStatus = 'running' | 'done' | 'diverged' | 'stopped' | 'damaged'

/** A run in one line of a list. */
export interface RunSummary {
  readonly name: string
  readonly path: string
  /** The recipe's name; null where the run is damaged. */
  readonly recipe: string | null
  /** The last optimiser step in the events, and the planned number of steps. */
  readonly step: number
  readonly steps: number | null
  /** The highest `exactAccuracy` of the `evaluation` events, 0 to 1. */
  readonly bestExactAccuracy: number | null
  readonly status: RunStatus
  readonly problem: string | null
}

/** What a figure was measured on. */
export interface MachineFacts {
  readonly processor: string
  readonly cores: number
  readonly system: string
  readonly node: string
  /** The version of onnxruntime-node. */
  readonly onnxruntime: string
}

/** `report.json` of a run folder. */
export interface RunReport {
  readonly format: 1
  readonly recipe: string
  readonly seed: number
  readonly command: string | null
  readonly parameters: number
  /** Optimiser steps done, and why it ended. */
  readonly steps: number
  readonly reason: EndReason
  /** Time of the training steps, evaluations left out. */
  readonly trainingSeconds: number
  /** Floating-point operations of the matrix products of all steps; absent in reports of earlier versions. */
  readonly trainingFlop?: number
  /** The weights that were tested: the best by validation, or where there is none the final ones. */
  readonly weights: { readonly which: string; readonly step: number }
  readonly data: {
    readonly checksum: string
    readonly train: number
    readonly validation: number
    readonly test: number
  }
  /** Null where the run has no test puzzles. */
  readonly test: { readonly full: EvaluationReport; readonly early: EvaluationReport } | null
  /** The vote over the test puzzles, with all steps and with early halting; null where they are not of ARC. */
  readonly arc: (ArcFigures & { readonly early: ArcFigures }) | null
  readonly machine: {
    readonly executor: string
    readonly device: string
    readonly threads: number
    /** Processes that trained together; absent where it was one. `threads` are those of rank 0, which tested. */
    readonly ranks?: number
  } & MachineFacts
}

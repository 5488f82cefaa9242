/** What the page asks of the puzzle worker: what may take longer than a frame. */
import type { PuzzleKind, Recipe } from '@tiny-recursive-models/trm'
import type { StateProjection } from '@tiny-recursive-models/trm/evaluate'
import type { ArcData, ArcTask } from '@tiny-recursive-models/trm/puzzles/arc'
import type { OpenedFile, TaskNumbers } from './arc-files.ts'
import type { QuestionCheck } from './check.ts'
import type { FoundPuzzle, FoundPuzzles } from './read.ts'

export interface PuzzleRequests {
  readonly check: { takes: FoundPuzzle; gives: QuestionCheck }
  readonly generate: {
    /** @see generateDemanding */
    takes: { kind: PuzzleKind; data: Recipe['data'] | null; seed: number; draws: number }
    gives: FoundPuzzle
  }
  /** New puzzles with their answers, as the recipe makes them. */
  readonly draw: {
    takes: { kind: PuzzleKind; data: Recipe['data'] | null; seed: number; count: number }
    gives: FoundPuzzle[]
  }
  /** @see projectStates */
  readonly project: { takes: { states: readonly Float32Array[]; width: number }; gives: StateProjection }
  /** The tasks of all ARC files that are open. */
  readonly readTasks: { takes: { files: readonly OpenedFile[] }; gives: ArcTask[] }
  readonly numberTasks: {
    takes: { files: readonly OpenedFile[]; data: ArcData; identifiers: number }
    gives: TaskNumbers
  }
  /** The file itself, which is not copied on its way. */
  readonly read: { takes: { file: Blob; name: string; own: PuzzleKind | null }; gives: FoundPuzzles }
}

export type PuzzleRequestName = keyof PuzzleRequests

export type PuzzleRequest = {
  readonly [Name in PuzzleRequestName]: {
    readonly id: number
    readonly name: Name
    readonly takes: PuzzleRequests[Name]['takes']
  }
}[PuzzleRequestName]

export type PuzzleAnswer =
  | { readonly id: number; readonly gives: unknown }
  | { readonly id: number; readonly error: string }

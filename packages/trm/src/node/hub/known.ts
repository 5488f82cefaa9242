/** Repositories on the hub that this project knows by a short name. */
import { InputError } from '@tiny-recursive-models/tensor'
import { describeValue, unknownNameHint } from '../../recipes/messages.ts'
import type { HubRepository } from './address.ts'

/** A data set or checkpoint that is known by a short name. */
export interface KnownDownload extends HubRepository {
  /** Files or folders to take; left out: all. */
  readonly files?: readonly string[]
  /** What it is, in a line. */
  readonly about: string
}

const dataset = (name: string, about: string, files?: readonly string[]): KnownDownload => ({
  type: 'dataset',
  name,
  about,
  ...(files ? { files } : {}),
})

const model = (name: string, about: string, files?: readonly string[]): KnownDownload => ({
  type: 'model',
  name,
  about,
  ...(files ? { files } : {}),
})

/**
 * The data sets of both papers, the checkpoints of the HRM paper, and the existing TRM checkpoints: the authors of TRM
 * published none; those of ARC-AGI are the verification runs of the ARC Prize Foundation, the others reproductions by a
 * third party.
 */
export const knownDownloads = Object.freeze({
  'sudoku-extreme': dataset('sapientinc/sudoku-extreme', 'Sudoku-Extreme: train.csv and test.csv', [
    'train.csv',
    'test.csv',
  ]),
  'maze-hard': dataset('sapientinc/maze-30x30-hard-1k', 'Maze-Hard, 30×30: train.csv and test.csv', [
    'train.csv',
    'test.csv',
  ]),
  'trm-sudoku-mlp': model(
    'Sanjin2024/TinyRecursiveModels-Sudoku-Extreme-mlp',
    'TRM-MLP on Sudoku-Extreme, a reproduction',
  ),
  'trm-sudoku-att': model(
    'Sanjin2024/TinyRecursiveModels-Sudoku-Extreme-att',
    'TRM-Att on Sudoku-Extreme, a reproduction',
  ),
  'trm-maze': model('Sanjin2024/TinyRecursiveModel-Maze-Hard', 'TRM-Att on Maze-Hard, a reproduction'),
  'trm-arc-1': model(
    'arcprize/trm_arc_prize_verification',
    'TRM-Att on ARC-AGI-1, trained by the ARC Prize Foundation; 1.8 GB',
    ['arc_v1_public'],
  ),
  'trm-arc-2': model(
    'arcprize/trm_arc_prize_verification',
    'TRM-Att on ARC-AGI-2, trained by the ARC Prize Foundation; 2.5 GB',
    ['arc_v2_public'],
  ),
  'hrm-sudoku': model('sapientinc/HRM-checkpoint-sudoku-extreme', 'HRM on Sudoku-Extreme, by its authors'),
  'hrm-maze': model('sapientinc/HRM-checkpoint-maze-30x30-hard', 'HRM on Maze-Hard, by its authors'),
  'hrm-arc-2': model('sapientinc/HRM-checkpoint-ARC-2', 'HRM on ARC-AGI-2, by its authors'),
}) satisfies Readonly<Record<string, KnownDownload>>

/** The download of that name; for an unknown name the error suggests the nearest one. */
export function findDownload(name: string): KnownDownload {
  const known = Object.entries(knownDownloads).find(([candidate]) => candidate === name)
  if (known) return known[1]
  throw new InputError({
    who: 'download',
    expected: 'a known name, or an address such as hf:OWNER/NAME',
    got: describeValue(name),
    hint: unknownNameHint(name, Object.keys(knownDownloads), 'names'),
  })
}

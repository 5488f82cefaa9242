/** All kinds of files that the library reads. A new one needs an entry here and nothing else. */
import type { Targets } from './cases.ts'
import { arcFolderNames, arcSubmission, arcTasks } from './targets/arc.ts'
import { exported, safetensors, torch, trainingState } from './targets/checkpoints.ts'
import {
  mazeArrays,
  mazeFile,
  mazeText,
  npy,
  officialFolder,
  sudokuCsv,
  sudokuGzip,
  sudokuText,
  sudokuZip,
} from './targets/data.ts'
import { officialConfig, override, recipe, runFolder } from './targets/settings.ts'

export const targets: Targets = {
  torch,
  safetensors,
  exported,
  'training state': trainingState,
  npy,
  'official folder': officialFolder,
  'sudoku csv': sudokuCsv,
  'sudoku gzip': sudokuGzip,
  'sudoku zip': sudokuZip,
  'sudoku text': sudokuText,
  'maze file': mazeFile,
  'maze text': mazeText,
  'maze arrays': mazeArrays,
  'arc tasks': arcTasks,
  'arc submission': arcSubmission,
  'arc folder names': arcFolderNames,
  recipe,
  override,
  'official config': officialConfig,
  'run folder': runFolder,
}

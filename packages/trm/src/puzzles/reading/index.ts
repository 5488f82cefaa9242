/** Files of puzzles of any family, in the layouts that people have: read, checked, sampled. */
export {
  checkPuzzleFile,
  checkPuzzleFolder,
  familyOfFile,
  readPuzzleAt,
  readPuzzleFile,
  readPuzzleFolder,
  readPuzzlePieces,
} from '../read.ts'
export type { CheckFileOptions, PuzzleCheckEvent, PuzzleFileReport, RepeatedRow } from './check-file.ts'
export { plainPuzzleText } from './plain-text.ts'
export type { LineProblem, PuzzleRow, RowPiece } from './puzzle-rows.ts'
export { readFileSet as readPuzzleSet, type WantedPuzzles } from './sample-file.ts'

import {
  generateMaze,
  generatePuzzle,
  type PuzzleKind,
  RandomStream,
  type Recipe,
} from '@tiny-recursive-models/trm'

/** [S] a new question like those that the model was trained on; the same for the same seed. */
export function generateQuestion(kind: PuzzleKind, data: Recipe['data'], seed: number): Int32Array {
  const random = new RandomStream(seed, 'studio')
  if (kind.puzzle === 'sudoku') {
    const minimal = data.kind === 'sudoku-generated' && data.minimal
    return generatePuzzle(kind.shape, random, { minimal }).question
  }
  const usual = { minimumDensity: 0.3, maximumDensity: 0.5, minimumPath: kind.size }
  return generateMaze(kind.size, random, data.kind === 'maze-generated' ? data : usual).question
}

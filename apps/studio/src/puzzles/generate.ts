import {
  generateMaze,
  generatePuzzle,
  type PuzzleKind,
  RandomStream,
  type Recipe,
  shortestSteps,
} from '@tiny-recursive-models/trm'
import { openCount } from './kind.ts'

/**
 * [S] a new question like those that the model was trained on; the same for the same seed.
 *
 * @param data null while it is not known
 */
export function generateQuestion(kind: PuzzleKind, data: Recipe['data'] | null, seed: number): Int32Array {
  const random = new RandomStream(seed, 'studio')
  if (kind.puzzle === 'sudoku') {
    // Those of our own recipes are minimal.
    const minimal = data === null || (data.kind === 'sudoku-generated' && data.minimal)
    return generatePuzzle(kind.shape, random, { minimal }).question
  }
  const usual = { minimumDensity: 0.3, maximumDensity: 0.5, minimumPath: kind.size }
  return generateMaze(kind.size, random, data?.kind === 'maze-generated' ? data : usual).question
}

/**
 * [S] the most demanding of `draws` questions: the Sudoku with the fewest clues, the maze with the longest way. Most
 * others a trained model answers in its first step, which leaves nothing to watch.
 */
export function generateDemanding(
  kind: PuzzleKind,
  data: Recipe['data'] | null,
  seed: number,
  draws: number,
): Int32Array {
  const questions = Array.from({ length: draws }, (_, draw) => generateQuestion(kind, data, seed + draw))
  const demands = questions.map((question) => demandOf(kind, question))
  return questions[demands.indexOf(Math.max(...demands))]!
}

const demandOf = (kind: PuzzleKind, question: Int32Array): number =>
  kind.puzzle === 'sudoku' ? openCount(kind, question) : (shortestSteps(question) ?? 0)

import type { Board } from './family.ts'

/**
 * The share of the cells to be found that an answer has right, 0 to 1; null where it cannot be told.
 *
 * @param question [S]
 * @param answer [S]
 * @param solution [S] the one correct answer; null where there are others, or where it is not known
 */
export function cellsRight(
  { rule, structure }: Board,
  question: Int32Array,
  answer: Int32Array,
  solution: Int32Array | null,
): number | null {
  if (rule?.isSolved(question, answer)) return 1
  const isOpen = (cell: number): boolean => structure.open.includes(question[cell]!)
  const wrong = rule?.wrongCells
    ? rule.wrongCells(question, answer)
    : solution && [...answer.keys()].filter((cell) => answer[cell] !== solution[cell])
  if (!wrong) return null
  const open = [...question.keys()].filter(isOpen).length
  return open === 0 ? null : 1 - wrong.filter(isOpen).length / open
}

/** The names under which puzzle files have their columns and their JSON keys, in any case and order. */

export type ColumnRole = 'question' | 'answer' | 'source' | 'rating' | 'difficulty'

const roleNames: Readonly<Record<ColumnRole, readonly string[]>> = {
  question: ['question', 'questions', 'puzzle', 'puzzles', 'quiz', 'quizzes', 'grid', 'board', 'value'],
  answer: ['answer', 'answers', 'solution', 'solutions', 'label', 'labels'],
  source: ['source'],
  rating: ['rating'],
  /** A rating too where it is a number. */
  difficulty: ['difficulty'],
}

/** For messages. */
export const knownNames = {
  question: 'question, puzzle, quiz, quizzes, grid or board',
  answer: 'answer, solution or label',
} as const

const asName = (text: string): string => text.trim().toLowerCase()

/**
 * Where the columns of each role stand among names; a name earlier in the list above goes before.
 *
 * @param families names of families: a column may be called `sudoku`
 */
export function rolePlaces(
  texts: readonly string[],
  families: readonly string[] = [],
): Partial<Record<ColumnRole, number>> {
  const names = texts.map(asName)
  const placeOf = (known: readonly string[]): number | undefined => {
    const name = known.find((candidate) => names.includes(candidate))
    return name === undefined ? undefined : names.indexOf(name)
  }
  const places: Partial<Record<ColumnRole, number>> = {}
  const questions = [...roleNames.question, ...families.flatMap((name) => [name, `${name}s`])]
  for (const role of Object.keys(roleNames) as ColumnRole[]) {
    const place = placeOf(role === 'question' ? questions : roleNames[role])
    if (place !== undefined) places[role] = place
  }
  return places
}

/** The family that a list of names speaks of. */
export const familyNamed = (texts: readonly string[], families: readonly string[]): string | undefined =>
  families.find((name) => texts.some((text) => [name, `${name}s`].includes(asName(text))))

/** Whether a name in brackets, as `[Puzzle]`, begins questions, answers, or what is neither. */
export function sectionRole(line: string): 'question' | 'answer' | 'other' | undefined {
  const name = /^\s*\[\s*([a-z][a-z ]*)\]\s*$/i.exec(line)?.[1]
  if (name === undefined) return undefined
  const { question, answer } = rolePlaces([name])
  return question !== undefined ? 'question' : answer !== undefined ? 'answer' : 'other'
}

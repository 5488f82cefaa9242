/** What the tokens of a model mean, for those who have a file of it and nothing else. */
import type { ModelConfig } from '../models/config.ts'
import type { Recipe } from '../recipes/schema.ts'

const digits = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

/**
 * Names of the V symbols of a model in the order of their tokens; null where the data does not say. Folders of the
 * official builders are told apart by their sizes (reference section 6).
 */
export function symbolNames(
  { cells, symbols }: Pick<ModelConfig, 'cells' | 'symbols'>,
  { kind }: Recipe['data'],
): readonly string[] | null {
  const sizes = `${cells} cells, ${symbols} symbols`
  if (kind.startsWith('sudoku') || sizes === '81 cells, 11 symbols')
    return ['padding', 'blank', ...digits(1, symbols - 2)]
  if (kind.startsWith('maze') || sizes === '900 cells, 6 symbols')
    return ['padding', 'wall', 'open', 'start', 'goal', 'path']
  if (kind.startsWith('arc') || sizes === '900 cells, 12 symbols')
    return ['padding', 'border', ...digits(0, 9).map((colour) => `colour ${colour}`)]
  return null
}

/** What the tokens of a model mean, for those who have a file of it and nothing else. */
import type { ModelConfig } from '../models/config.ts'
import { boardOfData, families } from '../puzzles/index.ts'
import type { Recipe } from '../recipes/schema.ts'

/**
 * Names of the V symbols of a model in the order of their tokens; null where the data does not say. Folders of the
 * official builders are told apart by their sizes (reference section 6).
 */
export function symbolNames(
  sizes: Pick<ModelConfig, 'cells' | 'symbols'>,
  data: Recipe['data'],
): readonly string[] | null {
  const board = boardOfData(data, sizes)
  if (board) return board.names
  const family = families.find(
    ({ sources, published }) =>
      sources.some(({ kind }) => kind === data.kind) ||
      published?.sizes.some(({ cells, symbols }) => cells === sizes.cells && symbols === sizes.symbols),
  )
  return family?.published?.names(sizes.symbols) ?? null
}

/** What the page shows first, computed as the page computes it: the shipped model, on the executor of the page. */
import { readFile } from 'node:fs/promises'
import { createWasmExecutor } from '@tiny-recursive-models/tensor'
import {
  boardOf,
  decodeTrainingState,
  findShippedModel,
  modelOfState,
  parseShippedModels,
  type Thought,
  think,
} from '@tiny-recursive-models/trm'
import { firstModel } from '../src/lib/first-model.ts'
import { checkPuzzle } from '../src/puzzles/check.ts'
import { generateDemanding } from '../src/puzzles/generate.ts'
import { firstSeed, type StoredRecording, storeRecording } from '../src/think/recording.ts'

/** @param models the folder of the shipped models */
export async function recordFirstThought(models: string): Promise<StoredRecording> {
  const index: unknown = JSON.parse(await readFile(`${models}/index.json`, 'utf8'))
  const { name, file, parameters, puzzle: kind } = findShippedModel(parseShippedModels(index), firstModel)
  const model = modelOfState(decodeTrainingState(await readFile(`${models}/${file}`), name), name)
  const puzzle = generateDemanding(kind, null, firstSeed, 1)
  const thoughts: Thought[] = []
  for await (const thought of think(createWasmExecutor(), model, puzzle.question)) thoughts.push(thought)
  const { structure: _, ...config } = model.config
  const check = checkPuzzle(boardOf(kind), puzzle.question, puzzle.answer ?? null)
  return storeRecording({ model: { config, parameters }, puzzle, check, thoughts })
}

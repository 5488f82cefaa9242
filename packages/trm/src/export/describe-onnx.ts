/** What an exported file says about itself. */
import type { OnnxDescription } from '@tiny-recursive-models/tensor/onnx'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { comparesScores, sequenceLength, stateNames } from '../models/config.ts'
import type { OnnxOptions } from './onnx-options.ts'
import { stateInput, stateOutput } from './programs.ts'
import { symbolNames } from './symbols.ts'

/** Raise this when inputs, outputs or metadata change their meaning. */
const format = 2

/** Metadata by key: texts, numbers as text, the rest as JSON. */
export function describeOnnx(model: TrainedModel, options: OnnxOptions): OnnxDescription {
  const { config } = model
  const { recipe, trainedSteps, steps, withoutPuzzleTable = false } = options
  const metadata: Record<string, string> = {
    format: `trm-onnx/${format}`,
    program: steps === undefined ? 'supervision step' : 'solver',
    steps: String(steps ?? 1),
    supervisionSteps: String(config.supervisionSteps),
    name: recipe.name,
    description: recipe.description,
    model: JSON.stringify(config),
    recipe: JSON.stringify(recipe),
    symbols: JSON.stringify(symbolNames(config, recipe.data)),
    loss: model.cellLoss ?? 'stablemax',
    halting: comparesScores(config) ? 'halt_logits > continue_logits' : 'halt_logits > 0',
    ...(trainedSteps === undefined ? {} : { trainedSteps: String(trainedSteps) }),
  }
  return { metadata, documentation: documentation(model, steps, withoutPuzzleTable) }
}

function documentation({ config }: TrainedModel, steps: number | undefined, withoutTable: boolean): string {
  const { cells, symbols, width, puzzleEmbeddingWidth, identifiers } = config
  const state = `float32 [${sequenceLength(config)}, batch, ${width}]`
  const lines = [
    steps === undefined
      ? 'One supervision step of a tiny recursive model. Run it with reset = 1 and any states for a new puzzle, then with reset = 0 and the states that came out.'
      : `A tiny recursive model, run for ${steps} supervision steps.`,
    `tokens: int32 [batch, ${cells}], 0 to ${symbols - 1}; metadata "symbols" names them`,
  ]
  if (puzzleEmbeddingWidth > 0)
    lines.push(
      withoutTable
        ? `puzzle_rows: float32 [batch, ${puzzleEmbeddingWidth}], embeddings of the puzzles`
        : `puzzle_identifiers: int32 [batch], 0 to ${identifiers - 1}`,
    )
  if (steps === undefined) {
    lines.push('reset: int32 [batch], 1 where a new puzzle begins')
    for (const name of stateNames(config))
      lines.push(`${stateInput(name)}: ${state}, from the output ${stateOutput(name)}`)
  }
  lines.push(
    `answer: int32 [batch, ${cells}], the likeliest symbol of every cell`,
    `logits: float32 [batch, ${cells}, ${symbols}]`,
    `halted: int32 [${steps === undefined ? '' : `${steps}, `}batch], 1 where the model predicts that its answer is correct`,
  )
  return lines.join('\n')
}

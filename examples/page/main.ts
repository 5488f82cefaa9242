/**
 * Solves the puzzle of the form, step by step, in a worker of the page.
 *
 *   npx vite examples/page             a development server
 *   npx vite build examples/page       static files, in examples/page/dist
 */
import { createModelWorker, ModelClient } from '@tiny-recursive-models/trm/browser'
import modelFile from '@tiny-recursive-models/trm/models/sudoku-6x6.safetensors?url'
import { checkAnswer, formatSudokuGrid, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'

const find = <Kind extends Element>(selector: string): Kind => {
  const element = document.querySelector<Kind>(selector)
  if (element === null) throw new Error(`the page has no ${selector}`)
  return element
}
const form = find<HTMLFormElement>('#form')
const puzzle = find<HTMLInputElement>('#puzzle')
const answerPlace = find<HTMLPreElement>('#answer')
const button = find<HTMLButtonElement>('button')

const opening = openModel()

async function openModel() {
  const client = await ModelClient.connect(createModelWorker())
  const response = await fetch(modelFile)
  return { client, model: await client.open(new Uint8Array(await response.arrayBuffer()), 'sudoku-6x6') }
}

async function solve(text: string): Promise<void> {
  const { shape, tokens } = parseSudoku(text)
  const { client, model } = await opening
  for await (const { step, answer, haltProbability } of client.think(model, tokens)) {
    const state = checkAnswer(shape, tokens, answer).length === 0 ? 'solved' : 'not yet'
    answerPlace.textContent = `step ${step}: ${state}, predicts it is correct: ${Math.round(100 * haltProbability)} %
${formatSudokuGrid(shape, answer)}`
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  button.disabled = true
  answerPlace.textContent = 'thinking …'
  await solve(puzzle.value).catch((error: unknown) => {
    answerPlace.textContent = error instanceof Error ? error.message : String(error)
  })
  button.disabled = false
})

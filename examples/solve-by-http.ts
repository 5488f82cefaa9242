/**
 * A server that solves Sudokus, on this machine only.
 *
 *   npx tsx examples/solve-by-http.ts [MODEL] [PORT]      sudoku-6x6 and 8080 by default
 *   curl 'http://127.0.0.1:8080/solve?puzzle=2.5.....6....4..3.....4..53..1...3..'
 *
 * The answer is JSON: what the model found, after how many supervision steps, and whether the rules agree. One model
 * and one executor serve all requests, one at a time.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InputError, think } from '@tiny-recursive-models/trm'
import { openExecutor, openShippedModel } from '@tiny-recursive-models/trm/node'
import {
  checkAnswer,
  checkQuestion,
  formatSudokuLine,
  parseSudoku,
} from '@tiny-recursive-models/trm/puzzles/sudoku'

const [name = 'sudoku-6x6', port = '8080'] = process.argv.slice(2)
/** Hard puzzles need more steps than training had; a solved one ends early. */
const patience = 4

const { model } = await openShippedModel(name)
const { cells, supervisionSteps } = model.config
const executor = await openExecutor()

interface Reply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function solve(text: string): Promise<Reply> {
  const { shape, tokens } = parseSudoku(text)
  if (tokens.length !== cells)
    return refusal(`${name} solves puzzles of ${cells} cells, this one has ${tokens.length}`)
  const [problem] = checkQuestion(shape, tokens)
  if (problem) return refusal(problem.message)
  let [answer, steps] = [tokens, 0]
  const options = { halting: 'early' as const, maxSteps: patience * supervisionSteps }
  for await (const thought of think(executor, model, tokens, options)) {
    answer = thought.answer
    steps = thought.step
    if (checkAnswer(shape, tokens, answer).length === 0) break
  }
  const isSolved = checkAnswer(shape, tokens, answer).length === 0
  return {
    status: 200,
    body: { puzzle: formatSudokuLine(tokens), answer: formatSudokuLine(answer), isSolved, steps },
  }
}

const refusal = (error: string): Reply => ({ status: 400, body: { error } })

function failure(error: unknown): Reply {
  if (error instanceof InputError) return refusal(error.message)
  console.error(error)
  return { status: 500, body: { error: 'something went wrong here' } }
}

/** Ends when the request before has its answer: two at once would only share the cores. */
let last: Promise<unknown> = Promise.resolve()

async function reply(method: string | undefined, address: string | undefined): Promise<Reply> {
  const url = URL.canParse(address ?? '', 'http://localhost') ? new URL(address!, 'http://localhost') : null
  const puzzle = url?.pathname === '/solve' ? url.searchParams.get('puzzle') : null
  if (method !== 'GET' || puzzle === null)
    return { status: 404, body: { error: 'ask for GET /solve?puzzle=…' } }
  const answer = last.then(() => solve(puzzle)).catch(failure)
  last = answer
  return answer
}

const server = createServer(async ({ method, url }, response) => {
  const { status, body } = await reply(method, url)
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
})

server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address() as AddressInfo
  console.log(`http://127.0.0.1:${address.port}/solve?puzzle=…`)
})

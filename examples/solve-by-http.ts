/**
 * A server that solves Sudokus, on this machine only. It shows the parts; `trm serve` is a server to deploy.
 *
 *   npx tsx examples/solve-by-http.ts [MODEL] [PORT]      sudoku-6x6 and 8080 by default
 *   curl 'http://127.0.0.1:8080/solve?puzzle=2.5.....6....4..3.....4..53..1...3..'
 *
 * The answer is JSON: what the model found, after how many supervision steps, and whether the rules agree. A thread of
 * its own solves several requests side by side.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { boardOfData, checkPuzzle, effortOf, InputError, readWritten } from '@tiny-recursive-models/trm'
import { QueueFullError, SolverQueue } from '@tiny-recursive-models/trm/evaluate'
import { openShippedModel, openWorkerSolver } from '@tiny-recursive-models/trm/node'

const [name = 'sudoku-6x6', port = '8080'] = process.argv.slice(2)
/** Hard puzzles need more steps than training had; a solved one ends early. */
const patience = 4
const mostWaiting = 100

const { model, recipe } = await openShippedModel(name)
const board = boardOfData(recipe.data, model.config)!
const maxSteps = patience * model.config.supervisionSteps
const effort = effortOf({ stop: 'still', maxSteps }, model.config)
const queue = new SolverQueue([await openWorkerSolver(model, { kind: board.kind })], mostWaiting)

interface Reply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const inOneLine = (tokens: Int32Array): string => Array.from(tokens, (token) => board.marks[token]).join('')

async function solve(text: string): Promise<Reply> {
  const puzzle = readWritten(text, board)
  checkPuzzle(board, puzzle, board.check, 'puzzle')
  const { chosen } = await queue.solve({ question: puzzle.tokens, effort })
  const { answer, valid: isSolved, steps } = chosen
  return {
    status: 200,
    body: { puzzle: inOneLine(puzzle.tokens), answer: inOneLine(answer), isSolved, steps },
  }
}

function failure(error: unknown): Reply {
  if (error instanceof QueueFullError) return { status: 429, body: { error: error.message } }
  if (error instanceof InputError) return { status: 400, body: { error: error.message } }
  console.error(error)
  return { status: 500, body: { error: 'something went wrong here' } }
}

async function reply(method: string | undefined, address: string | undefined): Promise<Reply> {
  const url = URL.canParse(address ?? '', 'http://localhost') ? new URL(address!, 'http://localhost') : null
  const puzzle = url?.pathname === '/solve' ? url.searchParams.get('puzzle') : null
  if (method !== 'GET' || puzzle === null)
    return { status: 404, body: { error: 'ask for GET /solve?puzzle=…' } }
  return solve(puzzle).catch(failure)
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

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPuzzleAt, readPuzzleFile, readPuzzleText } from '../../../src/puzzles/read.ts'
import { bytesOf, maze, openMaze, questionsOf, reportOf, solvedMaze, written } from './texts.ts'

const line = maze.join('')
const letters = (map: Record<string, string>) =>
  maze.map((row) => [...row].map((mark) => map[mark] ?? mark).join('')).join('\n')

const drawings: Record<string, string> = {
  'hashes and spaces': maze.join('\n'),
  'Windows line ends': `${maze.join('\r\n')}\r\n`,
  'stars and small letters': letters({ '#': '*', ' ': '.', S: 's', G: 'e' }),
  'S and E': letters({ G: 'E' }),
  's and g': letters({ S: 's', G: 'g', ' ': '.' }),
  'walls of X': letters({ '#': 'X' }),
  blocks: letters({ '#': '█' }),
  'open cells as dots': letters({ ' ': '.' }),
  'spaces at line ends lost': maze.map((row) => row.trimEnd()).join('\n'),
  'an indent of tabs': maze.map((row) => `\t${row}`).join('\n'),
  'an indent of spaces': maze.map((row) => `    ${row}`).join('\n'),
  'a frame': `┌───────┐\n${maze.map((row) => `│${row}│`).join('\n')}\n└───────┘`,
  'a frame of plus': `+-------+\n${maze.map((row) => `|${row}|`).join('\n')}\n+-------+`,
  'a heading': `My maze:\n\n${maze.join('\n')}\n\nThe end.\n`,
  'a remark': `// mine\n${maze.join('\n')}\n`,
}

/** As `trm solve` prints it, changed cells with a star or in colours. */
function printed(rows: readonly string[], colours: boolean): string {
  const cell = (mark: string): string => {
    if (mark === '#') return colours ? '\x1b[2m██\x1b[22m' : '██'
    if (mark === 'o') return colours ? '\x1b[43m\x1b[30m o\x1b[39m\x1b[49m' : '*o'
    return colours ? `\x1b[36m ${mark}\x1b[39m` : ` ${mark}`
  }
  const rule = '─'.repeat(2 * rows.length + 1)
  return `┌${rule}┐\n${rows.map((row) => `│${[...row].map(cell).join('')} │`).join('\n')}\n└${rule}┘`
}

describe('drawn mazes', () => {
  for (const [what, text] of Object.entries(drawings))
    test(what, async () => {
      assert.deepEqual(await questionsOf(text), [line])
      const { kind, tokens } = readPuzzleText(text)
      assert.equal(written({ kind, question: tokens }), line)
      const row = await readPuzzleAt(bytesOf(text), { name: 'file', row: 1 })
      assert.equal(written(row), line)
    })

  for (const colours of [false, true])
    test(`what this project prints, ${colours ? 'in' : 'without'} colours`, async () => {
      assert.deepEqual(await questionsOf(printed(maze, colours)), [line])
      const session = `model maze\n\n${printed(openMaze, colours)}\n\nstep 1: 99 %\n${printed(solvedMaze, colours)}\nsolved\n`
      const { rows } = await readPuzzleFile(bytesOf(session), { name: 'file' })
      assert.deepEqual(rows.map(written), [openMaze.join(''), openMaze.join('')])
      const { kind, answer } = rows[1]!
      assert.equal(written({ kind, question: answer! }), solvedMaze.join(''))
      const pasted = readPuzzleText(printed(solvedMaze, colours))
      assert.equal(written({ kind: pasted.kind, question: pasted.tokens }), openMaze.join(''))
    })

  test('several mazes are rows, with and without empty lines between', async () => {
    const other = [...maze].reverse()
    const both = [line, other.join('')]
    for (const between of ['', '\n', '\nSecond\n'])
      assert.deepEqual(await questionsOf(`${maze.join('\n')}\n${between}${other.join('\n')}\n`), both)
  })

  test('an empty line is a row of open cells where a row is missing', async () => {
    const rows = ['S # ', '    ', '# # ', '#  G']
    assert.deepEqual(await questionsOf(rows.map((row) => row.trimEnd()).join('\n')), [rows.join('')])
  })

  test('rows whose length is a square are no list', async () => {
    const rows = ['S.......G', ...Array.from({ length: 8 }, () => '.........')]
    assert.deepEqual(await questionsOf(rows.join('\n')), [rows.join('').replaceAll('.', ' ')])
  })

  test('a list of mazes as many as their cells is a list', async () => {
    const list = Array.from({ length: 9 }, (_, place) => (place % 2 ? 'S #  ##G#' : 'S  # # G#'))
    assert.equal(((await questionsOf(list.join('\n'))) as string[]).length, 9)
  })

  test('letters of uncertain meaning are named with those that are known', async () => {
    const digits = letters({ '#': '1', ' ': '0', S: '2', G: '3' })
    const message =
      /# \* █ or X for a wall, a space or \. for an open cell, S for the start, G or E for the goal/
    assert.match(String(await questionsOf(digits)), message)
    assert.match(String(await questionsOf(digits.replaceAll('\n', ''))), message)
    assert.throws(() => readPuzzleText(digits), message)
    // Two letters for a goal.
    const report = await reportOf(letters({ ' ': '.' }).replace('#', 'E'))
    assert.match(report.problems[0]!.reason, message)
  })

  test('a maze with a mistake is a maze', async () => {
    const report = await reportOf(maze.join('\n').replace('S', ' '))
    assert.deepEqual(
      [report.puzzles, report.problems[0]!.reason],
      ['maze', 'question: there is no start (S)'],
    )
  })
})

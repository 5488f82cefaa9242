import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { checkPuzzleFile, readPuzzleAt, readPuzzleText } from '../../../src/puzzles/read.ts'

const cases = new URL('../../../../../../shared/cases/', import.meta.url)
const skip = existsSync(cases) ? false : 'skipped: ../shared/cases is not here'

/** What stands in each file: the board, sound rows, all rows. */
const files: Record<string, readonly [title: string | undefined, valid: number, rows: number]> = {
  's01-kaggle-1m-quizzes-solutions.csv': ['9×9 Sudoku', 6, 6],
  's03-kaggle-3m-id-clues-difficulty.csv': ['9×9 Sudoku', 6, 6],
  's04-semicolons-excel-de.csv': ['9×9 Sudoku', 6, 6],
  's06-sadman-sections.sdk': ['9×9 Sudoku', 1, 1],
  's09-simple-sudoku-star-frame.ss': ['9×9 Sudoku', 1, 1],
  's11-plus-frame-forum.txt': ['9×9 Sudoku', 1, 1],
  's12-spaced-dots.txt': ['9×9 Sudoku', 1, 1],
  's13-qqwing-readable.txt': ['9×9 Sudoku', 1, 1],
  's14-euler-grid-headers.txt': ['9×9 Sudoku', 3, 3],
  's16-question-marks.txt': ['9×9 Sudoku', 6, 6],
  's17-dashes-for-blanks.txt': ['9×9 Sudoku', 6, 6],
  's19-comment-behind-puzzle.txt': ['9×9 Sudoku', 6, 6],
  's20-rating-behind-comma.txt': ['9×9 Sudoku', 6, 6],
  's22-hodoku-library.txt': ['9×9 Sudoku', 6, 6],
  's24-leetcode-board.json': ['9×9 Sudoku', 1, 1],
  's25-number-matrix.json': ['9×9 Sudoku', 1, 1],
  's34-own-terminal-output.txt': ['9×9 Sudoku', 1, 1],
  // Nearly empty: many solutions.
  's35-16x16-hex.txt': ['16×16 Sudoku', 0, 1],
  's36-16x16-numbers.txt': ['16×16 Sudoku', 0, 1],
  's41-82-chars-in-list.txt': ['9×9 Sudoku', 2, 3],
  's53-pandas-index.csv': ['9×9 Sudoku', 6, 6],
  's54-reversed-plain-columns.csv': ['9×9 Sudoku', 6, 6],
  's55-two-puzzles-one-line.txt': ['9×9 Sudoku', 2, 2],
  's56-list-with-slash-comments.txt': ['9×9 Sudoku', 6, 6],
  's57-list-with-title-line.txt': ['9×9 Sudoku', 6, 6],
  's66-sudokuwiki-link.txt': ['9×9 Sudoku', 1, 1],
  's69-6x6-boxes-3x2.txt': ['6×6 Sudoku', 1, 1],
  'm01-drawn-hash-space.txt': ['7×7 maze', 1, 1],
  'm02-lowercase-s-e-stars.txt': ['7×7 maze', 1, 1],
  'm03-S-E.txt': ['7×7 maze', 1, 1],
  'm08-trailing-spaces-lost.txt': ['7×7 maze', 1, 1],
  'm09-crlf.txt': ['7×7 maze', 1, 1],
  'm10-unicode-blocks.txt': ['7×7 maze', 1, 1],
  'm18-tab-indented.txt': ['7×7 maze', 1, 1],
  'm23-dot-start.txt': ['7×7 maze', 1, 1],
  'm24-dot-9x9.txt': ['9×9 maze', 1, 1],
  // Digits whose meaning is not certain.
  'm04-zeros-ones.txt': [undefined, 0, 1],
  'm05-int-matrix.json': [undefined, 0, 1],
}

describe('files that people have', { skip }, () => {
  for (const [name, [title, valid, rows]] of Object.entries(files))
    test(name, async () => {
      const bytes = readFileSync(new URL(name, cases))
      for await (const event of checkPuzzleFile(bytes, { name }))
        if (event.kind === 'done') {
          const { report } = event
          assert.deepEqual([report.title, report.valid, report.rows], [title, valid, rows])
          if (title === undefined) assert.match(report.problems[0]!.reason, /expected a maze of # \* █ or X/)
        }
      if (title === undefined) return
      const row = await readPuzzleAt(bytes, { name, row: 1 })
      assert.deepEqual(readPuzzleText(new TextDecoder().decode(bytes)), {
        kind: row.kind,
        tokens: row.question,
      })
    })
})

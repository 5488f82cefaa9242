import type { PuzzleFamily } from '../../family.ts'
import { paperSudoku } from './paper-sudoku.ts'
import { sudoku4x4 } from './sudoku-4x4.ts'
import { sudoku4x4Trm } from './sudoku-4x4-trm.ts'
import { sudoku6x6 } from './sudoku-6x6.ts'
import { sudoku6x6Trm } from './sudoku-6x6-trm.ts'
import { sudokuExtreme } from './sudoku-extreme.ts'
import { sudokuExtreme1k } from './sudoku-extreme-1k.ts'
import { sudokuExtremeAtt } from './sudoku-extreme-att.ts'
import { sudokuExtremeFlow } from './sudoku-extreme-flow.ts'
import { sudokuExtremeMlp } from './sudoku-extreme-mlp.ts'
import { sudokuSmall } from './sudoku-small.ts'

export const sudokuRecipes = {
  'sudoku-4x4': sudoku4x4,
  'sudoku-6x6': sudoku6x6,
  'sudoku-extreme': sudokuExtreme,
  'sudoku-extreme-1k': sudokuExtreme1k,
  'sudoku-4x4-trm': sudoku4x4Trm,
  'sudoku-6x6-trm': sudoku6x6Trm,
  'sudoku-small': sudokuSmall,
  'sudoku-extreme-mlp': sudokuExtremeMlp,
  'sudoku-extreme-att': sudokuExtremeAtt,
  'sudoku-extreme-flow': sudokuExtremeFlow,
  'paper-sudoku': paperSudoku,
} as const satisfies PuzzleFamily['recipes']

/**
 * The workers of the page, so that it never waits: for models, or for puzzles, by the worker's name. They are one file,
 * since both need the puzzle families, and a worker shares no file with another one.
 */
import './lib/no-eval.ts'
import { serveModels } from '@tiny-recursive-models/trm/browser'
import { servePuzzles } from './puzzles/serve.ts'

if (self.name === 'puzzles') servePuzzles()
else serveModels()

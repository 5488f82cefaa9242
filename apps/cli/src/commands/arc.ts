import type { Command } from 'commander'
import { addArcScore } from './arc-score.ts'
import { addArcShow } from './arc-show.ts'

export function addArc(program: Command): void {
  const arc = program.command('arc').description('ARC tasks: score submissions, look at tasks and answers')
  addArcScore(arc)
  addArcShow(arc)
}

import type { Command } from 'commander'
import { addArcScore } from './arc-score.ts'
import { addArcShow } from './arc-show.ts'

export function addArc(arc: Command): void {
  addArcScore(arc)
  addArcShow(arc)
}

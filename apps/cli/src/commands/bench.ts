import type { Command } from 'commander'
import { addBenchPaper } from './bench-paper.ts'

/** Measurements that train; `npm run bench` measures speed. */
export function addBench(program: Command): void {
  const bench = program.command('bench').description('compare models by training them')
  addBenchPaper(bench)
}

import type { Command } from 'commander'
import { addBenchPaper } from './bench-paper.ts'

/** Measurements that train; `npm run bench` measures speed. */
export function addBench(bench: Command): void {
  addBenchPaper(bench)
}

/**
 * A child of the fuzzer: runs cases one after the other and tells its parent, in lines of JSON, which one it has
 * begun and how it ended. Written at once and not through the event loop, so that the last line names the case in
 * which it hung or died.
 */
import { writeSync } from 'node:fs'
import { InputError } from '@tiny-recursive-models/tensor'
import type { FuzzCase } from './cases.ts'
import { makeCase, samplesOf, type Targets } from './cases.ts'
import type { CaseEnd, WorkerLine, WorkerTask } from './messages.ts'

const task = JSON.parse(process.argv[2] ?? 'null') as WorkerTask
const { targets } = (await import(task.targetsModule)) as { targets: Targets }
const samples = await samplesOf(targets)

const tell = (line: WorkerLine): void => {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

for (let number = task.from; number < task.to; number++) {
  tell({ begin: number, processorMs: processorMs() })
  const one = makeCase(targets, samples, task.seed, number)
  const end = await runCase(one)
  const afterMs = processorMs()
  // Garbage of many cases is no fault of one.
  if (number % 20 === 0) globalThis.gc?.()
  const peakMebibytes = process.resourceUsage().maxRSS / 1024
  tell({ end: number, kind: one.kind, peakMebibytes, processorMs: afterMs, ...end })
}

async function runCase({
  kind,
  files,
  changes,
}: FuzzCase): Promise<Pick<CaseEnd, 'outcome' | 'fault' | 'changes'>> {
  try {
    await targets[kind]!.read(files)
    return { outcome: 'read' }
  } catch (error) {
    if (error instanceof InputError) return checkError(error, changes)
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { outcome: 'fault', fault: fault.slice(0, 2_000), changes }
  }
}

/** An error must say something, in a length that a person reads. */
function checkError({ who, expected, got, hint }: InputError, changes: readonly string[]) {
  const parts = [who, expected, got, hint]
  const isReadable = parts.every((part) => part.length > 0 && part.length <= 1_500)
  if (isReadable) return { outcome: 'refused' as const }
  const lengths = parts.map((part) => part.length).join(', ')
  return { outcome: 'fault' as const, fault: `an InputError with parts of ${lengths} characters`, changes }
}

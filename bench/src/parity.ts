import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { InputError } from '@tiny-recursive-models/tensor'
import { compareWithRecordedVote, readRecordedVote } from './parity/arc-vote.ts'
import { Float64Runs } from './parity/float64.ts'
import { closestOfEach, float64Factor, isWithin, judge, type Verdict } from './parity/judge.ts'
import { openChromiumParity, openNodeParity } from './parity/places.ts'
import { readGolden } from './parity/read-golden.ts'

const help = `npm run parity -- DIR [--device cpu|webgpu] [--threads N] [--only NAME] [--plain] [--browser]

Repeats every recorded run in DIR (NAME.json + NAME.safetensors) and prints how far each quantity is from the recorded
one, here and in float64. A quantity is within its limit if it is no farther away than its tolerance or than
${float64Factor} times as far as float64, whichever is more: recordings are float32, and where exact arithmetic is as far from
them, their own rounding is what lies between. Float64 runs the same formulas, so the first step, all weights together
and the rows of the puzzle table are held to their tolerance alone. Every recorded ARC vote (arc_vote.json,
arc_vote_NAME.json) is counted again. Exit code 0 if everything is within its limit, otherwise 1.

--plain      computes by standard operators, which ONNX Runtime does not fuse: slower, rounded as the formulas stand
--browser    runs them in Chromium instead of Node: on WebAssembly (cpu) or WebGPU`

const options = {
  device: { type: 'string', default: 'cpu' },
  threads: { type: 'string', default: '2' },
  only: { type: 'string' },
  plain: { type: 'boolean', default: false },
  browser: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [directory] = positionals
  if (!directory || values.help) {
    console.log(help)
    return directory || values.help ? 0 : 2
  }
  const { golden: goldenNames, votes: voteNames } = await recordedNames(directory, values.only)
  const device = values.device as 'cpu' | 'webgpu'
  const place = await (values.browser ? openChromiumParity : openNodeParity)(directory, {
    device,
    threads: Number(values.threads),
    plain: values.plain,
  })
  console.log(`${place.name}, and the reference executor in float64: some seconds a recording\n`)
  const all: Verdict[] = []
  const show = (verdicts: readonly Verdict[]): void => {
    const closest = closestOfEach(verdicts)
    all.push(...closest)
    for (const verdict of closest) console.log(line(verdict))
    console.log()
  }
  for (const name of goldenNames) {
    console.log(heading(name))
    const float64 = new Float64Runs(await readGolden(join(directory, name)))
    const verdicts = await float64.judge(await place.deviations(name))
    if (float64.count > 1)
      console.log(
        `  float64: the farthest of ${float64.count} runs, each from weights within one float32 step of the recorded`,
      )
    show(verdicts)
  }
  await place.close()
  for (const name of voteNames) {
    console.log(heading(name))
    show(judge(compareWithRecordedVote(await readRecordedVote(join(directory, `${name}.json`))), []))
  }
  console.log(summary(all))
  return all.every(isWithin) ? 0 : 1
}

/** What is recorded in a folder: runs by NAME.json + NAME.safetensors, votes by arc_vote….json. */
async function recordedNames(
  directory: string,
  only: string | undefined,
): Promise<{ golden: readonly string[]; votes: readonly string[] }> {
  const files = await readdir(directory).catch((): string[] => [])
  const namesOf = (pattern: RegExp): string[] =>
    files
      .flatMap((file) => pattern.exec(file)?.[1] ?? [])
      .filter((name) => files.includes(`${name}.json`) && (only ?? name) === name)
      .sort()
  const golden = namesOf(/^(.*)\.safetensors$/)
  const votes = namesOf(/^(arc_vote.*)\.json$/).filter((name) => !golden.includes(name))
  if (golden.length + votes.length > 0) return { golden, votes }
  throw new InputError({
    who: `golden folder ${directory}`,
    expected: `pairs ${only ?? 'NAME'}.json + ${only ?? 'NAME'}.safetensors, or arc_vote.json`,
    got: files.length === 0 ? 'no folder, or an empty one' : `${files.length} other files`,
    hint: 'Give the folder that holds the recorded values.',
  })
}

const heading = (name: string): string =>
  `${name.padEnd(28)} ${'here'.padStart(9)} ${'float64'.padStart(9)} ${'limit'.padStart(9)}`

function line(verdict: Verdict): string {
  const { quantity, largest, float64, limit, kind, where } = verdict
  return [
    isWithin(verdict) ? '  ok  ' : '  FAIL',
    quantity.padEnd(21),
    ...[largest, float64, limit].map((distance) => distance.toExponential(2).padStart(9)),
    isByFloat64(verdict) ? `${float64Factor} × float64` : 'tolerance  ',
    `${kind}, closest at ${where}`,
  ].join(' ')
}

const isByFloat64 = ({ limit, allowed }: Verdict): boolean => limit !== allowed

function summary(verdicts: readonly Verdict[]): string {
  const within = verdicts.filter(isWithin)
  const byFloat64 = within.filter((verdict) => isByFloat64(verdict) && verdict.largest > verdict.allowed)
  return [
    `${within.length} of ${verdicts.length} quantities are within their limits`,
    `${byFloat64.length} of these are beyond their tolerance, but within ${float64Factor} times the distance of float64`,
  ].join('; ')
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const isMistake = error instanceof InputError || (error instanceof TypeError && 'code' in error)
  console.error(isMistake ? error.message : error)
  return 1
})

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createReferenceExecutor, InputError } from '@tiny-recursive-models/tensor'
import { compareWithRecordedVote, readRecordedVote } from './parity/arc-vote.ts'
import { compareWithGolden } from './parity/compare.ts'
import { type Deviation, withinTolerance, worstOfEach } from './parity/deviations.ts'
import { openChromiumParity, openNodeParity } from './parity/places.ts'
import { readGolden } from './parity/read-golden.ts'

const help = `npm run parity -- DIR [--device cpu|webgpu] [--threads N] [--only NAME] [--reference] [--plain] [--browser]

Runs every set of golden values in DIR (NAME.json + NAME.safetensors) and prints the largest deviation of every
quantity from the recorded one. Every recorded ARC vote in it (arc_vote.json, arc_vote_NAME.json) is counted anew.
Exit code 1 if any is beyond its tolerance.

--reference  also runs the reference executor, in float64, and prints its deviations in a second column: recorded
             values are float32, and where exact numbers are as far from them, the recorded run itself was
--plain      computes by standard operators, which ONNX Runtime does not fuse: slower, rounded as the formulas stand
--browser    runs them in Chromium instead of Node: on WebAssembly (cpu) or WebGPU`

const options = {
  device: { type: 'string', default: 'cpu' },
  threads: { type: 'string', default: '2' },
  only: { type: 'string' },
  reference: { type: 'boolean', default: false },
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
  const device = values.device as 'cpu' | 'webgpu'
  const computed = await (values.browser ? openChromiumParity : openNodeParity)(directory, {
    device,
    threads: Number(values.threads),
    plain: values.plain,
  })
  const reference = values.reference ? createReferenceExecutor() : undefined
  console.log(`${computed.name}${reference ? ', then float64' : ''}\n`)
  let failures = 0
  const { golden: goldenNames, votes: voteNames } = await recordedNames(directory, values.only)
  for (const name of goldenNames) {
    console.log(name)
    const exact =
      reference && worstOfEach(await compareWithGolden(reference, await readGolden(join(directory, name))))
    for (const deviation of worstOfEach(await computed.deviations(name)).values()) {
      if (!withinTolerance(deviation)) failures++
      console.log(line(deviation, exact?.get(deviation.quantity)))
    }
    console.log()
  }
  await computed.close()
  for (const name of voteNames) {
    console.log(name)
    const recorded = await readRecordedVote(join(directory, `${name}.json`))
    for (const deviation of worstOfEach(compareWithRecordedVote(recorded)).values()) {
      if (!withinTolerance(deviation)) failures++
      console.log(line(deviation, undefined))
    }
    console.log()
  }
  console.log(failures === 0 ? 'all quantities within tolerance' : `${failures} quantities beyond tolerance`)
  return failures === 0 ? 0 : 1
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

function line(deviation: Deviation, exact: Deviation | undefined): string {
  const { quantity, largest, kind, allowed, where } = deviation
  const columns = [
    withinTolerance(deviation) ? '  ok  ' : '  FAIL',
    quantity.padEnd(18),
    largest.toExponential(2).padStart(9),
    ...(exact ? [exact.largest.toExponential(2).padStart(9)] : []),
    kind.padEnd(12),
  ]
  return `${columns.join(' ')} (allowed ${allowed.toExponential(0)}; worst at ${where})`
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const isMistake = error instanceof InputError || (error instanceof TypeError && 'code' in error)
  console.error(isMistake ? error.message : error)
  return 1
})

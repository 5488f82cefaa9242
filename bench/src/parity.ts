import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { compareWithGolden, withinTolerance } from './parity/compare.ts'
import { readGolden } from './parity/golden.ts'

const help = `npm run parity -- DIR [--device cpu|webgpu] [--threads N] [--only NAME]

Runs every set of golden values in DIR (NAME.json + NAME.safetensors) and prints the largest deviation of every
quantity from the recorded one. Exit code 1 if any is beyond its tolerance.`

/** Architectures that exist here. */
const known = new Set(['trm'])

async function main(args: readonly string[]): Promise<number> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const directory = args.find((arg, index) => !arg.startsWith('--') && !args[index - 1]?.startsWith('--'))
  if (!directory || args.includes('--help')) {
    console.log(help)
    return directory ? 0 : 2
  }
  const device = (option('--device') ?? 'cpu') as 'cpu' | 'webgpu'
  const threads = Number(option('--threads') ?? 2)
  const executor = await openOrtExecutor({ device, threads })
  const files = await readdir(directory)
  const names = files.flatMap((file) =>
    file.endsWith('.safetensors') ? [file.slice(0, -'.safetensors'.length)] : [],
  )
  const wanted = names.filter((name) => files.includes(`${name}.json`) && (option('--only') ?? name) === name)
  if (wanted.length === 0) {
    throw new InputError({
      who: `golden folder ${directory}`,
      expected: 'pairs NAME.json + NAME.safetensors',
      got: `${files.length} other files`,
      hint: 'Give the folder that holds the recorded values.',
    })
  }
  console.log(`${executor.name}\n`)
  let failures = 0
  for (const name of wanted.sort()) {
    const golden = await readGolden(join(directory, name))
    if (!known.has(golden.settings.arch)) {
      console.log(`${name}: architecture ${golden.settings.arch} is not implemented here, left out\n`)
      continue
    }
    console.log(name)
    for (const deviation of await compareWithGolden(executor, golden)) {
      const right = withinTolerance(deviation)
      if (!right) failures++
      const { quantity, largest, kind, allowed, where } = deviation
      console.log(
        `  ${right ? 'ok  ' : 'FAIL'} ${quantity.padEnd(18)} ${largest.toExponential(2).padStart(9)} ${kind.padEnd(12)}` +
          ` (allowed ${allowed.toExponential(0)}; worst at ${where})`,
      )
    }
    console.log()
  }
  console.log(failures === 0 ? 'all quantities within tolerance' : `${failures} quantities beyond tolerance`)
  return failures === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error)
  return 1
})

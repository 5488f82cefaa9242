import { availableParallelism, freemem, totalmem } from 'node:os'
import { plural, significant } from '@tiny-recursive-models/trm/format'
import { machineFacts } from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import { measureProduct, type ProductSpeed, placeNames, probeInChild, probePlace } from '../devices.ts'
import { jsonOption, threadsOption } from '../options/options.ts'
import { print, printJson, printJsonLine } from '../output/streams.ts'
import { mpiLine, mpiProbes, probeMpi, probeMpiInChild } from './doctor-mpi.ts'

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

export function addDoctor(command: Command): void {
  command
    .addOption(threadsOption())
    .addOption(
      new Option(
        '--probe <what>',
        'try one executor or MPI library in this process and print the result',
      ).choices([...placeNames, ...mpiProbes]),
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  trm doctor\n  trm doctor --json')
    .action(async ({ threads, probe, json }: { threads?: number; probe?: string; json?: true }) => {
      const place = placeNames.find((name) => name === probe)
      if (place !== undefined) return printJsonLine(await probePlace(place))
      if (probe !== undefined) return printJsonLine(await probeMpi(probe))
      await diagnose(threads ?? availableParallelism(), json === true)
    })
}

async function diagnose(threads: number, asJson: boolean): Promise<void> {
  const machine = machineFacts()
  const [executors, mpi] = await Promise.all([
    Promise.all(placeNames.map(probeInChild)),
    Promise.all(mpiProbes.map(probeMpiInChild)),
  ])
  const onProcessor = executors.filter(({ device, works }) => device === 'cpu' && works)
  const products: ProductSpeed[] = []
  for (const place of onProcessor) products.push(await measureProduct(place, threads))
  const memory = { totalBytes: totalmem(), freeBytes: freemem() }
  if (onProcessor.length === 0) process.exitCode = 1
  if (asJson) return printJson({ ...machine, memory, executors, products, mpi })
  const lines: [string, string][] = [
    ['node', machine.node],
    ['onnxruntime', machine.onnxruntime],
    ['system', machine.system],
    ['processor', `${machine.processor}, ${machine.cores} cores`],
    ['memory', `${gibibytes(memory.totalBytes)}, ${gibibytes(memory.freeBytes)} free`],
    ...executors.map(({ executor, device, works, detail }): [string, string] => [
      `executor ${executor}, ${device}`,
      `${works ? 'works' : 'does not work'}: ${detail}`,
    ]),
    ...products.map(({ executor, size, threads, gigaflopsPerSecond }): [string, string] => [
      `speed of ${executor}`,
      `${significant(gigaflopsPerSecond)} GFLOP/s (float32 ${size}×${size} products, ${plural(threads, 'thread')})`,
    ]),
    ...mpi.map(mpiLine),
  ]
  const width = Math.max(...lines.map(([what]) => what.length))
  for (const [what, value] of lines) print(`${what.padEnd(width)}  ${value}`)
}

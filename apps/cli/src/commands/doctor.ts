import { availableParallelism, freemem, totalmem } from 'node:os'
import type { ExecutorChoice } from '@tiny-recursive-models/tensor/node'
import { plural, significant } from '@tiny-recursive-models/trm/format'
import {
  allRememberedSpeeds,
  machineFacts,
  type OnednnFacts,
  onednnFacts,
  speedMemoryPath,
} from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import {
  measureProduct,
  type ProductSpeed,
  placeNames,
  places,
  probeInChild,
  probePlace,
} from '../devices.ts'
import { executorOption, jsonOption, threadsOption } from '../options/options.ts'
import { describeSpeeds } from '../output/executor-choice.ts'
import { print, printJson, printJsonLine } from '../output/streams.ts'
import { mpiLine, mpiProbes, probeMpi, probeMpiInChild } from './doctor-mpi.ts'

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

export function addDoctor(command: Command): void {
  command
    .addOption(executorOption())
    .addOption(threadsOption())
    .addOption(
      new Option(
        '--probe <what>',
        'try one executor or MPI library in this process and print the result',
      ).choices([...placeNames, ...mpiProbes]),
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  trm doctor\n  trm doctor --json')
    .action(async (options: DoctorOptions) => {
      const { probe } = options
      const place = placeNames.find((name) => name === probe)
      if (place !== undefined) return printJsonLine(await probePlace(place))
      if (probe !== undefined) return printJsonLine(await probeMpi(probe))
      await diagnose(options)
    })
}

interface DoctorOptions {
  readonly executor?: ExecutorChoice
  readonly threads?: number
  readonly probe?: string
  readonly json?: true
}

/** What a recipe whose `model.precision` is bfloat16 would gain here. */
function describeBfloat16(products: readonly ProductSpeed[]): string {
  const native = products.filter(({ precision }) => precision === 'bfloat16')
  return native.length > 0
    ? `multiplied by ${native.map(({ executor }) => executor).join(', ')}`
    : 'multiplied by none of these: float32 is rounded to it, which is slower than float32'
}

/** Measurements that are shown, the latest. */
const shownSpeeds = 5

const onednnLine = ({ file, version, bfloat16 }: OnednnFacts): [string, string] => [
  'oneDNN',
  `${version} (${file}); this processor has ${bfloat16 ? '' : 'no '}instructions for bfloat16`,
]

async function diagnose({ executor: asked = 'auto', threads, json }: DoctorOptions): Promise<void> {
  const most = threads ?? availableParallelism()
  const machine = machineFacts()
  const tried = placeNames.filter((name) => asked === 'auto' || places[name].executor === asked)
  const [executors, mpi] = await Promise.all([
    Promise.all(tried.map(probeInChild)),
    Promise.all(mpiProbes.map(probeMpiInChild)),
  ])
  const onProcessor = executors.filter(({ device, works }) => device === 'cpu' && works)
  const products: ProductSpeed[] = []
  for (const place of onProcessor) {
    const measured = await measureProduct(place, most)
    products.push(measured)
    if (measured.multipliesBfloat16) products.push(await measureProduct(place, most, 'bfloat16'))
  }
  const memory = { totalBytes: totalmem(), freeBytes: freemem() }
  if (onProcessor.length === 0) process.exitCode = 1
  const environment = process.env.TRM_EXECUTOR || null
  const remembered = await allRememberedSpeeds()
  const auto = { environment, file: speedMemoryPath(), measured: remembered }
  const works = executors.some(({ executor, works }) => executor === 'onednn' && works)
  // The probe's process has shown that the library does not end this one.
  const onednn = works ? await onednnFacts() : null
  if (json) return printJson({ ...machine, memory, executors, onednn, products, auto, mpi })
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
    ...(onednn === null ? [] : [onednnLine(onednn)]),
    ...products.map(({ executor, precision, size, threads, gigaflopsPerSecond }): [string, string] => [
      `speed of ${executor}`,
      `${significant(gigaflopsPerSecond)} GFLOP/s (${precision} ${size}×${size} products, ${plural(threads, 'thread')})`,
    ]),
    ['bfloat16', describeBfloat16(products)],
    [
      'executor auto',
      environment === null
        ? `what is faster at the work to be done; ${plural(remembered.length, 'measurement')} in ${auto.file}`
        : `${environment}, because TRM_EXECUTOR says so`,
    ],
    ...remembered
      .slice(0, shownSpeeds)
      .map(({ work, ...speeds }): [string, string] => ['', `${work}: ${describeSpeeds(speeds)}`]),
    ...mpi.map(mpiLine),
  ]
  const width = Math.max(...lines.map(([what]) => what.length))
  for (const [what, value] of lines) print(`${what.padEnd(width)}  ${value}`)
}

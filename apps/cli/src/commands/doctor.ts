import { availableParallelism, freemem, totalmem } from 'node:os'
import type { Device } from '@tiny-recursive-models/tensor'
import { plural, significant } from '@tiny-recursive-models/trm/format'
import { machineFacts, nodeDevices } from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import { measureProduct, probeDevice, probeInChild } from '../devices.ts'
import { jsonOption, threadsOption } from '../options/options.ts'
import { print, printJson, printJsonLine } from '../output/streams.ts'

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

export function addDoctor(command: Command): void {
  command
    .addOption(threadsOption())
    .addOption(
      new Option('--probe <device>', 'try one device in this process and print the result').choices(
        nodeDevices,
      ),
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  trm doctor\n  trm doctor --json')
    .action(async ({ threads, probe, json }: { threads?: number; probe?: Device; json?: true }) => {
      if (probe !== undefined) return printJsonLine(await probeDevice(probe))
      await diagnose(threads ?? availableParallelism(), json === true)
    })
}

async function diagnose(threads: number, asJson: boolean): Promise<void> {
  const machine = machineFacts()
  const devices = await Promise.all(nodeDevices.map(probeInChild))
  // What commands compute on unless another device is named.
  const works = devices.some(({ device, works }) => device === 'cpu' && works)
  const processor = devices.find(({ device, works }) => device !== 'webgpu' && works)
  const product = processor ? await measureProduct(processor.device, threads) : null
  const memory = { totalBytes: totalmem(), freeBytes: freemem() }
  if (!works) process.exitCode = 1
  if (asJson) return printJson({ ...machine, memory, devices, product })
  const lines: [string, string][] = [
    ['node', machine.node],
    ['onnxruntime', machine.onnxruntime],
    ['system', machine.system],
    ['processor', `${machine.processor}, ${machine.cores} cores`],
    ['memory', `${gibibytes(memory.totalBytes)}, ${gibibytes(memory.freeBytes)} free`],
    ...devices.map(({ device, works, detail }): [string, string] => [
      `device ${device}`,
      `${works ? 'works' : 'does not work'}: ${detail}`,
    ]),
  ]
  if (product) {
    const { device, gigaflopsPerSecond, size } = product
    const threadCount = `${plural(threads, 'thread')}`
    lines.push([
      'speed',
      `${significant(gigaflopsPerSecond)} GFLOP/s (float32 ${size}×${size} products, ${device}, ${threadCount})`,
    ])
  }
  for (const [what, value] of lines) print(`${what.padEnd(14)} ${value}`)
}

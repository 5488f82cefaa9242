import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { cases } from '../../packages/tensor/test/support/cases.ts'
import { skipWithoutChromium } from '../../testing/chromium.ts'
import { openSuite } from '../../testing/suite/open-suite.ts'
import type { SuiteAnswer } from '../../testing/suite/protocol.ts'
import { withinTolerance } from '../src/parity/deviations.ts'
import { Float64Runs } from '../src/parity/float64.ts'
import { isWithin } from '../src/parity/judge.ts'
import { readGolden } from '../src/parity/read-golden.ts'

// The conformance suite of executors and the recorded runs of the official code, in a real browser: WebAssembly, of ONNX
// Runtime and as our own executor compiles it, is held to what Node is held to, WebGPU (here a software adapter, which is slow) to 1e-3. WebGPU runs one case of every
// operation, and all of them where TRM_TEST_ALL is set (`npm run test:all`).
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const recorded = readdirSync(fixtures).flatMap((file) => /^(.*)\.safetensors$/.exec(file)?.[1] ?? [])

/** Threads are those of the conformance suite and of the recorded runs, whose programs are large enough to share. */
const devices = {
  compiled: { threads: [1, 2], names: recorded, allowed: 0, executor: /^wasm, (1 thread|2 threads)$/ },
  wasm: { threads: [2, 2], names: recorded, allowed: 0, executor: /^onnxruntime wasm, 2 threads$/ },
  webgpu: { threads: [1, 1], names: ['trm_att'], allowed: 1e-3, executor: /^onnxruntime webgpu$/ },
} as const
const deviceNames = ['compiled', 'wasm', 'webgpu'] as const

type Device = keyof typeof devices
type DeviceRequest = { readonly device: Device; readonly threads?: number }

const skip = skipWithoutChromium()
const left: Record<Device, string | false> = {
  compiled: skip,
  wasm: skip,
  webgpu: skip || (process.env.TRM_TEST_WEBGPU === '0' && 'TRM_TEST_WEBGPU is 0'),
}
const sampled: Record<Device, boolean> = { compiled: false, wasm: false, webgpu: !process.env.TRM_TEST_ALL }

// One build and one browser for all. All is asked before the first test is registered: Node ends a file's tests when
// none is left, though the file itself may still be loading.
const answers = new Map<Device, { conformance: SuiteAnswer; goldens: SuiteAnswer }>()
if (!skip) {
  const suite = await openSuite(fixtures, { webgpu: !left.webgpu })
  try {
    for (const device of deviceNames) {
      if (left[device]) continue
      const [few, many] = devices[device].threads.map((threads) => ({
        device,
        ...(device !== 'webgpu' && { threads }),
      })) as [DeviceRequest, DeviceRequest]
      const conformance = await suite.run({ ...few, suite: 'conformance', sampled: sampled[device] })
      const goldens = await suite.run({ ...many, suite: 'golden', names: devices[device].names })
      answers.set(device, { conformance, goldens })
    }
  } finally {
    await suite.close()
  }
}

for (const device of deviceNames) {
  const { names, allowed } = devices[device]
  const answer = answers.get(device)
  if (answer === undefined) {
    test(`${device} in Chromium`, { skip: left[device] }, () => {})
    continue
  }
  const { conformance, goldens } = answer

  describe(`${device} in Chromium`, () => {
    test('can be opened, in a worker', () => assertOpened(conformance, device))
    test(sampled[device] ? 'runs a case of every operation' : 'runs every case', () =>
      assert.ok(conformance.outcomes.length > (sampled[device] ? Object.keys(cases).length : 500)),
    )
    for (const { name, error } of conformance.outcomes) test(name, () => assert.equal(error, null))
    for (const name of names) {
      test(`${name}: computes what the official code computes`, async () => {
        assertOpened(goldens, device)
        const deviations = goldens.deviations[name] ?? []
        assert.ok(deviations.length > 50, `${deviations.length} comparisons`)
        const held = deviations.map((deviation) => ({
          ...deviation,
          allowed: Math.max(deviation.allowed, allowed),
        }))
        if (held.every(withinTolerance)) return
        const float64 = new Float64Runs(await readGolden(join(fixtures, name)))
        const verdicts = await float64.judge(held)
        assert.deepEqual(
          verdicts.filter((verdict) => !isWithin(verdict)),
          [],
        )
      })
    }
  })
}

function assertOpened({ error, executor }: SuiteAnswer, device: Device): void {
  assert.equal(error, null)
  assert.match(executor, devices[device].executor)
}

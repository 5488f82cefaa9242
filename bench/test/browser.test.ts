import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { skipWithoutChromium } from '../../testing/chromium.ts'
import { type BrowserSuite, openSuite } from '../../testing/suite/open-suite.ts'
import type { SuiteAnswer } from '../../testing/suite/protocol.ts'
import { withinTolerance } from '../src/parity/deviations.ts'
import { Float64Runs } from '../src/parity/float64.ts'
import { isWithin } from '../src/parity/judge.ts'
import { readGolden } from '../src/parity/read-golden.ts'

// The conformance suite of executors and the recorded runs of the official code, in a real browser: WebAssembly is
// held to what Node is held to, WebGPU (here a software adapter, which is slow) to 1e-3.
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const recorded = readdirSync(fixtures).flatMap((file) => /^(.*)\.safetensors$/.exec(file)?.[1] ?? [])

const devices = {
  wasm: { threads: 2, names: recorded, allowed: 0 },
  webgpu: { threads: 1, names: ['trm_att'], allowed: 1e-3 },
} as const

const skip = skipWithoutChromium()

for (const device of ['wasm', 'webgpu'] as const) {
  const { threads, names, allowed } = devices[device]
  const left = skip || (device === 'webgpu' && process.env.TRM_TEST_WEBGPU === '0' && 'TRM_TEST_WEBGPU is 0')
  if (left) {
    test(`${device} in Chromium`, { skip: left }, () => {})
    continue
  }
  const suite: BrowserSuite = await openSuite(fixtures, { webgpu: device === 'webgpu' })
  after(() => suite.close())
  const request = { device, ...(device === 'wasm' && { threads }) }
  const conformance = await suite.run({ ...request, suite: 'conformance' })
  const goldens = await suite.run({ ...request, suite: 'golden', names })

  describe(`${device} in Chromium`, () => {
    test('can be opened, in a worker', () => assertOpened(conformance, device))
    test('runs every case', () => assert.ok(conformance.outcomes.length > 500))
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

function assertOpened({ error, executor }: SuiteAnswer, device: string): void {
  assert.equal(error, null)
  assert.match(executor, device === 'wasm' ? /^onnxruntime wasm, 2 threads$/ : /^onnxruntime webgpu$/)
}

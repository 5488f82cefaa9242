/** Readers with faults, for the test of the fuzzer itself. Case n is of the kind at n % 8. */
import type { Targets } from './cases.ts'
import { single, type Target } from './target.ts'

const target = (read: Target['read']): Target => ({ samples: () => [single(new Uint8Array(8))], read })

/** Kept, so that nothing is freed. */
const hoard: Uint8Array[] = []

export const targets: Targets = {
  sound: target(() => undefined),
  'wrong error': target(() => (undefined as unknown as { x: number }).x),
  'late rejection': target(() => Promise.reject(new RangeError('not wrong input'))),
  hang: target(() => {
    for (;;);
  }),
  crash: target(() => process.abort()),
  'too much memory': target(() => {
    for (let piece = 0; piece < 16; piece++) hoard.push(new Uint8Array(2 ** 24).fill(1))
  }),
  sleep: target(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)),
  'no answer': target(() => new Promise(() => undefined)),
}

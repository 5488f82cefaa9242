import { trace } from '../../src/graph/program.ts'
import { floatTensor } from '../../src/graph/types.ts'
import { openOrtExecutor } from '../../src/node.ts'
import { add } from '../../src/ops/primitives.ts'

/** Runs a program and ends (`return`, `exit` or `throw`) without closing or releasing anything. */
const [device, ending] = process.argv.slice(2)
const executor = await openOrtExecutor({ device: device === 'webgpu' ? 'webgpu' : 'cpu', threads: 1 })
const vector = { shape: [2], dtype: 'float32' } as const
const program = trace('step', { feeds: {}, states: { x: vector } }, ({ states }) => ({
  outputs: {},
  updates: { x: add(states.x, 1) },
}))
const executable = await executor.compile(program)
const states = new Map([['x', await executor.upload(floatTensor([2], [1, 2]))]])
const { updates } = await executable.run({}, states)
console.log((await executor.download(updates.get('x')!)).data.join())
if (ending === 'exit') process.exit(0)
if (ending === 'throw') throw new Error('ended on purpose')

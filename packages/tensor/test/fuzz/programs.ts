/** The programs of the fuzzer: a pure function of the seed and the number of a program. */
import { gradients } from '../../src/autodiff/gradient.ts'
import type { Node } from '../../src/graph/operations.ts'
import { nodesOf, type Program } from '../../src/graph/program.ts'
import { elementCount, type HostTensor } from '../../src/graph/types.ts'
import { cast } from '../../src/ops/primitives.ts'
import { RandomStream } from '../../src/random/random-stream.ts'
import { type Bounded, BoundedValues } from './bounds.ts'
import { Draw } from './draw.ts'
import { drawOperation } from './operations.ts'

/** A program with values for its inputs. */
export interface FuzzProgram {
  readonly program: Program
  readonly inputs: ReadonlyMap<Node, HostTensor>
}

export function makeProgram(seed: number, number: number): FuzzProgram {
  const random = new RandomStream(seed, 'fuzz programs', number)
  const draw = new Draw(random)
  const values = new BoundedValues()
  for (let count = 1 + random.integer(3); count > 0; count--) draw.fresh(draw.shape())
  for (let count = 2 + random.integer(24); count > 0; count--) {
    const node = drawOperation(draw)
    if (node && isTelling(node, values, draw)) draw.keep(node)
  }
  if (draw.chance(0.3)) addGradients(draw, values)
  return assembled(draw, `number ${number} of seed ${seed}`)
}

/** Whether rounding leaves enough of a value to be compared. */
function isTelling(node: Node, values: BoundedValues, draw: Draw): boolean {
  for (const [input, tensor] of draw.inputs) values.setInput(input, tensor)
  const { data, errors } = values.of(node)
  const size = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length)
  if (!(size < 1e8)) return false
  const vague = errors.filter((error) => !(error <= 1e-2 * size + 1e-6)).length
  return vague <= 0.1 * errors.length
}

function addGradients(draw: Draw, values: BoundedValues): void {
  const results = draw.pool.filter(({ dtype, operation }) => dtype === 'float32' && operation !== 'input')
  const targets = draw.pool.filter(({ dtype, operation }) => dtype === 'float32' && operation === 'input')
  if (results.length === 0 || targets.length === 0) return
  const output = draw.pick(results.slice(-5))
  for (const node of gradients(output, targets.slice(0, 3), draw.fresh(output.shape)))
    if (nodesOf({ name: '', feeds: {}, states: {}, outputs: { node }, updates: {} }).length < 600)
      if (isTelling(node, values, draw)) draw.keep(node)
}

/** Results: some of the pool, those that nothing uses more often; states get new values of their shape. */
function assembled(draw: Draw, name: string): FuzzProgram {
  const used = new Set(draw.pool.flatMap(({ inputs }) => inputs))
  const ends = draw.pool.filter((node) => !used.has(node))
  const outputs = new Map<string, Node>()
  for (let count = 1 + draw.random.integer(4); count > 0; count--) {
    const node = draw.pick(ends.length > 0 && draw.chance(0.8) ? ends : draw.pool)
    outputs.set(`output${outputs.size}`, node.dtype === 'bool' ? cast(node, 'int32') : node)
  }
  const updates = new Map<string, Node>()
  const named = (wanted: 'feed' | 'state') =>
    [...draw.inputs.keys()].flatMap((node) =>
      node.operation === 'input' && node.attributes.role === wanted
        ? [[node.attributes.name, node] as const]
        : [],
    )
  for (const [state, node] of named('state')) {
    const fits = draw.pool.filter(
      (value) => value.dtype === node.dtype && value.shape.join() === node.shape.join(),
    )
    if (fits.length > 0 && draw.chance(0.7))
      updates.set(state, draw.pick(draw.chance(0.7) ? fits.slice(-3) : fits))
  }
  const program = {
    name,
    feeds: Object.fromEntries(named('feed')),
    states: Object.fromEntries(named('state')),
    outputs: Object.fromEntries(outputs),
    updates: Object.fromEntries(updates),
  }
  return { program, inputs: draw.inputs }
}

/** Results of a program by name, with the errors that they may have. */
export function boundedResults({ program, inputs }: FuzzProgram): ReadonlyMap<string, Bounded> {
  const values = new BoundedValues()
  for (const [node, tensor] of inputs) values.setInput(node, tensor)
  return new Map(
    [...Object.entries(program.outputs), ...Object.entries(program.updates)].map(([name, node]) => [
      name,
      values.of(node),
    ]),
  )
}

/** Numbers in all results of a program. */
export const resultSize = ({ program }: FuzzProgram): number =>
  [...Object.values(program.outputs), ...Object.values(program.updates)].reduce(
    (sum, { shape }) => sum + elementCount(shape),
    0,
  )

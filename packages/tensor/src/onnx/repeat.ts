/** A graph that runs another one several times, each time on what the time before gave. */
import { InputError } from '../errors.ts'
import { type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValue, onnxTypes } from './model.ts'

/** What a repeated graph carries from one iteration to the next, and its inputs and outputs. */
export interface Repetition {
  readonly times: number
  /** Inputs that are 0 at first and then an output of the previous iteration: input name → output name. */
  readonly carried: Readonly<Record<string, string>>
  /** An int32 input that is 1 the first time and 0 afterwards. */
  readonly first: string
  /** Outputs (none of those that are carried) of which only the last value is wanted, */
  readonly last: readonly string[]
  /** and outputs of which all values are wanted, one after another along a new first axis. */
  readonly all: readonly string[]
}

/** Values inside the loop: a name must not mean two things, in there and around it. */
const inside = (name: string): string => `step/${name}`

/**
 * All other inputs stay the same. It is one Loop operator: whatever the number of iterations, the file contains the
 * step once, and a session opens as fast as for a single step.
 *
 * @param step a graph whose inputs and outputs know their shapes
 * @param axis the one named length in them
 * @throws InputError if a name is not an input or output of the step, or a length is unknown
 */
export function repeatGraph(step: OnnxGraph, repetition: Repetition, axis = 'batch'): OnnxGraph {
  const { times, carried, first, last, all } = repetition
  const input = (name: string) => namedValue(step, 'inputs', name)
  const output = (name: string) => namedValue(step, 'outputs', name)
  const inputs = step.inputs.filter(({ name }) => name !== first && !Object.hasOwn(carried, name))
  const outer = new OuterNodes(inputs, axis, step.name)

  // What is wanted at the end is carried along, though the next step does not read it.
  const [stateInputs, stateOutputs] = [Object.keys(carried), Object.values(carried)]
  const starts = [...stateInputs.map(input), ...last.map(output)].map((value) => outer.zeros(value))
  const body = insideOf(step, first, stateInputs, [...stateOutputs, ...last, ...all].map(output), {
    // Their values before: of no use, but they must come in.
    unread: last.map(output),
    axis: outer.shapeOf(input(first)),
    zero: outer.integers('repeat_zero', [], [0]),
  })
  const loop: OnnxNode = {
    type: 'Loop',
    inputs: [outer.integers('repeat_times', [], [times]), outer.always(), ...starts],
    outputs: [...stateInputs.map((name) => `repeat_end/${name}`), ...last, ...all],
    attributes: { body: { graph: body } },
  }
  return {
    name: `${step.name}, ${times} times`,
    inputs,
    outputs: [
      ...last.map(output),
      ...all.map(output).map((value) => ({ ...value, shape: [times, ...value.shape!] })),
    ],
    initializers: [...step.initializers, ...outer.initializers],
    nodes: [...outer.nodes, loop],
  }
}

/** The step as the body of a Loop: turn number, condition, carried values → condition, carried values, others. */
function insideOf(
  step: OnnxGraph,
  first: string,
  stateInputs: readonly string[],
  outputs: readonly OnnxValue[],
  around: { readonly unread: readonly OnnxValue[]; readonly axis: string; readonly zero: string },
): OnnxGraph {
  const own = new Set([first, ...stateInputs, ...step.nodes.flatMap((node) => node.outputs)])
  const rename = (name: string) => (own.has(name) ? inside(name) : name)
  const renamed = (value: OnnxValue): OnnxValue => ({ ...value, name: rename(value.name) })
  const [turn, goOn, stillGoOn] = [inside('turn'), inside('go_on'), inside('still_go_on')]
  const [isFirst, firstNumber] = [inside('is_first'), inside('first_number')]
  return {
    name: step.name,
    inputs: [
      { name: turn, dtype: 'int64', shape: [] },
      { name: goOn, dtype: 'bool', shape: [] },
      ...stateInputs.map((name) => renamed(namedValue(step, 'inputs', name))),
      ...around.unread.map((value) => ({ ...value, name: inside(`before/${value.name}`) })),
    ],
    outputs: [{ name: stillGoOn, dtype: 'bool', shape: [] }, ...outputs.map(renamed)],
    initializers: [],
    nodes: [
      { type: 'Identity', inputs: [goOn], outputs: [stillGoOn] },
      { type: 'Equal', inputs: [turn, around.zero], outputs: [isFirst] },
      { type: 'Cast', inputs: [isFirst], outputs: [firstNumber], attributes: { to: onnxTypes.int32 } },
      { type: 'Expand', inputs: [firstNumber, around.axis], outputs: [rename(first)] },
      ...step.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
    ],
  }
}

/** Nodes around the loop: shapes with the length that only an input knows, and zeros of such shapes. */
class OuterNodes {
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxTensor[] = []
  readonly #axis: string
  readonly #length = 'repeat_length'

  constructor(inputs: readonly OnnxValue[], axis: string, who: string) {
    this.#axis = axis
    const source = inputs.find(({ shape }) => shape?.includes(axis))
    if (!source) throw unknownLength(who, axis)
    const place = source.shape!.indexOf(axis)
    const attributes = { start: place, end: place + 1 }
    this.nodes.push({ type: 'Shape', inputs: [source.name], outputs: [this.#length], attributes })
  }

  integers(name: string, shape: readonly number[], values: readonly number[]): string {
    this.initializers.push({ name, dtype: 'int64', shape, values })
    return name
  }

  /** A condition that holds. It may be left out by the standard, but not every runtime knows that. */
  always(): string {
    this.initializers.push({ name: 'repeat_always', dtype: 'bool', shape: [], values: [1] })
    return 'repeat_always'
  }

  /** The shape as int64 values: fixed lengths + length · 1 where the named axis is. */
  shapeOf({ name, shape }: OnnxValue): string {
    const lengths = shape!.map((length) => (typeof length === 'number' ? length : 0))
    const isNamed = shape!.map((length) => Number(length === this.#axis))
    const size = [shape!.length]
    const [scaled, whole] = [`repeat_lengths/${name}`, `repeat_shape/${name}`]
    if (this.nodes.some(({ outputs }) => outputs.includes(whole))) return whole
    const scales = this.integers(`${scaled}/scales`, size, isNamed)
    this.nodes.push({ type: 'Mul', inputs: [this.#length, scales], outputs: [scaled] })
    const fixed = this.integers(`${scaled}/fixed`, size, lengths)
    this.nodes.push({ type: 'Add', inputs: [scaled, fixed], outputs: [whole] })
    return whole
  }

  zeros(value: OnnxValue): string {
    const [zero, name] = [`repeat_zero/${value.dtype}`, `repeat_start/${value.name}`]
    if (!this.initializers.some((known) => known.name === zero))
      this.initializers.push({ name: zero, dtype: value.dtype, shape: [], values: [0] })
    this.nodes.push({ type: 'Expand', inputs: [zero, this.shapeOf(value)], outputs: [name] })
    return name
  }
}

function namedValue(graph: OnnxGraph, role: 'inputs' | 'outputs', name: string): OnnxValue {
  const found = graph[role].find((value) => value.name === name)
  if (found) return found
  throw new InputError({
    who: `repetition of ${graph.name}`,
    expected: `one of its ${role}: ${graph[role].map((value) => value.name).join(', ')}`,
    got: `"${name}"`,
    hint: 'Use the names of the graph.',
  })
}

function unknownLength(who: string, axis: string): InputError {
  return new InputError({
    who: `repetition of ${who}`,
    expected: `an input that stays the same and has the axis "${axis}"`,
    got: 'none',
    hint: 'Carry fewer inputs, or lower the step for any batch.',
  })
}

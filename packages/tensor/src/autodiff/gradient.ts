import { InputError } from '../errors.ts'
import type { Fused, Node, NodeOf, Tensor } from '../graph/operations.ts'
import { isPrimitive } from '../graph/operations.ts'
import { formatShape, sameShape } from '../graph/types.ts'
import { expand } from '../ops/expansions.ts'
import { add, after, filled, scalar } from '../ops/primitives.ts'
import { fusedRules, type GradientRule, primitiveRules } from './rules.ts'

/**
 * Gradients of `output` with respect to `targets`, as new nodes of the same graph (reverse mode).
 *
 * A fused operation with its own rule uses it; any other is differentiated through its expansion. A stage waits for the
 * gradients from later ones, and one that recomputes is traced again after them.
 *
 * @param output    any float32 tensor; a scalar loss unless `cotangent` is given
 * @param cotangent weights of the output's elements, of its shape; 1 for a scalar
 * @throws InputError if the output is not a scalar and no cotangent of its shape is given
 */
export function gradients(output: Tensor, targets: readonly Tensor[], cotangent?: Tensor): Tensor[] {
  const start = cotangent ?? scalar(1)
  if (!sameShape(output.shape, start.shape)) {
    throw new InputError({
      who: 'gradients',
      expected: cotangent ? `a cotangent of shape ${formatShape(output.shape)}` : 'a scalar loss',
      got: cotangent ? formatShape(start.shape) : `an output of shape ${formatShape(output.shape)}`,
      hint: 'Sum the output to a scalar, or pass a cotangent of its shape.',
    })
  }
  const flow = new GradientFlow(targets)
  flow.propagate(output, start)
  return targets.map((target) => flow.gradientOf(target) ?? filled(target.shape, 0))
}

/**
 * The backward walk. Nodes wait, sorted by age, until all their users have sent their part; the youngest goes
 * first, and since users are younger than operands, its gradient is then complete.
 */
class GradientFlow {
  readonly #targets: ReadonlySet<Node>
  readonly #gradients = new Map<Node, Tensor>()
  readonly #waiting: Node[] = []
  readonly #leads = new Map<Node, boolean>()

  constructor(targets: readonly Tensor[]) {
    this.#targets = new Set(targets)
  }

  gradientOf(node: Node): Tensor | undefined {
    return this.#gradients.get(node)
  }

  propagate(root: Node, g: Tensor): void {
    this.#send(root, g)
    for (let node = this.#waiting.pop(); node; node = this.#waiting.pop()) {
      const gradient = this.#gradients.get(node)!
      if (!this.#targets.has(node)) this.#gradients.delete(node)
      this.#step(node, gradient)
    }
  }

  #send(node: Node, gradient: Tensor): void {
    if (!this.#leadsToTarget(node)) return
    const before = this.#gradients.get(node)
    this.#gradients.set(node, before ? add(before, gradient) : gradient)
    if (before) return
    let position = this.#waiting.length
    while (position > 0 && this.#waiting[position - 1]!.id > node.id) position--
    this.#waiting.splice(position, 0, node)
  }

  #step(node: Node, g: Tensor): void {
    const rule = ruleFor(node)
    if (rule) {
      rule(node, g).forEach((gradient, index) => {
        if (gradient) this.#send(node.inputs[index]!, gradient)
      })
      return
    }
    // The expansion's nodes are the youngest of all: they are walked to the end before the outside goes on.
    if (node.operation !== 'stage') this.#send(expand(node as NodeOf<Fused>), g)
    else {
      // What later stages have sent to the weights so far is computed before this one begins.
      const sent = node.inputs.flatMap((input) => this.#gradients.get(input) ?? [])
      const gate = after(g, ...sent)
      const inputs = node.attributes.recompute ? node.inputs.map((input) => after(input, gate)) : node.inputs
      this.#send(expand({ ...node, inputs } as NodeOf<Fused>), gate)
    }
  }

  /** Operands before users, without recursion: graphs are deeper than the call stack. */
  #leadsToTarget(root: Node): boolean {
    const pending = [root]
    for (let node = pending.at(-1); node; node = pending.at(-1)) {
      const through = node.operation !== 'stopGradient' && node.dtype === 'float32'
      const operands = through ? node.inputs : []
      const unknown = operands.filter((input) => !this.#leads.has(input))
      if (unknown.length > 0) {
        pending.push(...unknown)
        continue
      }
      this.#leads.set(node, this.#targets.has(node) || operands.some((input) => this.#leads.get(input)))
      pending.pop()
    }
    return this.#leads.get(root)!
  }
}

function ruleFor(node: Node): GradientRule<Node['operation']> | undefined {
  const rules = isPrimitive(node.operation) ? primitiveRules : fusedRules
  return (rules as Partial<Record<Node['operation'], GradientRule<Node['operation']>>>)[node.operation]
}

/**
 * A loop as a function of WebAssembly: four numbers at a time along the innermost axis. Where that axis is kept, four
 * sums are added up side by side; where it is reduced, the four parts of one sum.
 */
import { FunctionWriter, type Local } from './assembler.ts'
import { emitOperation } from './emit-operation.ts'
import { isReduction } from './groups.ts'
import { type Loop, type LoopValue, merged, type Operand, type Place } from './loop.ts'
import { passesOf } from './passes.ts'
import type { Space } from './space.ts'

/**
 * Parameters: where the loads begin, then the stores, in bytes.
 *
 * @param isFused whether functions multiply and add in one instruction, of relaxed SIMD
 */
export function emitLoop(loop: Loop, isFused: boolean): FunctionWriter {
  return new LoopWriter(merged(loop), isFused).write()
}

/** Where in the loop an instruction stands. */
interface Position {
  /** A pointer for every place. */
  readonly pointers: readonly Local[]
  /** 4, or 1 for what is left at the end of the axis. */
  readonly lanes: 1 | 4
  /** Vectors further along the innermost axis, to do several at a time. */
  readonly ahead: number
}

/** Lanes in an order that brings the other half, then the other quarter, under each. */
const halves: readonly (readonly [number, number, number, number])[] = [
  [2, 3, 0, 1],
  [1, 0, 3, 2],
]

const isNumber = (operand: Operand): operand is Operand & { readonly is: 'number' } =>
  operand.is === 'number' && !Number.isNaN(operand.value)

/** Values in locals, by kind and number. */
type Known = Map<string, Local>

class LoopWriter {
  readonly #code: FunctionWriter
  readonly #places: readonly Place[]
  readonly #space: Space
  readonly #values: readonly LoopValue[]
  readonly #loads: number
  readonly #passes: readonly number[]
  readonly #vector: number
  readonly #isVectorReduced: boolean
  readonly #isFused: boolean

  constructor({ space, loads, stores, values }: Loop, isFused: boolean) {
    this.#isFused = isFused
    this.#places = [...loads, ...stores]
    this.#loads = loads.length
    this.#space = space
    this.#values = values
    this.#passes = passesOf(values)
    this.#vector = space.length - 1
    this.#isVectorReduced = space.at(-1)!.isReduced
    this.#code = new FunctionWriter(this.#places.map(() => 'i32'))
  }

  write(): FunctionWriter {
    const kept = [...this.#space.keys()].filter((axis) => !this.#space[axis]!.isReduced)
    const outer = kept.filter((axis) => axis !== this.#vector)
    this.#nest(outer, this.#code.parameters, (pointers) => {
      if (this.#isVectorReduced) this.#rows([{ pointers, lanes: 4, ahead: 0 }])
      else this.#along(pointers, (positions) => this.#rows(positions))
    })
    return this.#code
  }

  /** Loops over axes, outermost first. */
  #nest(
    axes: readonly number[],
    pointers: readonly Local[],
    body: (pointers: readonly Local[]) => void,
  ): void {
    const [axis, ...inner] = axes
    if (axis === undefined) {
      body(pointers)
      return
    }
    const moving = this.#movingPointers(axis, pointers)
    this.#code.times(this.#space[axis]!.length, () => {
      this.#nest(inner, moving, body)
      this.#advance(axis, moving, 1)
    })
  }

  /** Goes along the innermost axis: several vectors at a time, then one, then single numbers. */
  #along(pointers: readonly Local[], body: (positions: readonly Position[]) => void): void {
    const { length } = this.#space[this.#vector]!
    const moving = this.#movingPointers(this.#vector, pointers)
    let left = length
    for (const [lanes, together] of [
      [4, this.#together(length)],
      [4, 1],
      [1, 1],
    ] as const) {
      const step = lanes * together
      const times = Math.floor(left / step)
      if (times === 0) continue
      left -= times * step
      this.#code.times(times, () => {
        body(Array.from({ length: together }, (_, ahead) => ({ pointers: moving, lanes, ahead })))
        this.#advance(this.#vector, moving, step)
      })
    }
  }

  /**
   * Vectors to do at a time: few where there are many values, for there are sixteen registers. Where sums run down columns,
   * whole lines of the cache: rows often lie a multiple of a page apart, and of a line that is left early the rest has to
   * be fetched again.
   */
  #together(length: number): number {
    const isFew = this.#values.length <= 16
    const runsDown = !this.#isVectorReduced && this.#space.some(({ isReduced }) => isReduced)
    const across = this.#values.length <= 6 ? 4 : isFew ? 2 : 1
    const wanted = runsDown ? (isFew ? 8 : 4) : across
    return Math.max(1, Math.min(wanted, Math.floor(length / 4)))
  }

  #movingPointers(axis: number, pointers: readonly Local[]): Local[] {
    return pointers.map((pointer, index) => {
      if (this.#places[index]!.strides[axis] === 0) return pointer
      const moving = this.#code.local('i32')
      this.#code.get(pointer).set(moving)
      return moving
    })
  }

  #advance(axis: number, pointers: readonly Local[], steps: number): void {
    for (const [index, pointer] of pointers.entries()) {
      const { bytes, strides } = this.#places[index]!
      this.#code.move(pointer, bytes * steps * strides[axis]!)
    }
  }

  /** All passes over the reduced axes for one or several vectors of kept values. */
  #rows(positions: readonly Position[]): void {
    const kept = positions.map((): Known => new Map())
    const isInReduction = this.#isVectorReduced
    const reduced = [...this.#space.keys()].filter(
      (axis) => this.#space[axis]!.isReduced && axis !== this.#vector,
    )
    const inner = isInReduction
      ? reduced
      : [...this.#space.keys()].filter((axis) => this.#space[axis]!.isReduced)
    const passes = Math.max(...this.#passes) + 1
    for (let pass = 0; pass < passes; pass++) {
      for (const [index, position] of positions.entries()) this.#keptValues(pass, position, kept[index]!)
      const sums = this.#reductionsOf(pass)
      const stores = this.#values.flatMap(({ role, store }, index) =>
        role === 'full' && store !== undefined && this.#passes[index] === pass ? [index] : [],
      )
      if (sums.length === 0 && stores.length === 0) continue
      const count = isInReduction ? this.#together(this.#space[this.#vector]!.length) : positions.length
      const totals = sums.map((sum) => Array.from({ length: count }, () => this.#startOf(sum)))
      const body = (position: Position, index: number) => {
        const known: Known = new Map(kept[isInReduction ? 0 : index])
        for (const store of stores) this.#store(store, position, known)
        for (const [order, sum] of sums.entries()) this.#add(sum, totals[order]![index]!, position, known)
      }
      this.#nest(inner, positions[0]!.pointers, (pointers) => {
        if (isInReduction)
          this.#along(pointers, (all) => {
            for (const [index, position] of all.entries()) body(position, index)
          })
        else for (const [index, position] of positions.entries()) body({ ...position, pointers }, index)
      })
      for (const [order, sum] of sums.entries()) this.#finish(sum, totals[order]!, kept)
    }
    for (const [index, position] of positions.entries()) {
      this.#keptValues(passes, position, kept[index]!)
      for (const [number, { role, store }] of this.#values.entries())
        if (role === 'kept' && store !== undefined)
          this.#store(number, isInReduction ? { ...position, lanes: 1 } : position, kept[index]!)
    }
  }

  /** Reductions whose operand the pass computes. */
  #reductionsOf(pass: number): number[] {
    return this.#values.flatMap(({ node }, index) =>
      isReduction(node) && this.#passes[index] === pass + 1 ? [index] : [],
    )
  }

  /** Kept values, no sums, that so many passes are enough for. */
  #keptValues(passes: number, position: Position, known: Known): void {
    for (const [index, { role, node }] of this.#values.entries()) {
      if (role === 'kept' && !isReduction(node) && this.#passes[index]! <= passes)
        this.#value(index, position, known)
    }
  }

  #startOf(sum: number): Local {
    const total = this.#code.local('v128')
    this.#code.floats(this.#isMaximum(sum) ? Number.NEGATIVE_INFINITY : 0).set(total)
    return total
  }

  #isMaximum(sum: number): boolean {
    return this.#values[sum]!.node.operation === 'reduceMaximum'
  }

  #add(sum: number, total: Local, position: Position, known: Known): void {
    const operand = this.#operand(this.#values[sum]!.operands[0]!, position, known, false)
    this.#code.get(total).get(operand)
    if (this.#isVectorReduced && position.lanes === 1) {
      // Of a single number only the first lane counts.
      if (this.#isMaximum(sum)) this.#code.floats(Number.NEGATIVE_INFINITY)
      this.#code.integers(-1, 0, 0, 0).simd(this.#isMaximum(sum) ? 'v128.bitselect' : 'v128.and')
    }
    this.#combine(sum)
    this.#code.set(total)
  }

  #combine(sum: number): void {
    this.#code.simd(this.#isMaximum(sum) ? 'f32x4.max' : 'f32x4.add')
  }

  /** Sums that were added up in parts, as the values that they are from now on. */
  #finish(sum: number, totals: readonly Local[], kept: readonly Known[]): void {
    if (!this.#isVectorReduced) {
      for (const [index, total] of totals.entries()) kept[index]!.set(`v${sum}`, total)
      return
    }
    const [first, ...others] = totals as [Local, ...Local[]]
    for (const other of others) {
      this.#code.get(first).get(other)
      this.#combine(sum)
      this.#code.set(first)
    }
    for (const lanes of halves) {
      this.#code
        .get(first)
        .get(first)
        .get(first)
        .shuffle(...lanes)
      this.#combine(sum)
      this.#code.set(first)
    }
    kept[0]!.set(`v${sum}`, first)
  }

  #value(index: number, position: Position, known: Known): Local {
    const key = `v${index}`
    const before = known.get(key)
    if (before) return before
    const { node, role, operands, store } = this.#values[index]!
    const isKept = role === 'kept'
    const isReadBack = !isKept && store !== undefined && known.has(`stored${index}`)
    const locals = () => operands.map((operand) => this.#operand(operand, position, known, isKept))
    const bound = node.operation === 'maximum' && operands.find(isNumber)
    const local = isReadBack
      ? this.#load(this.#loads + store, position)
      : bound
        ? this.#atLeast(locals()[operands.indexOf(bound) === 0 ? 1 : 0]!, bound.value)
        : emitOperation(this.#code, node, locals(), this.#isFused)
    known.set(key, local)
    return local
  }

  /**
   * The larger of x and a number: `f32x4.max` takes nine instructions of x64, since either operand may be no number, or
   * they may be zeros of either sign. A sum with 0 is never −0.
   */
  #atLeast(x: Local, bound: number): Local {
    const local = this.#code.local('v128')
    this.#code.get(x).floats(bound).simd('f32x4.pmax')
    if (bound === 0) this.#code.floats(0).simd('f32x4.add')
    this.#code.set(local)
    return local
  }

  #operand(operand: Operand, position: Position, known: Known, isKept: boolean): Local {
    if (operand.is === 'value') return this.#value(operand.index, position, known)
    const key = `${operand.is}${operand.is === 'load' ? operand.index : `${operand.dtype}${operand.value}`}${isKept}`
    const before = known.get(key)
    if (before) return before
    const local = operand.is === 'load' ? this.#load(operand.index, position) : this.#number(operand)
    known.set(key, local)
    return local
  }

  #number({ value, dtype }: Operand & { readonly is: 'number' }): Local {
    const local = this.#code.local('v128')
    const whole = dtype === 'bool' ? -Number(value !== 0) : value
    if (dtype === 'float32') this.#code.floats(value)
    else this.#code.integers(whole, whole, whole, whole)
    this.#code.set(local)
    return local
  }

  /** Byte distance of a place's numbers along the innermost axis, and where they begin at a position. */
  #innermost(index: number, { ahead, lanes }: Position): { step: number; start: number } {
    const { strides, offset, bytes } = this.#places[index]!
    const step = bytes * strides[this.#vector]!
    return { step, start: bytes * offset + ahead * lanes * step }
  }

  #load(index: number, position: Position): Local {
    const { step, start } = this.#innermost(index, position)
    const [local, pointer] = [this.#code.local('v128'), position.pointers[index]!]
    if (this.#places[index]!.bytes === 2) return this.#loadHalves(local, pointer, step, start, position.lanes)
    if (step === 0) this.#code.get(pointer).access('v128.load32_splat', start)
    else if (position.lanes === 1) this.#code.get(pointer).access('v128.load32_zero', start)
    else if (step === 4) this.#code.get(pointer).access('v128.load', start)
    else {
      this.#code.get(pointer).access('v128.load32_zero', start).set(local)
      for (const lane of [1, 2, 3])
        this.#code
          .get(pointer)
          .get(local)
          .access('v128.load32_lane', start + lane * step, lane)
          .set(local)
      return local
    }
    this.#code.set(local)
    return local
  }

  /** Numbers of bfloat16, which are the upper halves of float32 numbers. */
  #loadHalves(local: Local, pointer: Local, step: number, start: number, lanes: 1 | 4): Local {
    if (step !== 2 && step !== 0 && lanes === 4) {
      this.#code.floats(0).set(local)
      for (const lane of [0, 1, 2, 3])
        this.#code
          .get(pointer)
          .get(local)
          .access('v128.load16_lane', start + lane * step, 2 * lane + 1)
          .set(local)
      return local
    }
    const isRun = step === 2 && lanes === 4
    this.#code.get(pointer).access(isRun ? 'v128.load16x4_u' : 'v128.load16_splat', start)
    this.#code.integer(16).simd('i32x4.shl').set(local)
    return local
  }

  #store(value: number, position: Position, known: Known): void {
    const { role, store } = this.#values[value]!
    const local = this.#value(value, position, known)
    const index = this.#loads + store!
    const { step, start } = this.#innermost(index, position)
    const pointer = position.pointers[index]!
    if (this.#places[index]!.bytes === 2) this.#storeHalves(local, pointer, step, start, position.lanes)
    else if (position.lanes === 4 && step === 4)
      this.#code.get(pointer).get(local).access('v128.store', start)
    else
      for (let lane = 0; lane < position.lanes; lane++)
        this.#code
          .get(pointer)
          .get(local)
          .access('v128.store32_lane', start + lane * step, lane)
    if (role === 'full') known.set(`stored${value}`, local)
  }
  #storeHalves(local: Local, pointer: Local, step: number, start: number, lanes: 1 | 4): void {
    if (step === 2 && lanes === 4) {
      this.#code.get(pointer).get(local).get(local).upperHalves().access('v128.store64_lane', start, 0)
      return
    }
    for (let lane = 0; lane < lanes; lane++)
      this.#code
        .get(pointer)
        .get(local)
        .access('v128.store16_lane', start + lane * step, 2 * lane + 1)
  }
}

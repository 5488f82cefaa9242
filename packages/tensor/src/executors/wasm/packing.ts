/** Copies of the factors of a product in which what is read together lies together, and loops that copying needs. */
import type { FunctionWriter, Local } from './assembler.ts'

/** Writes a body that runs so many times. */
export function times(code: FunctionWriter, count: number, body: () => void): void {
  if (count === 0) return
  if (count === 1) {
    body()
    return
  }
  const left = code.local('i32')
  code.integer(count).set(left)
  code.repeat(body, () => code.get(left).integer(1).plain('i32.sub').tee(left))
}

export function move(code: FunctionWriter, pointer: Local, bytes: number): void {
  if (bytes !== 0) code.get(pointer).integer(bytes).plain('i32.add').set(pointer)
}

/** Where the numbers of a factor are: along the tile and along the inner axis. */
export interface Layout {
  readonly across: number
  readonly inwards: number
}

/** Copies [count, depth] to [depth][width], four or eight beside each other; what is missing becomes 0. */
export function packStrip(
  code: FunctionWriter,
  from: Local,
  to: Local,
  { across, inwards }: Layout,
  count: number,
  width: number,
  depth: number,
): void {
  const [source, target] = [code.local('i32'), code.local('i32')]
  code.get(from).set(source)
  code.get(to).set(target)
  const value = code.local('v128')
  const part = (first: number, lanes: number, steps: number) => {
    if (lanes === 4 && inwards === 4 && steps === 4) {
      transposed(code, source, target, first * across, across, 4 * width, 4 * first)
      return
    }
    for (let k = 0; k < steps; k++) {
      code.get(target)
      if (lanes <= 0) code.floats(0)
      else if (lanes === 4 && across === 4) code.get(source).access('v128.load', 4 * first + k * inwards)
      else {
        code
          .get(source)
          .access('v128.load32_zero', first * across + k * inwards)
          .set(value)
        for (let lane = 1; lane < lanes; lane++)
          code
            .get(source)
            .get(value)
            .access('v128.load32_lane', (first + lane) * across + k * inwards, lane)
            .set(value)
        code.get(value)
      }
      code.access('v128.store', 4 * first + k * 4 * width)
    }
  }
  const all = (steps: number) => {
    for (let first = 0; first < width; first += 4) part(first, Math.min(4, count - first), steps)
    move(code, source, steps * inwards)
    move(code, target, steps * 4 * width)
  }
  times(code, Math.floor(depth / 4), () => all(4))
  if (depth % 4 > 0) all(depth % 4)
}

/** Four runs of four numbers, `across` bytes apart, as the columns of four vectors. */
function transposed(
  code: FunctionWriter,
  source: Local,
  target: Local,
  start: number,
  across: number,
  row: number,
  place: number,
): void {
  const lines = [0, 1, 2, 3].map((line) => {
    const local = code.local('v128')
    code
      .get(source)
      .access('v128.load', start + line * across)
      .set(local)
    return local
  }) as [Local, Local, Local, Local]
  const pairs = [1, 2, 3, 4].map(() => code.local('v128')) as [Local, Local, Local, Local]
  code.get(lines[0]).get(lines[1]).shuffle(0, 4, 1, 5).set(pairs[0])
  code.get(lines[2]).get(lines[3]).shuffle(0, 4, 1, 5).set(pairs[1])
  code.get(lines[0]).get(lines[1]).shuffle(2, 6, 3, 7).set(pairs[2])
  code.get(lines[2]).get(lines[3]).shuffle(2, 6, 3, 7).set(pairs[3])
  code.get(target).get(pairs[0]).get(pairs[1]).shuffle(0, 1, 4, 5).access('v128.store', place)
  code
    .get(target)
    .get(pairs[0])
    .get(pairs[1])
    .shuffle(2, 3, 6, 7)
    .access('v128.store', place + row)
  code
    .get(target)
    .get(pairs[2])
    .get(pairs[3])
    .shuffle(0, 1, 4, 5)
    .access('v128.store', place + 2 * row)
  code
    .get(target)
    .get(pairs[2])
    .get(pairs[3])
    .shuffle(2, 3, 6, 7)
    .access('v128.store', place + 3 * row)
}

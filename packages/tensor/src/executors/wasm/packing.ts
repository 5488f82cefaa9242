/** Copies of the factors of a product in which what is read together lies together. */
import type { FunctionWriter, Local } from './assembler.ts'

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
    code.move(source, steps * inwards)
    code.move(target, steps * 4 * width)
  }
  code.times(Math.floor(depth / 4), () => all(4))
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
  for (const line of [0, 1, 2, 3] as const) {
    const [left, right] = line < 2 ? [pairs[0], pairs[1]] : [pairs[2], pairs[3]]
    code.get(target).get(left).get(right)
    if (line % 2 === 0) code.shuffle(0, 1, 4, 5)
    else code.shuffle(2, 3, 6, 7)
    code.access('v128.store', place + line * row)
  }
}

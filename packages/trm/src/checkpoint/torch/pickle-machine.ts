/** The stack, the memo and the bytes of a pickle that is being read; `unpickle.ts` has the instructions. */
import { damaged } from './errors.ts'
import type { PickleValue } from './pickle-values.ts'

export class PickleMachine {
  readonly bytes: Uint8Array
  readonly who: string
  readonly memo = new Map<number, PickleValue>()
  private readonly view: DataView
  private stack: PickleValue[] = []
  /** What lay on the stack before each open MARK. */
  private readonly marked: PickleValue[][] = []
  private offset = 0

  constructor(bytes: Uint8Array, who: string) {
    this.bytes = bytes
    this.who = who
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The position before the next `count` bytes, which are then behind. */
  take(count: number): number {
    const start = this.offset
    if (count > this.bytes.length - start)
      throw damaged(this.who, 'a complete pickle', 'one that ends too early')
    this.offset += count
    return start
  }

  byte(): number {
    return this.bytes[this.take(1)]!
  }

  unsigned16(): number {
    return this.view.getUint16(this.take(2), true)
  }

  unsigned32(): number {
    return this.view.getUint32(this.take(4), true)
  }

  signed32(): number {
    return this.view.getInt32(this.take(4), true)
  }

  /** Big endian, alone in the whole format. */
  float64(): number {
    return this.view.getFloat64(this.take(8), false)
  }

  text(length: number): string {
    const start = this.take(length)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        this.bytes.subarray(start, start + length),
      )
    } catch {
      throw damaged(this.who, 'strings in UTF-8', 'bytes that are not UTF-8')
    }
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.offset)
    if (end < 0) throw damaged(this.who, 'a complete pickle', 'a line without an end')
    const text = this.text(end - this.offset)
    this.take(1)
    return text
  }

  push(value: PickleValue): void {
    this.stack.push(value)
  }

  pop(): PickleValue {
    const value = this.stack.pop()
    if (value === undefined) throw damaged(this.who, 'a value on the stack', 'an empty stack')
    return value
  }

  /** The value on top, which stays. */
  top(): PickleValue {
    const value = this.pop()
    this.push(value)
    return value
  }

  mark(): void {
    this.marked.push(this.stack)
    this.stack = []
  }

  popToMark(): PickleValue[] {
    const before = this.marked.pop()
    if (before === undefined) throw damaged(this.who, 'a MARK on the stack', 'none')
    const items = this.stack
    this.stack = before
    return items
  }

  recall(index: number): void {
    const value = this.memo.get(index)
    if (value === undefined) throw damaged(this.who, `a remembered value ${index}`, 'none')
    this.push(value)
  }

  result(): PickleValue {
    const value = this.pop()
    if (this.stack.length > 0 || this.marked.length > 0)
      throw damaged(this.who, 'one value at the end of the pickle', 'more')
    return value
  }
}

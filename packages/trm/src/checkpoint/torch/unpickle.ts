/**
 * Reads the pickle of a state dict as `torch.save` writes it (protocol 2). A pickle is a program for a small stack
 * machine; this one knows only the instructions that weights need, and its two that can call something, REDUCE and
 * BUILD, make tensors and dictionaries by `torch-globals.ts` and nothing else. Everything else is an error.
 * Libraries for pickles read any program and keep no bound on memory.
 * Source: Python's Lib/pickletools.py.
 */
import { damaged, refused, show } from './errors.ts'
import { nameOfOpcode } from './opcode-names.ts'
import { PickleMachine } from './pickle-machine.ts'
import { describePickle, type PickleDictionary, type PickleValue } from './pickle-values.ts'
import { buildObject, callGlobal, findGlobal, findStorage } from './torch-globals.ts'

/** The pickle of a model of 20,000 weights has 3 MB and 700,000 instructions. */
const maxBytes = 2 ** 24
const maxInstructions = 1_000_000

export function unpickle(bytes: Uint8Array, who: string): PickleValue {
  if (bytes.length > maxBytes)
    throw refused(who, `a pickle of at most ${maxBytes} bytes`, `${bytes.length} bytes`)
  const machine = new PickleMachine(bytes, who)
  for (let count = 0; count < maxInstructions; count++) {
    const opcode = machine.byte()
    if (opcode === stop) return machine.result()
    const instruction = instructions[opcode]
    if (instruction === undefined)
      throw refused(who, 'only instructions that weights need', nameOfOpcode(opcode))
    instruction(machine)
  }
  throw refused(who, `at most ${maxInstructions} pickle instructions`, 'more')
}

const stop = 0x2e

type Instruction = (machine: PickleMachine) => void

const tuple =
  (count: number): Instruction =>
  (machine) => {
    const items: PickleValue[] = []
    for (let index = 0; index < count; index++) items.unshift(machine.pop())
    machine.push({ kind: 'tuple', items })
  }

/** By opcode; what is not here is refused. */
const instructions: Readonly<Record<number, Instruction>> = {
  128: (machine) => {
    const version = machine.byte()
    if (version !== 2) throw refused(machine.who, 'pickle protocol 2', `protocol ${version}`)
  },
  // MARK
  40: (machine) => machine.mark(),
  // EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE
  125: (machine) => machine.push({ kind: 'dictionary', entries: new Map() }),
  93: (machine) => machine.push({ kind: 'list', items: [] }),
  41: (machine) => machine.push({ kind: 'tuple', items: [] }),
  // TUPLE, TUPLE1, TUPLE2, TUPLE3
  116: (machine) => machine.push({ kind: 'tuple', items: machine.popToMark() }),
  133: tuple(1),
  134: tuple(2),
  135: tuple(3),
  // NONE, NEWTRUE, NEWFALSE
  78: (machine) => machine.push(null),
  136: (machine) => machine.push(true),
  137: (machine) => machine.push(false),
  // BININT1, BININT2, BININT, LONG1, BINFLOAT
  75: (machine) => machine.push(machine.byte()),
  77: (machine) => machine.push(machine.unsigned16()),
  74: (machine) => machine.push(machine.signed32()),
  138: (machine) => machine.push(longInteger(machine)),
  71: (machine) => machine.push(machine.float64()),
  // BINUNICODE
  88: (machine) => machine.push(machine.text(machine.unsigned32())),
  // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
  113: (machine) => machine.memo.set(machine.byte(), machine.top()),
  114: (machine) => machine.memo.set(machine.unsigned32(), machine.top()),
  104: (machine) => machine.recall(machine.byte()),
  106: (machine) => machine.recall(machine.unsigned32()),
  // GLOBAL
  99: (machine) => machine.push(findGlobal(`${machine.line()}.${machine.line()}`, machine.who)),
  // BINPERSID
  81: (machine) => machine.push(findStorage(machine.pop(), machine.who)),
  // REDUCE
  82: (machine) => {
    const words = machine.pop()
    machine.push(callGlobal(machine.pop(), words, machine.who))
  },
  // BUILD
  98: (machine) => {
    const state = machine.pop()
    buildObject(machine.top(), state, machine.who)
  },
  // APPEND, APPENDS
  97: (machine) => {
    const item = machine.pop()
    append(machine, [item])
  },
  101: (machine) => append(machine, machine.popToMark()),
  // SETITEM, SETITEMS
  115: (machine) => {
    const value = machine.pop()
    setItems(machine, [machine.pop(), value])
  },
  117: (machine) => setItems(machine, machine.popToMark()),
}

/** At most 8 bytes, two's complement, little endian. */
function longInteger(machine: PickleMachine): number {
  const length = machine.byte()
  const start = machine.take(length)
  let value = 0n
  for (let index = Math.min(length, 8) - 1; index >= 0; index--)
    value = (value << 8n) | BigInt(machine.bytes[start + index]!)
  const signed = Number(BigInt.asIntN(8 * Math.min(length, 8), value))
  if (length <= 8 && Number.isSafeInteger(signed)) return signed
  throw refused(machine.who, 'whole numbers of at most 53 bits', `one of ${length} bytes`)
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top()
  if (typeof list !== 'object' || list?.kind !== 'list')
    throw damaged(machine.who, 'a list to append to', describePickle(list))
  for (const item of items) list.items.push(item)
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const dictionary = machine.top()
  if (typeof dictionary !== 'object' || dictionary?.kind !== 'dictionary')
    throw damaged(machine.who, 'a dictionary to fill', describePickle(dictionary))
  if (items.length % 2 !== 0) throw damaged(machine.who, 'a value for every key', 'a key without one')
  for (let index = 0; index < items.length; index += 2)
    setItem(dictionary, items[index]!, items[index + 1]!, machine.who)
}

function setItem({ entries }: PickleDictionary, key: PickleValue, value: PickleValue, who: string): void {
  if (typeof key !== 'string' && typeof key !== 'number')
    throw refused(who, 'strings or numbers as keys of dictionaries', describePickle(key))
  if (entries.has(key)) throw damaged(who, 'unique keys in a dictionary', `${show(String(key))} twice`)
  entries.set(key, value)
}

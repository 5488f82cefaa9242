import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { fromOfficialName, officialPrefix } from '../../../src/checkpoint/official-names.ts'
import { decodeSafetensors } from '../../../src/checkpoint/safetensors.ts'
import { type StoredTensor, toFloat32 } from '../../../src/checkpoint/stored-tensor.ts'
import { decodeTorchFile } from '../../../src/checkpoint/torch/read.ts'
import { serializationId } from '../../../src/checkpoint/torch/serialization-id.ts'
import { encodeTorchFile } from '../../../src/checkpoint/torch/write.ts'
import { flipBits, outcome } from '../hostile-bytes.ts'
import { dictionary, integer, numbers, pickleOf, tensor, text, torchFile } from './torch-bytes.ts'

const recordings = new URL('../../../../../bench/test/fixtures/', import.meta.url)

function messageOf(bytes: Uint8Array): string {
  try {
    decodeTorchFile(bytes, 'x.pt')
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

const damage = 'The file is damaged or not a PyTorch checkpoint: copy it again.'
const policy =
  'Only weights are read and nothing is executed: in PyTorch, save a plain state dict with torch.save(model.state_dict(), FILE).'

for (const name of ['trm_att', 'trm_mlp']) {
  test(`${name}: what the official code saved is read, and written again byte for byte`, () => {
    const file = `${name}_official_checkpoint`
    const bytes = readFileSync(new URL(`${file}.pt`, recordings))
    const { tensors, others } = decodeTorchFile(bytes, file)
    assert.deepEqual(others, [])
    assert.equal(tensors.size, 15)
    const golden = decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, recordings)), name).tensors
    for (const [official, tensor] of tensors) {
      assert.ok(official.startsWith(officialPrefix), official)
      const recorded = golden.get(`final.inner.${official.slice(officialPrefix.length)}`)
      assert.deepEqual(tensor.shape, recorded?.shape, official)
      // The file has the start vectors in bfloat16, 8 significant bits; the recording is float32.
      const isStart = /_init$/.test(official)
      assert.equal(tensor.dtype, isStart ? 'bfloat16' : 'float32', official)
      const found = toFloat32(tensor, official)
      const wanted = recorded?.data as Float32Array
      const allowed = isStart ? 2 ** -8 : 0
      for (const [index, value] of found.entries())
        assert.ok(Math.abs(value - wanted[index]!) <= allowed * Math.abs(wanted[index]!), official)
      assert.notEqual(fromOfficialName(official), '')
    }
    assert.equal(Buffer.compare(bytes, encodeTorchFile(tensors, file)), 0)
  })
}

/** One tensor of every type that PyTorch and we have, an empty one and a scalar, in the writer's order. */
const examples: readonly [string, StoredTensor][] = [
  ['brains', { dtype: 'bfloat16', shape: [2], data: Uint16Array.of(0x3f80, 0xc020) }],
  ['bytes', { dtype: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 255) }],
  ['doubles', { dtype: 'float64', shape: [2], data: Float64Array.of(Math.PI, -0) }],
  ['empty', { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) }],
  ['five', { dtype: 'float32', shape: [1, 2, 1, 1, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ['flags', { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) }],
  ['halves', { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7c00) }],
  ['ints', { dtype: 'int32', shape: [1, 2], data: Int32Array.of(-100, 7) }],
  ['longs', { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 60n) }],
  ['scalar', { dtype: 'float32', shape: [], data: Float32Array.of(42) }],
]

test('every type comes back as it was', () => {
  const { tensors } = decodeTorchFile(encodeTorchFile(new Map(examples)), 'x')
  assert.deepEqual([...tensors], examples)
  assert.deepEqual(decodeTorchFile(encodeTorchFile(new Map([examples[2]!])), 'x').tensors.size, 1)
})

test('more tensors than one batch of the pickle, and more than one byte of memo, come back', () => {
  const name = (index: number) => `w${String(index).padStart(5, '0')}`
  const many = new Map<string, StoredTensor>()
  for (let index = 0; index < 2_001; index++)
    many.set(name(index), { dtype: 'float32', shape: [1], data: Float32Array.of(index) })
  const { tensors } = decodeTorchFile(encodeTorchFile(many), 'x')
  assert.deepEqual(tensors, many)
})

test('the fingerprint is the one that PyTorch computes', () => {
  const crcs = [
    0x0aa6073e, 0x83dcefb7, 0xe971773f, 0x19e33d85, 0x2cc224b0, 0x34897d8f, 0xed1526b4, 0x605dc0b8,
    0xb4e446cc, 0x907f0290, 0x93fa3d98, 0xfd46eb27, 0xcb582570, 0xf6597b18, 0x6d8fc7ed, 0xfe97f2ab,
    0x9a0cad7c, 0xe64bb6db, 0x36d72307, 0x55679ed1,
  ]
  const data = Array.from({ length: 15 }, (_, index) => `data/${index}`)
  const names = ['data.pkl', '.format_version', '.storage_alignment', 'byteorder', ...data, 'version']
  const entries = names.map((name, index) => ({ name, crc: crcs[index]! }))
  assert.equal(serializationId(entries), '1402774556643522699501615304712252562568')
})

test('an OrderedDict with metadata, and dictionaries in a dictionary, are read', () => {
  const inner = pickleOf(
    'ccollections\nOrderedDict\n)R(',
    text('w'),
    tensor({ length: 2, shape: [2], strides: [1] }),
    'u',
    // What nn.Module adds: {'_metadata': OrderedDict()} as attributes.
    '}',
    text('_metadata'),
    'ccollections\nOrderedDict\n)Rsb',
  )
  const whole = dictionary({
    model: inner,
    step: integer(7),
    note: text(''),
    none: pickleOf('N'),
  })
  const { tensors, others } = decodeTorchFile(torchFile(whole, [numbers(3, 4)]), 'x')
  assert.deepEqual([...tensors], [['model.w', { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) }]])
  assert.deepEqual(others, ['step', 'note', 'none'])
})

test('a parameter is its tensor', () => {
  const parameter = pickleOf(
    'ctorch._utils\n_rebuild_parameter\n(',
    tensor({ length: 1, shape: [], strides: [] }),
    pickleOf(0x88),
    'ccollections\nOrderedDict\n)RtR',
  )
  const { tensors } = decodeTorchFile(torchFile(dictionary({ p: parameter }), [numbers(5)]), 'x')
  assert.deepEqual(tensors.get('p'), { dtype: 'float32', shape: [], data: Float32Array.of(5) })
})

test('tensors that share a storage, lie across it or begin later are put in order', () => {
  const storage = numbers(0, 1, 2, 3, 4, 5)
  const pickle = dictionary({
    whole: tensor({ length: 6, shape: [2, 3], strides: [3, 1] }),
    transposed: tensor({ length: 6, shape: [3, 2], strides: [1, 3] }),
    column: tensor({ length: 6, offset: 2, shape: [2, 1], strides: [3, 7] }),
    nothing: tensor({ length: 6, offset: 6, shape: [0, 3], strides: [3, 1] }),
  })
  const { tensors } = decodeTorchFile(torchFile(pickle, [storage]), 'x')
  assert.deepEqual([...tensors.get('whole')!.data], [0, 1, 2, 3, 4, 5])
  assert.deepEqual([...tensors.get('transposed')!.data], [0, 3, 1, 4, 2, 5])
  assert.deepEqual([...tensors.get('column')!.data], [2, 5])
  assert.deepEqual(tensors.get('nothing')!.shape, [0, 3])
})

test('tensors outside their storage are refused', () => {
  const message = (facts: Partial<Parameters<typeof tensor>[0]>, bytes = numbers(1, 2, 3, 4)) =>
    messageOf(
      torchFile(dictionary({ w: tensor({ length: 4, shape: [4], strides: [1], ...facts }) }), [bytes]),
    )
  const outside = (shape: string, strides: string, offset: number) =>
    `x.pt: expected "w" [${shape}] inside 4 numbers, got strides [${strides}] from ${offset}. ${damage}`
  assert.equal(message({}), 'no error')
  assert.equal(message({ offset: 1 }), outside('4', '1', 1))
  assert.equal(message({ strides: [2] }), outside('4', '2', 0))
  assert.equal(message({ shape: [5], strides: [0] }), outside('5', '0', 0))
  assert.equal(message({ shape: [2 ** 20, 2 ** 20], strides: [0, 0] }), tooMany(4 * 2 ** 40))
  assert.equal(message({ shape: [2], strides: [2 ** 52] }), outside('2', '4503599627370496', 0))
  assert.equal(message({ length: 5 }), `x.pt: expected 20 bytes for "w", got 16 bytes. ${damage}`)
  assert.equal(message({ key: '1' }), `x.pt: expected an entry data/1 for "w", got none. ${damage}`)
  assert.match(message({ shape: [-1] }), /a tensor with offset, shape and strides of at most 8 axes/)
  assert.match(message({ strides: [1, 1] }), /a tensor with offset, shape and strides of at most 8 axes/)
  const ones = Array.from({ length: 9 }, () => 1)
  assert.match(message({ shape: ones, strides: ones }), /at most 8 axes/)
})

const tooMany = (bytes: number) => `x.pt: expected at most 67108864 bytes of numbers, got ${bytes}. ${damage}`

test('many tensors over one storage do not fill the memory', () => {
  const storage = new Uint8Array(2 ** 20)
  const entries: Record<string, Uint8Array> = {}
  for (let index = 0; index < 100; index++)
    entries[`w${index}`] = tensor({ length: 2 ** 18, shape: [2 ** 9, 2 ** 9], strides: [1, 2 ** 9] })
  assert.equal(messageOf(torchFile(dictionary(entries), [storage])), tooMany(100 * 2 ** 20))
})

test('what would execute something is refused by its name', () => {
  const wants = `x.pt: expected only tensors of numbers and dictionaries of them, got`
  const inFile = (...parts: (string | number | Uint8Array)[]) =>
    messageOf(torchFile(pickleOf(0x80, 2, ...parts, '.')))
  assert.equal(inFile('cposix\nsystem\n', text('true'), 0x85, 'R'), `${wants} posix.system. ${policy}`)
  assert.equal(inFile('c__builtin__\neval\n'), `${wants} __builtin__.eval. ${policy}`)
  assert.equal(inFile('c__main__\n__proto__\n'), `${wants} __main__.__proto__. ${policy}`)
  assert.equal(inFile('ctorch\nShortStorage\n'), `${wants} torch.ShortStorage. ${policy}`)
  const only = 'x.pt: expected only instructions that weights need, got'
  assert.equal(inFile('(iposix\nsystem\n'), `${only} INST (0x69). ${policy}`)
  assert.equal(inFile(text('a'), text('b'), 0x93), `${only} STACK_GLOBAL (0x93). ${policy}`)
  assert.equal(inFile('ccollections\nOrderedDict\n)', 0x81), `${only} NEWOBJ (0x81). ${policy}`)
  assert.equal(inFile(0xff), `${only} the byte 0xff, which is not an instruction. ${policy}`)
  assert.equal(
    inFile(text('f'), ')R'),
    `x.pt: expected calls of collections.OrderedDict, torch._utils._rebuild_tensor_v2, torch._utils._rebuild_parameter only, got "f". ${policy}`,
  )
  assert.equal(
    inFile('ccollections\nOrderedDict\n}b'),
    `x.pt: expected attributes of a dictionary only, got collections.OrderedDict. ${policy}`,
  )
  assert.equal(
    messageOf(torchFile(pickleOf(0x80, 4, '}.'))),
    `x.pt: expected pickle protocol 2, got protocol 4. ${policy}`,
  )
})

test('broken pickles say what is broken', () => {
  const inFile = (...parts: (string | number | Uint8Array)[]) => messageOf(torchFile(pickleOf(...parts)))
  const expectations: [string, string][] = [
    [inFile(), 'expected a complete pickle, got one that ends too early'],
    [inFile('}'), 'expected a complete pickle, got one that ends too early'],
    [inFile('X', 0xff, 0xff, 0xff, 0xff), 'expected a complete pickle, got one that ends too early'],
    [inFile('cposix'), 'expected a complete pickle, got a line without an end'],
    [inFile('X', 1, 0, 0, 0, 0xff), 'expected strings in UTF-8, got bytes that are not UTF-8'],
    [inFile('.'), 'expected a value on the stack, got an empty stack'],
    [inFile('t'), 'expected a MARK on the stack, got none'],
    [inFile('h', 3), 'expected a remembered value 3, got none'],
    [inFile('}}.'), 'expected one value at the end of the pickle, got more'],
    [inFile('}(', text('a'), 'u.'), 'expected a value for every key, got a key without one'],
    [inFile('NNNs'), 'expected a dictionary to fill, got None'],
    [inFile('}Na'), 'expected a list to append to, got a dictionary'],
    [inFile('}(', text('a'), 'N', text('a'), 'Nu.'), 'expected unique keys in a dictionary, got "a" twice'],
    [inFile('NQ'), 'expected 5 words for a storage, got None'],
    [inFile('ctorch._utils\n_rebuild_tensor_v2\n)R'), 'expected 6 words for a tensor, got a tuple'],
  ]
  for (const [message, expected] of expectations) assert.equal(message, `x.pt: ${expected}. ${damage}`)
  assert.match(inFile('}NNs.'), /expected strings or numbers as keys of dictionaries, got None/)
  assert.match(inFile('N.'), /expected a dictionary of weights, got None/)
  assert.match(inFile(0x8a, 9, '123456789'), /expected whole numbers of at most 53 bits, got one of 9 bytes/)
  assert.match(inFile('N'.repeat(1_000_001)), /expected at most 1000000 pickle instructions, got more/)
})

test('dictionaries that hold each other many times over are refused', () => {
  // {0: d, 1: d, …, 99: d} where d is another such: 600 bytes a level, 100 to the depth of visits.
  const level = (depth: number): Uint8Array => {
    if (depth === 0) return pickleOf('}')
    const again = Array.from({ length: 99 }, (_, index) => pickleOf('K', index + 1, 'h', depth))
    return pickleOf('}(K', 0, level(depth - 1), 'q', depth, ...again, 'u')
  }
  const refusal = /expected dictionaries of weights, nested at most 4 deep, got more/
  assert.match(messageOf(torchFile(pickleOf(level(4), '.'))), refusal)
  const nested = torchFile(
    pickleOf('}', text('a'), '}', text('b'), '}', text('c'), '}', text('d'), '}', text('e'), '}', 'sssss.'),
  )
  assert.match(messageOf(nested), refusal)
})

test('files of other kinds are named', () => {
  assert.equal(
    messageOf(pickleOf(0x80, 2, 0x8a, 0x0a, 'lots of old pickles')),
    `x.pt: expected a file of PyTorch 1.6 or later, got one in the older format. ${policy}`,
  )
  assert.equal(
    messageOf(Uint8Array.of(1, 2, 3)),
    `x.pt: expected a file written by torch.save (a zip archive), got other bytes. ${damage}`,
  )
})

test('a file cut at any byte is refused', () => {
  const bytes = encodeTorchFile(new Map(examples))
  for (let length = 0; length < bytes.length; length += 7)
    assert.equal(
      outcome(() => decodeTorchFile(bytes.slice(0, length), 'x')),
      'refused',
      `length ${length}`,
    )
})

test('flipped bits never change a number without a word', () => {
  const bytes = encodeTorchFile(new Map(examples))
  let read = 0
  flipBits(bytes, { seed: 3, rounds: 3_000 }, (changed) => {
    if (outcome(() => decodeTorchFile(changed, 'x')) === 'refused') return
    read++
    // Padding, times, attributes and entries that nobody reads may change; names and numbers may not.
    assert.deepEqual([...decodeTorchFile(changed, 'x').tensors], examples)
  })
  assert.ok(read > 0 && read < 2_500, `${read} of 3000 read`)
})

/** Writes a state dict as `torch.save` does, so that `torch.load(FILE, weights_only=True)` reads it. */
import { InputError } from '@tiny-recursive-models/tensor'
import { elementCount, type StoredTensor, typeFacts } from '../stored-tensor.ts'
import { show } from './errors.ts'
import { pickleStateDict } from './pickle-write.ts'
import { type NewEntry, writeTorchArchive } from './zip-write.ts'

/**
 * The same tensors always give the same bytes, those that PyTorch 2.13 writes for `dict(sorted(state_dict.items()))`.
 *
 * @param root the folder inside the archive; torch.save takes the file's name without folder and ending
 */
export function encodeTorchFile(tensors: ReadonlyMap<string, StoredTensor>, root = 'archive'): Uint8Array {
  const sorted = [...tensors].sort(([left], [right]) => (left < right ? -1 : 1))
  for (const [name, tensor] of sorted) checkTensor(name, tensor)
  const text = (name: string, content: string): NewEntry => {
    return { name, bytes: new TextEncoder().encode(content) }
  }
  return writeTorchArchive(root.replaceAll('/', '_') || 'archive', [
    { name: 'data.pkl', bytes: pickleStateDict(sorted) },
    text('.format_version', '1'),
    text('.storage_alignment', '64'),
    text('byteorder', 'little'),
    ...sorted.map(([, { data }], index) => {
      return { name: `data/${index}`, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
    }),
    text('version', '3\n'),
  ])
}

function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  if (typeFacts[dtype].matches(data) && elementCount(shape) === data.length) return
  throw new InputError({
    who: `encodeTorchFile: tensor ${show(name)}`,
    expected: `${dtype} numbers for the shape [${shape}]`,
    got: `${data.constructor.name} of ${data.length}`,
    hint: 'The product of the shape must be the number of elements.',
  })
}

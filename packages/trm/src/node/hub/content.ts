/** Content that is checked while it comes in. */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { HubFile } from './listing.ts'

/** Begins the hash that a file's digest was made with; SHA-256 where there is no digest to compare with. */
export function beginHash({ bytes, digest }: HubFile): Hash {
  return digest?.kind === 'git' ? createHash('sha1').update(`blob ${bytes}\0`) : createHash('sha256')
}

/** Adds the first `bytes` bytes of an open file to a hash; false where the file is shorter. */
export async function hashFile(handle: FileHandle, hash: Hash, bytes: number): Promise<boolean> {
  const block = new Uint8Array(2 ** 20)
  for (let position = 0; position < bytes; ) {
    const wanted = Math.min(block.length, bytes - position)
    const { bytesRead } = await handle.read(block, 0, wanted, position)
    if (bytesRead === 0) return false
    hash.update(block.subarray(0, bytesRead))
    position += bytesRead
  }
  return true
}

/** Whether the file at `path` is this one, by size and digest. Without a digest the size has to do. */
export async function isSameContent(path: string, file: HubFile): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    if ((await handle.stat()).size !== file.bytes) return false
    if (file.digest === null) return true
    const hash = beginHash(file)
    return (await hashFile(handle, hash, file.bytes)) && hash.digest('hex') === file.digest.hex
  } finally {
    await handle.close()
  }
}

import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Context } from 'hono'

/** Answers with the content of an open file, streamed; closes it. A reader that has it already gets 304. */
export async function answerFile(
  context: Context,
  handle: FileHandle,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const { size, mtimeMs, ino } = await handle.stat()
  const tag = `"${ino.toString(36)}-${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`
  for (const [name, value] of Object.entries({ ...headers, etag: tag })) context.header(name, value)
  if (isKnown(context.req.header('if-none-match'), tag)) {
    await handle.close()
    return context.body(null, 304)
  }
  context.header('content-length', String(size))
  if (context.req.method === 'HEAD' || size === 0) {
    await handle.close()
    return context.body(null)
  }
  const stream = handle.createReadStream({ start: 0, end: size - 1, highWaterMark: 2 ** 17 })
  return context.body(Readable.toWeb(stream) as ReadableStream<Uint8Array<ArrayBuffer>>)
}

/** Whether an If-None-Match header names the tag. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === tag)
}

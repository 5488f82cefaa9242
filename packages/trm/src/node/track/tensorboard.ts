/**
 * Event files for TensorBoard, beside `events.jsonl` in the run folder: `tensorboard --logdir runs` finds them. The
 * kept library that writes them, tfjs-node, is a whole TensorFlow with an install script that downloads it; of its
 * format, records with a checksum around protobuf messages, these few fields are needed.
 *
 * Sources: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and tensor.proto,
 * tensorflow/core/lib/io/record_writer.h.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { fileError } from '../file-errors.ts'
import { crc32c } from './crc32c.ts'
import type { TrackedFigures, TrackedRun, Tracker } from './tracker.ts'

/** One file for each call, as TensorBoard expects: it reads those of a folder in the order of their names. */
export function openTensorboard(): Tracker {
  let file: FileHandle | null = null
  let path = ''
  const write = async (events: readonly Uint8Array[]): Promise<void> => {
    try {
      await file?.appendFile(Buffer.concat(events.map(frameRecord)))
    } catch (error) {
      throw fileError(error, path, 'a file that can be written')
    }
  }
  return {
    async begin(run) {
      const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0')
      path = join(run.folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`)
      try {
        file ??= await open(path, 'a')
      } catch (error) {
        throw fileError(error, path, 'a file that can be written')
      }
      await write(firstEvents(run))
    },
    record: (figures) => write(figures.map(figuresEvent)),
    end: async () => undefined,
    close: async () => {
      const open = file
      file = null
      await open?.close()
    },
  }
}

/**
 * The version that says how the rest is meant; a start of the session, at which TensorBoard forgets what earlier files
 * say of this step and later ones (they are of a run that was killed); and the recipe as a text.
 */
function firstEvents({ startedMs, resumedFrom, recipe }: TrackedRun): Uint8Array[] {
  const text = `\`\`\`json\n${JSON.stringify(recipe, null, 2)}\n\`\`\``
  const step = (resumedFrom ?? 0) + 1
  return [
    event(startedMs, 0, (writer) => writer.tag(3, WireType.LengthDelimited).string('brain.Event:2')),
    event(startedMs, step, (writer) => nested(writer, 7, (log) => log.tag(1, WireType.Varint).int32(1))),
    ...(resumedFrom === null
      ? [event(startedMs, 0, (writer) => nested(writer, 5, textSummary('recipe', text)))]
      : []),
  ]
}

const figuresEvent = ({ timeMs, step, values }: TrackedFigures): Uint8Array =>
  event(timeMs, step, (writer) =>
    nested(writer, 5, (summary) => {
      for (const [name, value] of Object.entries(values)) {
        nested(summary, 1, (one) =>
          one.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.Bit32).float(value),
        )
      }
    }),
  )

type Write = (writer: BinaryWriter) => unknown

/** `Event`: time in seconds, step, and one of its contents. */
function event(timeMs: number, step: number, content: Write): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(1, WireType.Bit64).double(timeMs / 1000)
  writer.tag(2, WireType.Varint).int64(step)
  content(writer)
  return writer.finish()
}

/** A `Summary` with one text: a tensor of one string, marked for the plugin that shows texts. */
const textSummary =
  (name: string, text: string): Write =>
  (summary) =>
    nested(summary, 1, (one) => {
      one.tag(1, WireType.LengthDelimited).string(name)
      nested(one, 9, (metadata) => {
        nested(metadata, 1, (plugin) => plugin.tag(1, WireType.LengthDelimited).string('text'))
        metadata.tag(4, WireType.Varint).int32(dataClassTensor)
      })
      nested(one, 8, (tensor) => {
        tensor.tag(1, WireType.Varint).int32(typeString)
        nested(tensor, 2, (shape) => nested(shape, 2, (length) => length.tag(1, WireType.Varint).int64(1)))
        tensor.tag(8, WireType.LengthDelimited).string(text)
      })
    })

const dataClassTensor = 2
const typeString = 7

function nested(writer: BinaryWriter, field: number, content: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  content(writer)
  writer.join()
}

/** Length, checksum of the length, the bytes, checksum of the bytes; all numbers little-endian. */
function frameRecord(bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.length + 16)
  const view = new DataView(frame.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, maskedChecksum(frame.subarray(0, 8)), true)
  frame.set(bytes, 12)
  view.setUint32(12 + bytes.length, maskedChecksum(bytes), true)
  return frame
}

/** Rotated and shifted, so that a checksum of bytes that contain checksums stays a good one. */
function maskedChecksum(bytes: Uint8Array): number {
  const sum = crc32c(bytes)
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0
}

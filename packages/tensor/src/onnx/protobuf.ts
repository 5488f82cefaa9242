/**
 * The few parts of the protobuf wire format that an ONNX model needs: varints and length-delimited fields. A library
 * would bring the whole ONNX schema into the page, and copy the weights once for every message around them.
 * https://protobuf.dev/programming-guides/encoding/
 */

/** Content of at least so many bytes is not copied into a larger message but referred to. */
const referredBytes = 4096

/**
 * Large content is copied once, by `finish`, and must not change before that.
 */
export class ProtobufWriter {
  readonly #pieces: Uint8Array[] = []
  #piecesLength = 0
  /** What comes after the pieces. */
  #bytes = new Uint8Array(32)
  #length = 0

  get length(): number {
    return this.#piecesLength + this.#length
  }

  /** An integer field; negative values are 64-bit two's complement as int64 fields want. */
  integer(field: number, value: number): this {
    this.#varint(field * 8)
    this.#varint(value)
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, value: ProtobufWriter): this {
    this.#varint(field * 8 + 2)
    this.#varint(value.length)
    for (const piece of value.#pieces) this.#append(piece)
    this.#append(value.#bytes.subarray(0, value.#length))
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2)
    this.#varint(value.length)
    this.#append(value)
    return this
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5)
    this.#reserve(4)
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true)
    this.#length += 4
    return this
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.length)
    let position = 0
    for (const piece of [...this.#pieces, this.#bytes.subarray(0, this.#length)]) {
      whole.set(piece, position)
      position += piece.length
    }
    return whole
  }

  #append(value: Uint8Array): void {
    if (value.length < referredBytes) {
      this.#reserve(value.length)
      this.#bytes.set(value, this.#length)
      this.#length += value.length
      return
    }
    if (this.#length > 0) this.#pieces.push(this.#bytes.subarray(0, this.#length))
    this.#pieces.push(value)
    this.#piecesLength += this.#length + value.length
    this.#bytes = new Uint8Array(32)
    this.#length = 0
  }

  #varint(value: number): void {
    this.#reserve(10)
    // Below 2^31 without the detour over 64 bits, which takes far longer.
    if (value >= 0 && value < 2 ** 31) {
      let rest = value
      for (; rest > 127; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128
      this.#bytes[this.#length++] = rest
      return
    }
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.#bytes[this.#length++] = Number(rest)
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + extra))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

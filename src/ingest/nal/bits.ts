/** Reads the bits of one NAL unit, stepping over its emulation prevention bytes. */

/**
 * Never throws: what is read behind the end is 0, and `ok` says so afterwards. So a parser reads on in a straight line,
 * keeps its loops bounded by itself, and asks once at its end whether to believe what it read.
 */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #current = 0
  #left = 0
  #zeros = 0
  /** False once anything was read that is not there, or a number longer than 32 bits. */
  ok = false

  /** Begins at byte `offset` of a NAL unit (without its start code). */
  begin(nal: Uint8Array, offset: number): this {
    this.#bytes = nal
    this.#at = offset
    this.#left = 0
    this.#zeros = 0
    this.ok = true
    return this
  }

  /** One bit as a number, 0 or 1. */
  bit(): number {
    if (this.#left === 0 && !this.#fetch()) return 0
    this.#left--
    return (this.#current >> this.#left) & 1
  }

  /** One bit as a flag. */
  flag(): boolean {
    return this.bit() === 1
  }

  /** An unsigned number of `count` bits, 0..32. */
  bits(count: number): number {
    let value = 0
    for (let n = 0; n < count; n++) value = value * 2 + this.bit()
    return value
  }

  skip(count: number): void {
    for (let n = 0; n < count && this.ok; n++) this.bit()
  }

  /** ue(v): unsigned Exp-Golomb (H.264 9.1). */
  unsigned(): number {
    let zeros = 0
    while (this.bit() === 0) {
      zeros++
      if (zeros > 32) this.ok = false
      if (!this.ok) return 0
    }
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v): signed Exp-Golomb (H.264 9.1.1). */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : 0 - code / 2
  }

  /** ue(v) that the standard bounds; beyond `most` it is 0 and `ok` false. Loops may rely on it. */
  atMost(most: number): number {
    const value = this.unsigned()
    if (value <= most) return value
    this.ok = false
    return 0
  }

  #fetch(): boolean {
    if (this.#zeros >= 2 && this.#bytes[this.#at] === 3) {
      this.#at++
      this.#zeros = 0
    }
    const byte = this.#bytes[this.#at]
    if (byte === undefined) {
      this.ok = false
      return false
    }
    this.#at++
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0
    this.#current = byte
    this.#left = 8
    return true
  }
}

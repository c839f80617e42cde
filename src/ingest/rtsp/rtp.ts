/** RTP packets (RFC 3550, 5.1) of one track: what they carry, in their order, and what is missing between them. */

export interface RtpSink {
  /**
   * The payload lies in `bytes` from `from` up to `to`, and only during the call; it is not empty.
   * `stamp`: RTP time of its picture, 0..2^32-1. `marker`: the last packet of its picture.
   */
  payload(bytes: Buffer, from: number, to: number, stamp: number, marker: boolean): void
  /** Packets are missing before the next one. */
  loss(): void
  /** Another sender goes on: its numbers and time stamps have nothing to do with those before. Always with a loss. */
  restart(): void
}

const headBytes = 12
const half = 0x8000

/**
 * TCP keeps the order, so a gap in the numbers is a loss (at the camera, or between it and the NVR) and not a packet
 * that is late: nothing is held back to be sorted. A number from the past is dropped, unless the next one follows it:
 * then the sender counts anew.
 */
export class RtpReader {
  readonly #payloadType: number
  readonly #sink: RtpSink
  /** Number of the next packet; -1 before the first. */
  #next = -1
  /** What would follow a packet from the past. */
  #afterOld = -1
  #ssrc = 0
  #lost = 0

  constructor(payloadType: number, sink: RtpSink) {
    this.#payloadType = payloadType
    this.#sink = sink
  }

  /** Packets that never came. */
  get lost(): number {
    return this.#lost
  }

  /** One packet. What is not RTP of this track is left out; its number then shows as a loss. */
  read(bytes: Buffer, from: number, end: number): void {
    if (end - from < headBytes || bytes[from] >> 6 !== 2) return
    if ((bytes[from + 1] & 0x7f) !== this.#payloadType) return
    const [at, to] = [payloadStart(bytes, from, end), payloadEnd(bytes, from, end)]
    if (at > to) return
    const number = bytes.readUInt16BE(from + 2)
    if (!this.#follows(number, bytes.readUInt32BE(from + 8))) return
    this.#next = (number + 1) & 0xffff
    if (at < to) this.#sink.payload(bytes, at, to, bytes.readUInt32BE(from + 4), bytes[from + 1] >= 0x80)
  }

  /** Compares a packet's number with the one that is due; false where the packet is to be dropped. */
  #follows(number: number, ssrc: number): boolean {
    const known = this.#next >= 0
    const missing = (number - this.#next) & 0xffff
    const anew = ssrc !== this.#ssrc || (missing >= half && number === this.#afterOld)
    this.#ssrc = ssrc
    if (!known || missing === 0) return true
    if (anew) {
      this.#sink.restart()
    } else if (missing >= half) {
      this.#afterOld = (number + 1) & 0xffff
      return false
    } else {
      this.#lost += missing
      this.#sink.loss()
    }
    this.#afterOld = -1
    return true
  }
}

/** After the fixed head, the contributing sources and the extension; may lie beyond the end. */
function payloadStart(bytes: Buffer, from: number, end: number): number {
  const at = from + headBytes + 4 * (bytes[from] & 0x0f)
  const extended = (bytes[from] & 0x10) !== 0
  if (!extended) return at
  return at + 4 > end ? end + 1 : at + 4 + 4 * bytes.readUInt16BE(at + 2)
}

/** Before the padding, whose last byte counts it; 0 where that cannot be. */
function payloadEnd(bytes: Buffer, from: number, end: number): number {
  const padded = (bytes[from] & 0x20) !== 0
  if (!padded) return end
  const padding = bytes[end - 1]
  return padding === 0 ? 0 : end - padding
}

/** A coded clip as a camera sends it: RTP packets in the frames of an RTSP connection (RFC 6184, RFC 2326 10.12). */

/** One picture, cut into the payloads of its packets. */
export interface SentPicture {
  readonly key: boolean
  readonly payloads: readonly Buffer[]
}

export interface SentClip {
  readonly pictures: readonly SentPicture[]
  /** SPS and PPS, for the session description. */
  readonly parameterSets: readonly Buffer[]
}

export const clockRate = 90_000
export const payloadType = 96

/** Beside the headers of IP, TCP and RTP it fills an Ethernet frame. */
const payloadBytes = 1_400
const [delimiter, sps, pps, idr, sei] = [9, 7, 8, 5, 6]
const fragment = 28
const [firstBit, lastBit] = [0x80, 0x40]

/** @param stream H.264, Annex B, each picture behind a delimiter; begins with a key picture */
export function toClip(stream: Buffer): SentClip {
  const units: Buffer[][] = []
  for (const nal of nalUnits(stream)) {
    if (typeOf(nal) === delimiter) units.push([])
    else if (typeOf(nal) !== sei) units.at(-1)?.push(nal)
  }
  const pictures = units.map((nals) => ({
    key: nals.some((nal) => typeOf(nal) === idr),
    payloads: nals.flatMap(payloadsOf),
  }))
  const parameterSets = (units[0] ?? []).filter((nal) => [sps, pps].includes(typeOf(nal)))
  return { pictures, parameterSets }
}

/** Where one sender is in its stream. */
export interface RtpPosition {
  /** Number of the next packet, modulo 2^16. */
  sequence: number
  /** Time of the picture, 90 kHz, modulo 2^32. */
  stamp: number
}

/** All packets of one picture on channel 0; moves `sequence` on. */
export function packetsOf({ payloads }: SentPicture, position: RtpPosition): Buffer {
  const bytes = Buffer.allocUnsafe(payloads.reduce((sum, { length }) => sum + headerBytes + length, 0))
  let at = 0
  for (const payload of payloads) {
    const marker = payload === payloads.at(-1) ? 0x80 : 0
    at = bytes.writeUInt16BE(0x2400, at)
    at = bytes.writeUInt16BE(headerBytes - 4 + payload.length, at)
    at = bytes.writeUInt16BE(0x8000 | marker | payloadType, at)
    at = bytes.writeUInt16BE(position.sequence, at)
    at = bytes.writeUInt32BE(position.stamp, at)
    at = bytes.writeUInt32BE(1, at)
    at += payload.copy(bytes, at)
    position.sequence = (position.sequence + 1) & 0xffff
  }
  return bytes
}

/** Of the frame (4) and of RTP (12). */
const headerBytes = 16

const typeOf = (nal: Buffer) => nal[0] & 0x1f

function* nalUnits(stream: Buffer): Generator<Buffer> {
  const startCode = Buffer.of(0, 0, 1)
  let from = stream.indexOf(startCode)
  while (from >= 0) {
    const next = stream.indexOf(startCode, from + 3)
    let end = next < 0 ? stream.length : next
    // A start code may be one byte longer, and a unit never ends with a zero.
    while (stream[end - 1] === 0) end--
    if (end > from + 3) yield stream.subarray(from + 3, end)
    from = next
  }
}

/** The unit itself, or its fragments (FU-A): its header moves into theirs. */
function payloadsOf(nal: Buffer): Buffer[] {
  if (nal.length <= payloadBytes) return [nal]
  const indicator = (nal[0] & 0xe0) | fragment
  const step = payloadBytes - 2
  const payloads: Buffer[] = []
  for (let at = 1; at < nal.length; at += step) {
    const place = (at === 1 ? firstBit : 0) | (at + step >= nal.length ? lastBit : 0)
    payloads.push(Buffer.concat([Buffer.of(indicator, place | typeOf(nal)), nal.subarray(at, at + step)]))
  }
  return payloads
}

/** Hand-made RTP, RTCP and `$` frames for the tests of our RTSP client. */

export interface Packet {
  readonly number: number
  readonly stamp?: number
  readonly marker?: boolean
  readonly ssrc?: number
  readonly type?: number
  readonly payload: readonly number[] | Buffer
  /** Bytes of padding, the last of which counts them. */
  readonly padding?: number
  readonly sources?: number
  /** Words of extension. */
  readonly extension?: number
}

export function rtp(packet: Packet): Buffer {
  const { number, stamp = 0, marker = false, ssrc = 7, type = 96, payload } = packet
  const { padding = 0, sources = 0, extension } = packet
  const head = Buffer.alloc(12 + 4 * sources)
  head[0] = 0x80 | (padding ? 0x20 : 0) | (extension === undefined ? 0 : 0x10) | sources
  head[1] = (marker ? 0x80 : 0) | type
  head.writeUInt16BE(number & 0xffff, 2)
  head.writeUInt32BE(stamp >>> 0, 4)
  head.writeUInt32BE(ssrc, 8)
  const more = extension === undefined ? Buffer.alloc(0) : Buffer.alloc(4 + 4 * extension, 0xee)
  if (extension !== undefined) more.writeUInt16BE(extension, 2)
  const tail = Buffer.alloc(padding, padding)
  return Buffer.concat([head, more, Buffer.from(payload), tail])
}

export function framed(channel: number, packet: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]), packet])
}

/** A sender report: NTP seconds and fraction, and the RTP stamp of that moment. */
export function senderReport(seconds: number, fraction: number, stamp: number): Buffer {
  const report = Buffer.alloc(28)
  report.writeUInt32BE(0x80c80006, 0)
  report.writeUInt32BE(7, 4)
  report.writeUInt32BE(seconds, 8)
  report.writeUInt32BE(fraction, 12)
  report.writeUInt32BE(stamp, 16)
  return report
}

export const goodbye = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 7])

/** H.264 units whose first bytes are what the client reads, the rest counted up: slices of block 0 unless said otherwise. */
export const h264 = {
  sps: Buffer.from([0x67, 66, 0, 30, 0xf4]),
  pps: Buffer.from([0x68, 0xce, 0x38, 0x80]),
  /** first_mb_in_slice 0 (bit 1), slice_type 7 = I (0001000). */
  key: (bytes = 20) => body(0x65, 0x88, bytes),
  intra: (bytes = 20) => body(0x61, 0x88, bytes),
  /** slice_type 5 = P (00110). */
  predicted: (bytes = 20) => body(0x41, 0x9a, bytes),
  disposable: (bytes = 20) => body(0x01, 0x9a, bytes),
  /** first_mb_in_slice 1 (010): a later slice of its picture. */
  later: (bytes = 20) => body(0x41, 0x4d, bytes),
  delimiter: Buffer.from([0x09, 0x10]),
  filler: Buffer.from([0x0c, 0xff, 0xff, 0x80]),
  /** SEI recovery point: recovery_frame_cnt as ue(v), exact_match, no broken link. */
  recovery: (frames: 0 | 2) => Buffer.from([0x06, 6, 1, frames === 0 ? 0xc4 : 0x74, 0x80]),
}

function body(header: number, first: number, bytes: number): Buffer {
  const nal = Buffer.alloc(bytes)
  for (let at = 2; at < bytes; at++) nal[at] = (at % 250) + 1
  nal[0] = header
  nal[1] = first
  return nal
}

/** The payloads of one unit in fragments (FU-A) of so many bytes. */
export function fragments(nal: Buffer, step: number): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 1; at < nal.length; at += step) {
    const flags = (at === 1 ? 0x80 : 0) | (at + step >= nal.length ? 0x40 : 0)
    const head = Buffer.from([(nal[0] & 0xe0) | 28, flags | (nal[0] & 0x1f)])
    parts.push(Buffer.concat([head, nal.subarray(at, at + step)]))
  }
  return parts
}

/** One payload with several units (STAP-A). */
export function aggregate(...nals: readonly Buffer[]): Buffer {
  const parts = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 0xff]), nal])
  return Buffer.concat([Buffer.from([0x78]), ...parts])
}

export function annexB(...nals: readonly Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]))
}

/** Writes RTP and RTCP packets (RFC 3550) in the frames of an RTSP connection (RFC 2326, 10.12). */

export interface RtpClock {
  readonly ssrc: number
  /** Number of the first packet. */
  readonly sequence: number
  /** Time of the picture, 90 kHz, modulo 2^32. */
  readonly stamp: number
}

const videoType = 96
const frameHeader = 4
const rtpHeader = 12

/** All packets of one access unit in one buffer, the marker bit on the last. */
export function interleaved(payloads: readonly Buffer[], channel: number, clock: RtpClock): Buffer {
  const size = payloads.reduce((sum, payload) => sum + frameHeader + rtpHeader + payload.length, 0)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const [index, payload] of payloads.entries()) {
    at = writeFrame(bytes, at, channel, rtpHeader + payload.length)
    at = bytes.writeUInt8(0x80, at)
    at = bytes.writeUInt8(index === payloads.length - 1 ? 0x80 | videoType : videoType, at)
    at = bytes.writeUInt16BE((clock.sequence + index) & 0xffff, at)
    at = bytes.writeUInt32BE(clock.stamp, at)
    at = bytes.writeUInt32BE(clock.ssrc, at)
    at += payload.copy(bytes, at)
  }
  return bytes
}

function writeFrame(bytes: Buffer, at: number, channel: number, length: number): number {
  bytes[at] = 0x24
  bytes[at + 1] = channel
  return bytes.writeUInt16BE(length, at + 2)
}

/** Seconds from 1900, where NTP begins, to 1970. */
const ntpOffset = 2_208_988_800

/** A sender report that ties `stamp` to `wallMs` (epoch ms), and the name that RTCP wants beside it. */
export function senderReport(
  channel: number,
  ssrc: number,
  stamp: number,
  wallMs: number,
  sent: { readonly packets: number; readonly octets: number },
): Buffer {
  const report = Buffer.alloc(28)
  report.writeUInt32BE(0x80c80006, 0)
  report.writeUInt32BE(ssrc, 4)
  report.writeUInt32BE((Math.floor(wallMs / 1_000) + ntpOffset) % 2 ** 32, 8)
  report.writeUInt32BE(Math.floor(((wallMs % 1_000) / 1_000) * 2 ** 32), 12)
  report.writeUInt32BE(stamp, 16)
  report.writeUInt32BE(sent.packets % 2 ** 32, 20)
  report.writeUInt32BE(sent.octets % 2 ** 32, 24)
  const name = Buffer.alloc(20)
  name.writeUInt32BE(0x81ca0004, 0)
  name.writeUInt32BE(ssrc, 4)
  name.writeUInt16BE(0x010a, 8)
  name.write('skyeye-sim', 10)
  const frame = Buffer.alloc(frameHeader)
  writeFrame(frame, 0, channel, report.length + name.length)
  return Buffer.concat([frame, report, name])
}

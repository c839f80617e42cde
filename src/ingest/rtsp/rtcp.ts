/** RTCP (RFC 3550, 6.4 and 6.6): what a camera says of its clock, and its goodbye. */

const senderReport = 200
const goodbye = 203
/** Seconds from 1900, where NTP begins, to 1970; its 32 bits wrap in February 2036. */
const ntpOffset = 2_208_988_800
const era = 2 ** 32

export interface RtcpSink {
  /** The camera's clock (epoch ms) when its RTP counter stood at `stamp`. */
  clock(stamp: number, cameraClockMs: number): void
  /** The camera sends no more. */
  goodbye(): void
}

/** Reads the packets of one compound; what is cut off or of another kind is left out. */
export function readRtcp(bytes: Buffer, from: number, end: number, sink: RtcpSink): void {
  let at = from
  while (at + 4 <= end && bytes[at] >> 6 === 2) {
    const next = at + 4 + 4 * bytes.readUInt16BE(at + 2)
    if (next > end) return
    if (bytes[at + 1] === senderReport && next - at >= 28) {
      const ms = epochMs(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12))
      // A camera without a clock says 0.
      if (ms !== undefined) sink.clock(bytes.readUInt32BE(at + 16), ms)
    } else if (bytes[at + 1] === goodbye) {
      sink.goodbye()
    }
    at = next
  }
}

function epochMs(seconds: number, fraction: number): number | undefined {
  if (seconds === 0) return
  const whole = seconds >= 2 ** 31 ? seconds : seconds + era
  return (whole - ntpOffset) * 1_000 + (fraction * 1_000) / era
}

/** Cuts NAL units into RTP payloads: single, aggregated and fragmented, for H.264 (RFC 6184) and H.265 (RFC 7798). */
import type { Codec } from './annexb.ts'

/** Bytes of payload in one packet: what fits an Ethernet frame beside the IP, UDP and RTP headers. */
const maxPayload = 1_400

/** The payloads of one access unit, in order; the last one carries the marker bit. */
export function packetise(nals: readonly Buffer[], codec: Codec): Buffer[] {
  const payloads: Buffer[] = []
  let small: Buffer[] = []
  const flush = () => {
    if (small.length > 0) payloads.push(small.length === 1 ? small[0] : aggregate(small, codec))
    small = []
  }
  for (const nal of nals) {
    if (nal.length > maxPayload) {
      flush()
      payloads.push(...fragment(nal, codec))
      continue
    }
    if (aggregateSize([...small, nal]) > maxPayload) flush()
    small.push(nal)
  }
  flush()
  return payloads
}

const aggregateSize = (nals: readonly Buffer[]) => nals.reduce((sum, nal) => sum + 2 + nal.length, 2)

/** STAP-A (RFC 6184, 5.7.1) or AP (RFC 7798, 4.4.2): a header, then each unit behind its length. */
function aggregate(nals: readonly Buffer[], codec: Codec): Buffer {
  const importance = Math.max(...nals.map((nal) => nal[0] & 0x60))
  const header = codec === 'h264' ? Buffer.of(importance | 24) : Buffer.of(48 << 1, 1)
  const parts = nals.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal])
  return Buffer.concat([header, ...parts])
}

/** FU-A (RFC 6184, 5.8) or FU (RFC 7798, 4.4.3): the unit's own header moves into the headers of its fragments. */
function fragment(nal: Buffer, codec: Codec): Buffer[] {
  const h264 = codec === 'h264'
  const type = h264 ? nal[0] & 0x1f : (nal[0] >> 1) & 0x3f
  const header = h264 ? [(nal[0] & 0xe0) | 28] : [(nal[0] & 0x81) | (49 << 1), nal[1]]
  const step = maxPayload - header.length - 1
  const payloads: Buffer[] = []
  for (let at = header.length; at < nal.length; at += step) {
    const first = at === header.length ? 0x80 : 0
    const last = at + step >= nal.length ? 0x40 : 0
    payloads.push(Buffer.concat([Buffer.of(...header, first | last | type), nal.subarray(at, at + step)]))
  }
  return payloads
}

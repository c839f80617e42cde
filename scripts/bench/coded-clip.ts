/** A clip as a camera would send it: its coded pictures, taken through the product's own RTP reader, with no network between. */
import type { Codec, CodedPicture } from '../../src/domain/coded-picture.ts'
import { AccessUnits } from '../../src/ingest/rtsp/access-unit.ts'
import { InterleavedReader } from '../../src/ingest/rtsp/interleaved.ts'
import { RtpReader } from '../../src/ingest/rtsp/rtp.ts'
import { StreamClock } from '../../src/ingest/rtsp/stream-clock.ts'
import { clockRate, loadClip } from '../sim/clip.ts'
import { interleaved } from '../sim/rtp.ts'

const payloadType = 96
/** Any would do: numbers and stamps of RTP begin somewhere. */
const origin = { ssrc: 7, sequence: 60_000, stamp: 1_000_000 }

/** Every coded picture of a clip of that codec. `arrivedAt` is `epochMs` plus the time at which a camera would have sent it. */
export async function codedPictures(
  file: string,
  codec: Codec,
  epochMs = 1_000_000,
): Promise<CodedPicture[]> {
  const clip = await loadClip(file, codec)
  const pictures: CodedPicture[] = []
  let now = epochMs
  const units = new AccessUnits({
    codec,
    parameterSets: [...clip.sets.vps, ...clip.sets.sps, ...clip.sets.pps],
    clock: new StreamClock(clockRate),
    arrivedAt: () => now,
    onPicture: (picture) => pictures.push({ ...picture, bytes: Buffer.from(picture.bytes) }),
  })
  const rtp = new RtpReader(payloadType, units)
  const reader = new InterleavedReader({ frame: (_, bytes, from, to) => rtp.read(bytes, from, to) })
  let { sequence } = origin
  for (const { payloads, decodeTicks, showTicks } of clip.units) {
    now = epochMs + (decodeTicks * 1_000) / clockRate
    const clock = { ssrc: origin.ssrc, sequence, stamp: (origin.stamp + showTicks) >>> 0 }
    reader.feed(interleaved(payloads, 0, clock))
    sequence = (sequence + payloads.length) & 0xffff
  }
  return pictures
}

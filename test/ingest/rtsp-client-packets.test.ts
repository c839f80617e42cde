/** The small parts of our RTSP client: frames, RTP packets, RTCP reports, time stamps, session descriptions, the queue. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Refusal } from '../../src/ingest/refusal.ts'
import { InterleavedReader } from '../../src/ingest/rtsp/interleaved.ts'
import { readRtcp } from '../../src/ingest/rtsp/rtcp.ts'
import { RtpReader } from '../../src/ingest/rtsp/rtp.ts'
import { videoTrack } from '../../src/ingest/rtsp/sdp.ts'
import { StreamClock } from '../../src/ingest/rtsp/stream-clock.ts'
import { RtspReader } from '../../src/ingest/rtsp-message.ts'
import { framed, goodbye, type Packet, rtp, senderReport } from './rtsp-packets.ts'

/** What a reader of RTP says, in order. */
function reading() {
  const said: (string | number[])[] = []
  const reader = new RtpReader(96, {
    payload: (bytes, from, to) => said.push([...bytes.subarray(from, to)]),
    loss: () => said.push('loss'),
    restart: () => said.push('restart'),
  })
  const send = (packet: Packet) => {
    // Other bytes on both sides: a reader that leaves its packet shows.
    const bytes = Buffer.concat([Buffer.alloc(3, 0xaa), rtp(packet), Buffer.alloc(3, 0xbb)])
    reader.read(bytes, 3, bytes.length - 3)
  }
  return { said, reader, send }
}

describe('RtpReader', () => {
  it('finds the payload between sources, extension and padding', () => {
    const { said, send } = reading()
    send({ number: 1, payload: [1, 2] })
    send({ number: 2, payload: [3], sources: 15 })
    send({ number: 3, payload: [4], extension: 2, sources: 1 })
    send({ number: 4, payload: [5], extension: 0, padding: 4 })
    send({ number: 5, payload: [], padding: 4 })
    expect(said).toEqual([[1, 2], [3], [4], [5]])
  })

  it('leaves out what is not RTP of its track, and counts it as lost', () => {
    const { said, reader, send } = reading()
    send({ number: 1, payload: [1] })
    send({ number: 2, payload: [2], type: 97 })
    const long = rtp({ number: 3, payload: [3], extension: 9 })
    reader.read(long, 0, long.length - 8)
    const padded = rtp({ number: 3, payload: [3], padding: 2 })
    padded[padded.length - 1] = 40
    reader.read(padded, 0, padded.length)
    for (const bytes of [Buffer.alloc(11, 0x80), Buffer.alloc(40)]) reader.read(bytes, 0, bytes.length)
    send({ number: 4, payload: [4] })
    expect(said).toEqual([[1], 'loss', [4]])
    expect(reader.lost).toBe(2)
  })

  it('counts what is missing over the wrap of the numbers, and drops what comes twice or late', () => {
    const { said, reader, send } = reading()
    for (const number of [65_534, 65_534, 65_535, 2, 1, 3]) send({ number, payload: [number & 0xff] })
    expect(said).toEqual([[254], [255], 'loss', [2], [3]])
    expect(reader.lost).toBe(2)
  })

  it('follows a sender that counts anew, and another sender', () => {
    const { said, reader, send } = reading()
    for (const number of [40_000, 20_000, 20_001, 20_002]) send({ number, payload: [number & 0xff] })
    send({ number: 900, payload: [9], ssrc: 8 })
    expect(said).toEqual([[64], 'restart', [33], [34], 'restart', [9]])
    expect(reader.lost).toBe(0)
  })
})

describe('InterleavedReader', () => {
  it('gives the same frames however the connection cuts them, from one buffer that is used again', () => {
    const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n')
    const frames = [0, 1, 5_000, 3, 70, 65_535, 12].map((bytes, at) => framed(at, Buffer.alloc(bytes, at)))
    const stream = Buffer.concat(frames.flatMap((frame, at) => (at === 3 ? [answer, frame] : [frame])))
    const reused = Buffer.alloc(70_000)
    const cuts = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 40 })
    const check = (lengths: readonly number[]) => {
      const seen: Buffer[] = []
      const interleaved = new InterleavedReader({
        frame: (channel, bytes, from, to) => seen.push(framed(channel, bytes.subarray(from, to))),
      })
      let messages = 0
      const reader = new RtspReader({ message: () => messages++, media: (run) => interleaved.feed(run) })
      for (let [at, turn] = [0, 0]; at < stream.length; turn++) {
        const length = Math.min(lengths[turn % lengths.length], stream.length - at)
        stream.copy(reused, 0, at, at + length)
        reader.feed(reused.subarray(0, length))
        at += length
      }
      expect(messages).toBe(1)
      expect(Buffer.concat(seen).equals(Buffer.concat(frames))).toBe(true)
    }
    fc.assert(fc.property(cuts, check), { numRuns: 100 })
    for (const step of [1, 2, 3, 5, 7]) check([step])
  })
})

describe('readRtcp', () => {
  function read(bytes: Buffer) {
    const said: unknown[] = []
    const sink = {
      clock: (stamp: number, ms: number) => said.push([stamp, ms]),
      goodbye: () => said.push('bye'),
    }
    readRtcp(bytes, 0, bytes.length, sink)
    return said
  }
  const epoch1970 = 2_208_988_800

  it('tells the clock of a report, before and after 2036, and the goodbye behind it', () => {
    const both = Buffer.concat([senderReport(epoch1970 + 1_000, 2 ** 31, 90_000), goodbye])
    expect(read(both)).toEqual([[90_000, 1_000_500], 'bye'])
    expect(read(senderReport(2 ** 32 - 1, 0, 1))).toEqual([[1, Date.parse('2036-02-07T06:28:15Z')]])
    expect(read(senderReport(1, 0, 1))).toEqual([[1, Date.parse('2036-02-07T06:28:17Z')]])
  })

  it('believes no camera without a clock, and nothing that is cut off', () => {
    expect(read(senderReport(0, 0, 1))).toEqual([])
    expect(read(senderReport(epoch1970, 0, 1).subarray(0, 20))).toEqual([])
    expect(read(Buffer.from([0x80, 200, 0, 0]))).toEqual([])
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void read(Buffer.from(bytes))))
  })
})

describe('StreamClock', () => {
  it('goes on over many wraps, and back where a picture is shown before the one before', () => {
    const clock = new StreamClock(90_000)
    const start = 2 ** 32 - 90_000
    const hour = 3_600 * 90_000
    for (let n = 0; n <= 30; n++) {
      expect(clock.advance((start + n * hour) % 2 ** 32, n * 3_600_000)).toBeCloseTo(n * 3_600_000, 6)
    }
    expect(clock.advance((start + 30 * hour - 3_600) % 2 ** 32, 30 * 3_600_000)).toBeCloseTo(
      30 * 3_600_000 - 40,
      6,
    )
  })

  it('places a stamp that is no picture, once there is one', () => {
    const clock = new StreamClock(90_000)
    expect(clock.locate(5, 0)).toBeUndefined()
    clock.advance(90_000, 0)
    expect(clock.locate(0, 0)).toBe(-1_000)
    clock.restart(40)
    expect(clock.locate(0, 0)).toBeUndefined()
    expect(clock.advance(7, 40)).toBe(40)
    expect(clock.locate(9_007, 0)).toBe(140)
  })
})

describe('videoTrack', () => {
  const base = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=x', 't=0 0']
  const read = (...lines: string[]) => videoTrack([...base, ...lines, ''].join('\r\n'))

  it('finds the video beside sound and metadata', () => {
    const track = read(
      'a=control:rtsp://10.0.0.9/live/',
      'm=audio 0 RTP/AVP 8',
      'a=control:track1',
      'm=application 0 RTP/AVP 107',
      'a=rtpmap:107 vnd.onvif.metadata/90000',
      'm=video 0 RTP/AVP 26 98',
      'a=rtpmap:26 JPEG/90000',
      'a=rtpmap:98 h265/90000',
      'a=fmtp:98 profile-id=1; sprop-sps=QgE=;sprop-pps=RAE=; sprop-vps=QAE=',
      'a=control:track2',
    )
    expect(track).toEqual({
      codec: 'h265',
      payloadType: 98,
      clockRate: 90_000,
      control: 'track2',
      sessionControl: 'rtsp://10.0.0.9/live/',
      parameterSets: ['QAE=', 'QgE=', 'RAE='].map((text) => Buffer.from(text, 'base64')),
    })
  })

  it('takes line feeds alone, a trailing comma, and no control at all', () => {
    const track = videoTrack(
      'v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=Z0I=,aM4=,\n',
    )
    expect(track).toMatchObject({ codec: 'h264', control: undefined, sessionControl: undefined })
    expect(track.parameterSets).toHaveLength(2)
  })

  it.each<[string, string, RegExp, readonly string[]]>([
    ['NO_VIDEO', 'sound alone', /no video/, ['m=audio 0 RTP/AVP 0']],
    ['NO_VIDEO', 'nothing', /no video/, []],
    [
      'CODEC_UNSUPPORTED',
      'another codec',
      /as JPEG, not/,
      ['m=video 0 RTP/AVP 26', 'a=rtpmap:26 JPEG/90000'],
    ],
    ['CODEC_UNSUPPORTED', 'no codec', /does not tell/, ['m=video 0 RTP/AVP 96']],
    ['CODEC_UNSUPPORTED', 'a broken line', /does not tell/, ['m=video 0']],
    ['CODEC_UNSUPPORTED', 'encryption', /plain RTP/, ['m=video 0 RTP/SAVP 96', 'a=rtpmap:96 H264/90000']],
    ['CODEC_UNSUPPORTED', 'a clock that stands', /H.264/, ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/0']],
    [
      'CODEC_UNSUPPORTED',
      'interleaving',
      /another order/,
      ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=2'],
    ],
    [
      'CODEC_UNSUPPORTED',
      'decoding order numbers',
      /another order/,
      ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H265/90000', 'a=fmtp:96 sprop-max-don-diff=2'],
    ],
  ])('%s for %s', (code, _, message, lines) => {
    expect(() => read(...lines)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  it('refuses whatever else a camera writes', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'm=video 0 RTP/AVP 96 999',
        'a=rtpmap:96 H264/90000',
        'a=fmtp:96 =;;sprop-parameter-sets=,,,',
      ),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          videoTrack(lines.join('\n'))
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Codec, splitNals } from '../../scripts/sim/annexb.ts'
import { packetise } from '../../scripts/sim/packets.ts'
import { RequestReader } from '../../scripts/sim/request.ts'

/** Puts the units together again, as RFC 6184 and RFC 7798 tell a receiver to. */
function unpack(payloads: readonly Buffer[], codec: Codec): Buffer[] {
  const nals: Buffer[] = []
  const size = codec === 'h264' ? 1 : 2
  for (const payload of payloads) {
    const type = codec === 'h264' ? payload[0] & 0x1f : (payload[0] >> 1) & 0x3f
    if (type === (codec === 'h264' ? 24 : 48)) {
      for (let at = size; at < payload.length; at += 2 + payload.readUInt16BE(at)) {
        nals.push(payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)))
      }
    } else if (type === (codec === 'h264' ? 28 : 49)) {
      const unit = payload[size]
      const first =
        codec === 'h264'
          ? [(payload[0] & 0xe0) | (unit & 0x1f)]
          : [(payload[0] & 0x81) | ((unit & 0x3f) << 1), payload[1]]
      if (unit & 0x80) nals.push(Buffer.of(...first))
      nals.push(Buffer.concat([nals.pop()!, payload.subarray(size + 1)]))
    } else nals.push(payload)
  }
  return nals
}

const body = fc.uint8Array({ minLength: 1, maxLength: 5_000 })
const h264 = fc.tuple(fc.integer({ min: 1, max: 23 }), fc.integer({ min: 0, max: 3 }), body)
const h265 = fc.tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: 1, max: 7 }), body)

describe('RTP payloads', () => {
  it('carry any H.264 units whole and in order, none longer than 1400 bytes', () => {
    const units = fc.array(
      h264.map(([type, importance, rest]) => Buffer.of((importance << 5) | type, ...rest)),
    )
    fc.assert(
      fc.property(units, (nals) => survives(nals, 'h264')),
      { numRuns: 60 },
    )
  })

  it('carry any H.265 units whole and in order, none longer than 1400 bytes', () => {
    const units = fc.array(h265.map(([type, layer, rest]) => Buffer.of(type << 1, layer, ...rest)))
    fc.assert(
      fc.property(units, (nals) => survives(nals, 'h265')),
      { numRuns: 60 },
    )
  })
})

function survives(nals: Buffer[], codec: Codec): void {
  const payloads = packetise(nals, codec)
  for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(1_400)
  expect(unpack(payloads, codec)).toEqual(nals)
}

describe('access units', () => {
  it('are split at start codes of three and four bytes, without the zeros after a unit', () => {
    const unit = Buffer.from('00000001670102000000000001680000016588', 'hex')
    expect(splitNals(unit).map((nal) => nal.toString('hex'))).toEqual(['670102', '68', '6588'])
  })
})

describe('RTSP requests', () => {
  const bytes = Buffer.concat([
    Buffer.from('OPTIONS rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\n'),
    Buffer.from('$\x01\0\x03abc', 'latin1'),
    Buffer.from(
      'SET_PARAMETER rtsp://h/a RTSP/1.0\r\ncseq:2\r\nContent-Length: 4\r\n\r\nbodyPLAY rtsp://h/a RTSP/1.0\r\n\r\n',
    ),
  ])

  it('are found wherever the bytes are cut, with interleaved RTCP between them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const reader = new RequestReader()
        const ends = [...cuts.sort((a, b) => a - b), bytes.length]
        const found = ends.flatMap((end, n) => reader.take(bytes.subarray(n ? ends[n - 1] : 0, end)))
        expect(found.map(({ method }) => method)).toEqual(['OPTIONS', 'SET_PARAMETER', 'PLAY'])
        expect(found[1].headers.get('cseq')).toBe('2')
      }),
    )
  })

  it('that never end, and bytes that are no RTSP, are refused', () => {
    expect(() => new RequestReader().take(Buffer.alloc(70_000, 'a'))).toThrow('too long')
    expect(() => new RequestReader().take(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow('not RTSP')
  })
})

/** Pictures put together from hand-made packets: whole ones, and all the ways of not being whole. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Codec, CodedPicture } from '../../src/domain/coded-picture.ts'
import { Refusal } from '../../src/ingest/refusal.ts'
import { AccessUnits, maxPictureBytes } from '../../src/ingest/rtsp/access-unit.ts'
import { RtpReader } from '../../src/ingest/rtsp/rtp.ts'
import { StreamClock } from '../../src/ingest/rtsp/stream-clock.ts'
import { copyOf } from './rtsp-client-support.ts'
import { aggregate, annexB, fragments, h264, type Packet, rtp } from './rtsp-packets.ts'

/** A reader of one track; `send` numbers packets that do not say their number. */
function track(codec: Codec = 'h264', parameterSets: readonly Buffer[] = []) {
  const pictures: CodedPicture[] = []
  const clock = new StreamClock(90_000)
  let now = 1_000
  const units = new AccessUnits({
    codec,
    parameterSets,
    clock,
    arrivedAt: () => now,
    onPicture: (picture) => pictures.push(copyOf(picture)),
  })
  const reader = new RtpReader(96, units)
  let number = 65_530
  const send = (packet: Partial<Packet>) => {
    const bytes = rtp({ payload: [], number, ...packet })
    number = ((packet.number ?? number) + 1) & 0xffff
    reader.read(bytes, 0, bytes.length)
  }
  return {
    pictures,
    units,
    reader,
    send,
    skip: (count: number) => {
      number = (number + count) & 0xffff
    },
    wait: (ms: number) => {
      now += ms
    },
    /** One unit per packet, the marker on the last. */
    picture: (stamp: number, ...nals: readonly Buffer[]) => {
      for (const [at, payload] of nals.entries()) send({ stamp, payload, marker: at === nals.length - 1 })
    },
  }
}

const { sps, pps, key, predicted, disposable, later, intra, recovery, delimiter, filler } = h264

describe('AccessUnits', () => {
  it('gives pictures with their facts, parameter sets before each key picture, nothing that is not needed', () => {
    const { pictures, picture, wait } = track()
    picture(0, delimiter, sps, pps, key(30))
    wait(40)
    picture(3_600, delimiter, predicted(15), filler)
    picture(7_200, disposable(12))
    picture(10_800, key(25))
    expect(pictures.map(({ bytes, ...facts }) => facts)).toEqual([
      {
        codec: 'h264',
        key: true,
        reference: true,
        sliceBytes: 30,
        qp: undefined,
        timeMs: 0,
        arrivedAt: 1_000,
        afterLoss: false,
      },
      {
        codec: 'h264',
        key: false,
        reference: true,
        sliceBytes: 15,
        qp: undefined,
        timeMs: 40,
        arrivedAt: 1_040,
        afterLoss: false,
      },
      {
        codec: 'h264',
        key: false,
        reference: false,
        sliceBytes: 12,
        qp: undefined,
        timeMs: 80,
        arrivedAt: 1_040,
        afterLoss: false,
      },
      {
        codec: 'h264',
        key: true,
        reference: true,
        sliceBytes: 25,
        qp: undefined,
        timeMs: 120,
        arrivedAt: 1_040,
        afterLoss: false,
      },
    ])
    expect(pictures.map(({ bytes }) => Buffer.from(bytes))).toEqual([
      annexB(sps, pps, key(30)),
      annexB(predicted(15)),
      annexB(disposable(12)),
      annexB(sps, pps, key(25)),
    ])
  })

  it('takes the sets of the session description until newer ones come in the stream', () => {
    const newer = Buffer.from([...sps, 1])
    const { pictures, picture } = track('h264', [sps, pps])
    picture(0, key())
    picture(3_600, newer, predicted())
    picture(7_200, key())
    expect(pictures.map(({ bytes }) => Buffer.from(bytes))).toEqual([
      annexB(sps, pps, key()),
      annexB(newer, pps, predicted()),
      annexB(newer, pps, key()),
    ])
  })

  it('reads aggregates and fragments of any size', () => {
    const { pictures, send } = track()
    send({ payload: aggregate(sps, pps, delimiter), stamp: 5 })
    const parts = fragments(key(5_000), 700)
    for (const [at, payload] of parts.entries()) send({ payload, stamp: 5, marker: at === parts.length - 1 })
    expect(pictures.map(({ bytes }) => Buffer.from(bytes))).toEqual([annexB(sps, pps, key(5_000))])
  })

  it('ends a picture at a new time stamp where the marker bit is missing', () => {
    const { pictures, send } = track()
    for (const stamp of [0, 3_600, 7_200]) send({ payload: key(), stamp })
    expect(pictures.map(({ timeMs }) => timeMs)).toEqual([0, 40])
  })

  it('learns that a camera sets the marker bit on every slice', () => {
    const { pictures, send } = track()
    for (const stamp of [0, 3_600, 7_200, 10_800]) {
      send({ payload: key(), stamp, marker: true })
      send({ payload: later(), stamp, marker: true })
    }
    send({ payload: key(), stamp: 14_400, marker: true })
    expect(pictures.slice(1).map(({ sliceBytes }) => sliceBytes)).toEqual([40, 40, 40])
  })

  it.each([
    [0, true],
    [2, false],
  ] as const)('I slices behind a recovery point of %i pictures begin a stream: %s', (frames, begins) => {
    const { pictures, picture } = track()
    picture(0, recovery(frames), intra())
    expect(pictures[0].key).toBe(begins)
    picture(3_600, recovery(0), predicted())
    picture(7_200, intra())
    expect(pictures.slice(1).map(({ key }) => key)).toEqual([false, false])
  })

  it('says after a loss that what comes is damaged, up to the next whole key picture', () => {
    const { pictures, picture, skip, reader } = track()
    picture(0, key())
    skip(3) // whole pictures, as far as one can tell
    picture(3_600, predicted())
    picture(7_200, predicted())
    picture(10_800, key())
    picture(14_400, predicted())
    expect(pictures.map(({ afterLoss }) => afterLoss)).toEqual([false, true, true, false, false])
    expect(reader.lost).toBe(3)
  })

  it('never gives a picture that lost its beginning, its middle or its end', () => {
    const { pictures, units, send, skip, picture } = track()
    picture(0, key())
    skip(1)
    picture(3_600, later()) // its first slice is lost
    const parts = fragments(key(300), 100)
    send({ stamp: 7_200, payload: parts[0] })
    skip(1)
    send({ stamp: 7_200, payload: parts[2], marker: true })
    send({ stamp: 10_800, payload: predicted() })
    skip(1) // its last slice, with the marker
    picture(14_400, predicted())
    expect(pictures.map(({ timeMs, afterLoss }) => [timeMs, afterLoss])).toEqual([
      [0, false],
      [160, true],
    ])
    expect(units.broken).toBe(3)
  })

  it.each<[string, readonly (readonly number[])[]]>([
    ['a fragment out of nowhere', [[0x7c, 0x05, 1, 2, 3]]],
    ['a fragment that is only a header', [[0x7c]]],
    [
      'a unit that begins twice',
      [
        [0x7c, 0x85, 0x88, 1],
        [0x7c, 0x85, 0x88, 1],
        [0x7c, 0x45, 1],
      ],
    ],
    [
      'a unit that never ends',
      [
        [0x7c, 0x85, 0x88, 1],
        [0x41, 0x9a, 1],
      ],
    ],
    ['an aggregate that leads beyond its packet', [[0x78, 0, 200, 0x65, 0x88]]],
    ['an aggregate cut in its length', [[0x78, 0, 2, 0x65, 0x88, 7]]],
    ['an unknown kind of packet', [[0x1f, 1, 2]]],
  ])('%s is damage to its picture and to no other', (_, payloads) => {
    const { pictures, units, send, picture } = track()
    picture(0, key())
    for (const payload of payloads) send({ payload, stamp: 3_600 })
    send({ payload: predicted(), stamp: 3_600, marker: true })
    picture(7_200, key())
    expect(pictures.map(({ timeMs }) => timeMs)).toEqual([0, 80])
    expect(units.broken).toBe(1)
  })

  it('a unit that goes on in the next picture belongs to neither', () => {
    const { pictures, send, picture } = track()
    picture(0, key())
    const [first, second] = fragments(predicted(40), 20)
    send({ payload: first, stamp: 3_600 })
    send({ payload: second, stamp: 7_200, marker: true })
    picture(10_800, key())
    expect(pictures.map(({ timeMs }) => timeMs)).toEqual([0, 120])
  })

  it('skips empty payloads and empty units without harm', () => {
    const { pictures, send } = track()
    send({ payload: [], stamp: 0 })
    send({ payload: [0x78, 0, 0, 0, 0], stamp: 0 })
    send({ payload: key(), stamp: 0, marker: true })
    expect(pictures).toHaveLength(1)
    expect(pictures[0].afterLoss).toBe(false)
  })

  it('refuses a camera whose first packets are of a kind that is not read, and not one that played', () => {
    const strange = track()
    expect(() => strange.send({ payload: [0x1a, 0, 0] })).toThrow(Refusal)
    expect(() => strange.send({ payload: [0x1d, 0, 0] })).toThrow(/not read here \(type 29\)/)
    const known = track()
    known.picture(0, key())
    expect(() => known.send({ payload: [0x1a, 0, 0], stamp: 1 })).not.toThrow()
  })

  it('goes on in time where the counter wraps, and where another sender takes over', () => {
    const { pictures, picture, send, wait } = track()
    const last = 2 ** 32 - 1_800
    picture(last, key())
    picture((last + 3_600) % 2 ** 32, predicted())
    picture((last + 1_800) % 2 ** 32, disposable()) // shown before the one before
    wait(200)
    send({ payload: predicted(), stamp: 77, ssrc: 8, number: 9, marker: true })
    send({ payload: key(), stamp: 3_677, ssrc: 8, marker: true })
    expect(pictures.map(({ timeMs }) => timeMs)).toEqual([0, 40, 20, 220, 260])
    expect(pictures.map(({ afterLoss }) => afterLoss)).toEqual([false, false, false, true, false])
  })

  it('refuses a picture without an end, and holds no more than a picture may have', () => {
    const { send } = track()
    send({ payload: [0x7c, 0x85, 0x88], stamp: 0 })
    const part = Buffer.alloc(60_000, 1)
    part.set([0x7c, 0x05])
    const flood = () => {
      for (let sent = 0; sent < 2 * maxPictureBytes; sent += part.length) send({ payload: part, stamp: 0 })
    }
    expect(flood).toThrow(/more than 8 MiB/)
  })

  it('reads H.265: units, aggregates, fragments, sub-layers, key pictures', () => {
    const nal = (type: number, layerAndTid: number, ...rest: number[]) =>
      Buffer.from([type << 1, layerAndTid, ...rest])
    const vps = nal(32, 1, 9)
    const set = nal(33, 1, 0x01 | (1 << 1), 9) // two sub-layers
    const pic = nal(34, 1, 9)
    const { pictures, send } = track('h265')
    const sets = [vps, set, pic].flatMap((one) => [0, one.length, ...one])
    send({ payload: [48 << 1, 1, ...sets], stamp: 0 })
    send({ payload: [49 << 1, 1, 0x80 | 21, 0x80, 5], stamp: 0 }) // CRA in two fragments
    send({ payload: [49 << 1, 1, 0x40 | 21, 6, 7], stamp: 0, marker: true })
    send({ payload: nal(0, 1, 0x80, 1), stamp: 3_600, marker: true }) // TRAIL_N of the lower sub-layer
    send({ payload: nal(0, 2, 0x80, 1), stamp: 7_200, marker: true }) // and of the highest
    send({ payload: nal(1, 9, 0x80, 1), stamp: 10_800, marker: true }) // another layer
    send({ payload: nal(1, 2, 0x80, 1), stamp: 14_400, marker: true })
    expect(pictures.map(({ key, reference, timeMs }) => [key, reference, timeMs])).toEqual([
      [true, true, 0],
      [false, true, 40],
      [false, false, 80],
      [false, true, 160],
    ])
    expect(Buffer.from(pictures[0].bytes)).toEqual(annexB(vps, set, pic, nal(21, 1, 0x80, 5, 6, 7)))
  })

  it('whatever a camera sends, nothing but a refusal comes out, and no more bytes than went in', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        key(),
        predicted(),
        later(),
        sps,
        pps,
        recovery(0),
        aggregate(sps, pps),
        ...fragments(key(60), 20),
      ),
    )
    const packet = fc.record({
      step: fc.constantFrom(1, 1, 1, 1, 2, 40_000, 65_535),
      stamp: fc.constantFrom(0, 3_600, 7_200, 2 ** 32 - 1),
      ssrc: fc.constantFrom(7, 7, 7, 8),
      marker: fc.boolean(),
      payload: payload.map((bytes) => Buffer.from(bytes)),
    })
    fc.assert(
      fc.property(
        fc.constantFrom<Codec>('h264', 'h265'),
        fc.array(packet, { maxLength: 60 }),
        (codec, packets) => {
          const { pictures, send } = track(codec)
          let [number, went] = [0, 0]
          for (const { step, ...rest } of packets) {
            number = (number + step) & 0xffff
            went += rest.payload.length
            try {
              send({ number, ...rest })
            } catch (error) {
              expect(error).toBeInstanceOf(Refusal)
            }
          }
          for (const { bytes, sliceBytes } of pictures) {
            expect(sliceBytes).toBeGreaterThan(0)
            // A unit has one byte at least, and its start code four.
            expect(bytes.length).toBeLessThanOrEqual(5 * went)
          }
        },
      ),
      { numRuns: 5_000 },
    )
  })
})

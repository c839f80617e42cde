/** Takes NAL units out of RTP payloads: alone, aggregated or in fragments, for H.264 (RFC 6184) and H.265 (RFC 7798). */
import type { Codec } from '../../domain/coded-picture.ts'
import { Refusal } from '../refusal.ts'

export interface NalSink {
  /** One NAL unit, without start code: in `bytes` from `from` up to `to`, and only during the call. */
  nal(bytes: Buffer, from: number, to: number): void
  /** A NAL unit in pieces: its header (the second byte is -1 where the codec has one only), pieces, its end. */
  begin(first: number, second: number): void
  more(bytes: Buffer, from: number, to: number): void
  end(): void
  /** The picture is not whole; a NAL unit that was begun is forgotten. */
  damage(): void
}

interface Layout {
  readonly headerBytes: number
  readonly typeOf: (first: number) => number
  readonly isSingle: (type: number) => boolean
  readonly aggregate: number
  readonly fragment: number
  /** First header byte of a fragmented unit, from that of the fragment and its FU header. */
  readonly firstByte: (first: number, fu: number) => number
}

const layouts: Record<Codec, Layout> = {
  // STAP-A and FU-A. STAP-B, MTAP and FU-B (25, 26, 27, 29) belong to packetization-mode 2.
  h264: {
    headerBytes: 1,
    typeOf: (first) => first & 0x1f,
    isSingle: (type) => type >= 1 && type <= 23,
    aggregate: 24,
    fragment: 28,
    firstByte: (first, fu) => (first & 0xe0) | (fu & 0x1f),
  },
  // AP and FU without decoding order numbers, which sprop-max-don-diff would announce. PACI is 50.
  h265: {
    headerBytes: 2,
    typeOf: (first) => (first >> 1) & 0x3f,
    isSingle: (type) => type <= 47,
    aggregate: 48,
    fragment: 49,
    firstByte: (first, fu) => (first & 0x81) | ((fu & 0x3f) << 1),
  },
}

const startBit = 0x80
const endBit = 0x40

/**
 * Fragments out of nowhere, units that never end, lengths that lead beyond the packet: each is damage to the picture and
 * nothing more. A kind of packet that no camera with this session description may send is the camera's way of working
 * where it comes before the first whole picture, and is refused; later it is damage like any other.
 */
export class PayloadReader {
  readonly #layout: Layout
  readonly #sink: NalSink
  /** Type of the unit whose fragments come; -1 where none do. */
  #fragmentType = -1
  /** A whole picture has come: the camera is one that this client can read. */
  proven = false

  constructor(codec: Codec, sink: NalSink) {
    this.#layout = layouts[codec]
    this.#sink = sink
  }

  /** One payload, not empty. Throws a Refusal, CODEC_UNSUPPORTED. */
  read(bytes: Buffer, from: number, to: number): void {
    const { headerBytes, typeOf, isSingle, aggregate, fragment } = this.#layout
    if (to - from < headerBytes) {
      this.damage()
      return
    }
    const type = typeOf(bytes[from])
    if (type === fragment) {
      this.#fragment(bytes, from, to)
      return
    }
    if (this.#fragmentType >= 0) this.damage()
    if (isSingle(type)) this.#sink.nal(bytes, from, to)
    else if (type === aggregate) this.#aggregate(bytes, from + headerBytes, to)
    else this.#unknown(type)
  }

  /** The picture is not whole, and what was begun will not be ended. */
  damage(): void {
    this.#fragmentType = -1
    this.#sink.damage()
  }

  #aggregate(bytes: Buffer, from: number, to: number): void {
    let at = from
    while (at + 2 <= to) {
      const next = at + 2 + bytes.readUInt16BE(at)
      if (next > to) break
      if (next - at - 2 >= this.#layout.headerBytes) this.#sink.nal(bytes, at + 2, next)
      at = next
    }
    if (at !== to) this.damage()
  }

  #fragment(bytes: Buffer, from: number, to: number): void {
    const { headerBytes, firstByte } = this.#layout
    const at = from + headerBytes + 1
    if (at > to) {
      this.damage()
      return
    }
    const fu = bytes[at - 1]
    const type = fu & 0x3f & (headerBytes === 1 ? 0x1f : 0x3f)
    if (fu & startBit) {
      if (this.#fragmentType >= 0) this.damage()
      this.#fragmentType = type
      this.#sink.begin(firstByte(bytes[from], fu), headerBytes === 2 ? bytes[from + 1] : -1)
    } else if (this.#fragmentType !== type) {
      this.damage()
      return
    }
    this.#sink.more(bytes, at, to)
    if (fu & endBit) {
      this.#fragmentType = -1
      this.#sink.end()
    }
  }

  #unknown(type: number): void {
    if (!this.proven) {
      throw new Refusal(
        'CODEC_UNSUPPORTED',
        `packs its pictures in a way that is not read here (type ${type})`,
      )
    }
    this.damage()
  }
}

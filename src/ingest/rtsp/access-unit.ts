/** Puts coded pictures (access units) together from the packets of one track. */
import type { Codec, CodedPicture } from '../../domain/coded-picture.ts'
import { SliceQuantiser } from '../nal/slice-qp.ts'
import { Refusal } from '../refusal.ts'
import { H264Facts } from './h264.ts'
import { H265Facts } from './h265.ts'
import type { NalFacts } from './nal-facts.ts'
import { ParameterSets } from './parameter-sets.ts'
import { type NalSink, PayloadReader } from './payload.ts'
import type { RtpSink } from './rtp.ts'
import type { StreamClock } from './stream-clock.ts'

/** The largest coded picture that is waited for; key pictures of 4K cameras have about 1 MiB. */
export const maxPictureBytes = 8 * 1_024 * 1_024
const firstScratchBytes = 64 * 1_024
const startCode = Buffer.from([0, 0, 0, 1])
/** A slice header, and room to spare. */
const headerSpan = 256

export interface AccessUnitsOptions {
  readonly codec: Codec
  /** From the session description. */
  readonly parameterSets: readonly Buffer[]
  readonly clock: StreamClock
  /** When the bytes that are being read arrived, epoch ms. */
  readonly arrivedAt: () => number
  /** The picture's bytes are only valid during the call. */
  readonly onPicture: (picture: CodedPicture) => void
}

/**
 * A picture ends with the marker bit, or where the time stamp changes; it is whole where its first slice came and no packet
 * of it is missing.
 *
 * Loss: a picture that is not whole is never handed on, key or not, as a decoder would paint grey or smeared blocks
 * from it, and those look like movement. Which pictures had needed it cannot be told from outside, so all after it
 * are handed on with `afterLoss`, up to the next whole key picture, which needs none of them (the same holds for what
 * comes before the first key picture of a stream). They still tell their size; whoever decodes them gets damage.
 *
 * Left out: delimiters, filler, other layers. Parameter sets are taken out and put before every key picture, and before a
 * picture that brings new ones.
 *
 * Memory: the picture being put together grows in one scratch per camera (64 KiB, doubled where needed, at most
 * `maxPictureBytes`), so each payload is copied once; only what goes behind its parameter sets is copied once more.
 */
export class AccessUnits implements RtpSink, NalSink {
  readonly #options: AccessUnitsOptions
  readonly #payloads: PayloadReader
  readonly #facts: NalFacts
  readonly #sets = new ParameterSets()
  readonly #quantiser: SliceQuantiser
  #scratch: Buffer = Buffer.allocUnsafeSlow(firstScratchBytes)
  /** For a picture behind its parameter sets. */
  #joined: Buffer = Buffer.alloc(0)
  #length = 0
  /** Where the NAL unit that is being read begins, behind its start code; -1 where none is. */
  #nal = -1
  #sliceBytes = 0
  #firstSlice = -1
  #stamp = -1
  /** The stamp that the last marker bit ended. */
  #marked = -1
  #damaged = false
  #afterLoss = true
  #broken = 0
  /** Some cameras set the marker bit on every slice. */
  #markersLie = false
  #lastArrival = 0

  constructor(options: AccessUnitsOptions) {
    const { codec, parameterSets } = options
    this.#options = options
    this.#payloads = new PayloadReader(codec, this)
    this.#facts = codec === 'h264' ? new H264Facts() : new H265Facts()
    this.#quantiser = new SliceQuantiser(codec)
    for (const set of parameterSets) if (set.length > 2) this.nal(set, 0, set.length)
    this.#next()
  }

  /** Pictures that were not whole. */
  get broken(): number {
    return this.#broken
  }

  payload(bytes: Buffer, from: number, to: number, stamp: number, marker: boolean): void {
    if (stamp !== this.#stamp) {
      this.#finish()
      this.#stamp = stamp
    }
    this.#payloads.read(bytes, from, to)
    // A marker behind parameter sets alone ends nothing.
    if (!marker || this.#markersLie || this.#firstSlice < 0) return
    this.#finish()
    this.#marked = stamp
  }

  loss(): void {
    const begun = this.#length > 0
    this.#afterLoss = true
    this.#payloads.damage()
    // Where nothing has come of the next picture, its first slice will show whether it is whole.
    if (!begun) this.#damaged = false
  }

  restart(): void {
    this.loss()
    this.#finish()
    this.#stamp = -1
    this.#options.clock.restart(this.#options.arrivedAt() - this.#lastArrival)
  }

  nal(bytes: Buffer, from: number, to: number): void {
    this.#open(to - from)
    this.more(bytes, from, to)
    this.end()
  }

  begin(first: number, second: number): void {
    this.#open(2)
    this.#scratch[this.#length++] = first
    if (second >= 0) this.#scratch[this.#length++] = second
  }

  more(bytes: Buffer, from: number, to: number): void {
    this.#reserve(to - from)
    this.#length += bytes.copy(this.#scratch, this.#length, from, to)
  }

  end(): void {
    const nal = this.#scratch.subarray(this.#nal, this.#length)
    const role = this.#facts.take(nal)
    if (role === 'slice') {
      if (this.#firstSlice < 0) this.#firstSlice = this.#nal
      this.#sliceBytes += nal.length
    } else if (role !== 'keep') {
      if (role !== 'drop') {
        this.#sets.take(role, nal)
        this.#quantiser.parameterSet(nal)
      }
      this.#length = this.#nal - startCode.length
    }
    this.#nal = -1
  }

  damage(): void {
    if (this.#nal >= 0) this.#length = this.#nal - startCode.length
    this.#nal = -1
    this.#damaged = true
  }

  #open(bytes: number): void {
    this.#reserve(startCode.length + bytes)
    this.#length += startCode.copy(this.#scratch, this.#length)
    this.#nal = this.#length
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#scratch.length) return
    if (needed > maxPictureBytes) {
      throw new Refusal(
        'STREAM_FAILED',
        `sends a picture of more than ${maxPictureBytes / 1_024 / 1_024} MiB`,
      )
    }
    let size = this.#scratch.length
    while (size < needed) size *= 2
    const grown = Buffer.allocUnsafeSlow(size)
    this.#scratch.copy(grown, 0, 0, this.#length)
    this.#scratch = grown
  }

  #finish(): void {
    // A unit that was begun belongs to this picture alone.
    if (this.#nal >= 0) this.#payloads.damage()
    const whole = !this.#damaged && this.#facts.begins
    if (whole) {
      this.#give()
    } else if (this.#damaged || this.#firstSlice >= 0) {
      this.#markersLie ||= !this.#damaged && this.#stamp === this.#marked
      this.#broken++
      this.#afterLoss = true
    }
    this.#next()
  }

  #next(): void {
    this.#length = 0
    this.#nal = -1
    this.#sliceBytes = 0
    this.#firstSlice = -1
    this.#damaged = false
    this.#facts.reset()
    this.#sets.nextPicture()
  }

  #give(): void {
    const { codec, clock, arrivedAt, onPicture } = this.#options
    const { key, reference } = this.#facts
    if (key) this.#afterLoss = false
    this.#payloads.proven = true
    this.#lastArrival = arrivedAt()
    onPicture({
      codec,
      key,
      reference,
      bytes: key || this.#sets.fresh ? this.#behindSets() : this.#scratch.subarray(0, this.#length),
      sliceBytes: this.#sliceBytes,
      qp: this.#quantiser.of(
        this.#scratch.subarray(this.#firstSlice, Math.min(this.#length, this.#firstSlice + headerSpan)),
      ),
      timeMs: clock.advance(this.#stamp, this.#lastArrival),
      arrivedAt: this.#lastArrival,
      afterLoss: this.#afterLoss,
    })
  }

  #behindSets(): Buffer {
    const sets = [...this.#sets.all()]
    const length = sets.reduce((sum, set) => sum + startCode.length + set.length, this.#length)
    if (this.#joined.length < length) this.#joined = Buffer.allocUnsafeSlow(2 * length)
    let at = 0
    for (const set of sets) {
      at += startCode.copy(this.#joined, at)
      at += set.copy(this.#joined, at)
    }
    this.#scratch.copy(this.#joined, at, 0, this.#length)
    return this.#joined.subarray(0, length)
  }
}

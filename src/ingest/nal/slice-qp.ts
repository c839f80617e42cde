/** Tells the quantiser of a picture from its first slice header, without decoding it. */
import type { Codec } from '../../domain/coded-picture.ts'
import { BitReader } from './bits.ts'
import { type Pps264, readPps264, readSps264, type Sps264, sliceQp264 } from './h264-slice.ts'
import { type Pps265, readPps265, readSps265, type Sps265 } from './h265-sets.ts'
import { sliceQp265 } from './h265-slice.ts'

/**
 * One per stream. Give it the parameter sets as they come, and then slices; both as NAL units without their start codes.
 * Bytes from a camera are not to be trusted: it never throws, its work on one NAL unit is bounded by its header, and what
 * it keeps by the numbers the standards allow (32 and 256 sets of H.264, 16 and 64 of H.265).
 */
export class SliceQuantiser {
  readonly #codec: Codec
  readonly #bits = new BitReader()
  readonly #sps264 = new Map<number, Sps264>()
  readonly #pps264 = new Map<number, Pps264>()
  readonly #sps265 = new Map<number, Sps265>()
  readonly #pps265 = new Map<number, Pps265>()

  constructor(codec: Codec) {
    this.#codec = codec
  }

  /** Takes a sequence or picture parameter set; a broken one and any other NAL unit changes nothing. */
  parameterSet(nal: Uint8Array): void {
    if (this.#codec === 'h264') this.#parameterSet264(nal)
    else this.#parameterSet265(nal)
  }

  /**
   * The quantiser with which the slice begins: SliceQPY, 0..51. Undefined where the slice cannot be read: its parameter sets
   * are missing, it is cut off, uses what no camera does (slice groups, several layers), or is not a picture's first (H.265).
   */
  of(nal: Uint8Array): number | undefined {
    const qp = this.#codec === 'h264' ? this.#of264(nal) : this.#of265(nal)
    return qp !== undefined && qp >= 0 && qp <= 51 ? qp : undefined
  }

  #parameterSet264(nal: Uint8Array): void {
    const type = (nal[0] ?? 0) & 31
    const bits = this.#bits.begin(nal, 1)
    if (type === 7) keep(this.#sps264, readSps264(bits))
    else if (type === 8) keep(this.#pps264, readPps264(bits))
  }

  #of264(nal: Uint8Array): number | undefined {
    const header = nal[0] ?? 0
    const type = header & 31
    if (type !== 1 && type !== 5) return undefined
    return sliceQp264(this.#bits.begin(nal, 1), {
      idr: type === 5,
      reference: (header & 0x60) !== 0,
      pps: (id) => this.#pps264.get(id),
      sps: (id) => this.#sps264.get(id),
    })
  }

  #parameterSet265(nal: Uint8Array): void {
    const type = type265(nal)
    const bits = this.#bits.begin(nal, 2)
    if (type === 33) keep(this.#sps265, readSps265(bits))
    else if (type === 34) keep(this.#pps265, readPps265(bits))
  }

  #of265(nal: Uint8Array): number | undefined {
    const nalType = type265(nal)
    if (nalType < 0 || nalType > 21 || (nalType > 9 && nalType < 16)) return undefined
    return sliceQp265(this.#bits.begin(nal, 2), {
      nalType,
      pps: (id) => this.#pps265.get(id),
      sps: (id) => this.#sps265.get(id),
    })
  }
}

/** nal_unit_type of the base layer, -1 for other layers. */
function type265(nal: Uint8Array): number {
  const [first = 0, second = 0] = nal
  const layer = ((first & 1) << 5) | (second >> 3)
  return layer === 0 ? (first >> 1) & 63 : -1
}

function keep<T extends { readonly id: number }>(sets: Map<number, T>, set: T | undefined): void {
  if (set) sets.set(set.id, set)
}

/** What NAL units of H.265 say (ITU-T H.265, 7.3.1.2 and table 7-1). */
import type { NalFacts, NalRole } from './nal-facts.ts'

const lastKey = 21
const sequenceSet = 33

/** Slices are 0..9 and the random access pictures 16..21; what is not here is reserved, or another layer. */
const roles = new Map<number, NalRole>([
  ...Array.from({ length: 10 }, (_, type): [number, NalRole] => [type, 'slice']),
  ...Array.from({ length: 6 }, (_, type): [number, NalRole] => [16 + type, 'slice']),
  [32, 'vps'],
  [sequenceSet, 'sps'],
  [34, 'pps'],
  [36, 'keep'], // end of sequence: says how a CRA behind it is to be decoded
  [37, 'keep'], // end of bitstream
  [39, 'keep'], // SEI before the slices
  [40, 'keep'], // SEI behind them
])

export class H265Facts implements NalFacts {
  #begins = false
  #key = false
  #reference = false
  /** Highest temporal sub-layer of the stream, 0..6, as its newest SPS says. */
  #topLayer = 0

  reset(): void {
    this.#begins = false
    this.#key = false
    this.#reference = false
  }

  get begins(): boolean {
    return this.#begins
  }

  /** IDR, CRA or BLA. */
  get key(): boolean {
    return this.#key
  }

  /** False only for a sub-layer non-reference picture of the highest sub-layer: one of a lower one may serve those above. */
  get reference(): boolean {
    return this.#reference
  }

  take(nal: Uint8Array): NalRole {
    const type = (nal[0] >> 1) & 0x3f
    const layer = ((nal[0] & 1) << 5) | (nal[1] >> 3)
    const role = layer === 0 ? (roles.get(type) ?? 'drop') : 'drop'
    if (role === 'slice') this.#slice(nal, type)
    else if (type === sequenceSet && nal.length > 2) this.#topLayer = (nal[2] >> 1) & 7
    return role
  }

  #slice(nal: Uint8Array, type: number): void {
    if (type >= 16 && type <= lastKey) this.#key = true
    if (nal.length > 2 && nal[2] >= 0x80) this.#begins = true // first_slice_segment_in_pic_flag
    const sublayer = (nal[1] & 7) - 1
    const disposable = type < 16 && type % 2 === 0 && sublayer >= this.#topLayer
    if (!disposable) this.#reference = true
  }
}

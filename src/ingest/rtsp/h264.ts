/** What NAL units of H.264 say (ITU-T H.264, tables 7-1 and 7-6, D.1.8). */
import { BitReader } from '../nal/bits.ts'
import type { NalFacts, NalRole } from './nal-facts.ts'

const idrSlice = 5
const sei = 6
const recoveryPoint = 6
/** Messages of one SEI unit that are looked at. */
const maxMessages = 16

const roles: readonly NalRole[] = [
  'drop', // unspecified
  ...(['slice', 'slice', 'slice', 'slice', 'slice'] as const), // 1..5; 2..4 are data partitions
  'keep', // 6 SEI
  'sps',
  'pps',
  'drop', // 9 delimiter
  'keep', // 10 end of sequence
  'keep', // 11 end of stream
  'drop', // 12 filler
  'keep', // 13 extension of the SPS
]

/** Further types are other layers and views, which the decoders here leave out too. */
export class H264Facts implements NalFacts {
  readonly #bits = new BitReader()
  #begins = false
  #reference = false
  #idr = false
  #intra = true
  /** A recovery point that is exact at once: pictures to wait for are 0. */
  #recovers = false

  reset(): void {
    this.#begins = false
    this.#reference = false
    this.#idr = false
    this.#intra = true
    this.#recovers = false
  }

  get begins(): boolean {
    return this.#begins
  }

  /** An IDR picture; or one of I slices alone behind a recovery point that lets nobody wait (open GOP, as some cameras send). */
  get key(): boolean {
    return this.#idr || (this.#recovers && this.#intra && this.#begins)
  }

  get reference(): boolean {
    return this.#reference
  }

  take(nal: Uint8Array): NalRole {
    const type = nal[0] & 0x1f
    const role = roles[type] ?? 'drop'
    if (role === 'slice') this.#slice(nal, type)
    else if (type === sei) this.#recovers ||= this.#isRecovery(nal)
    return role
  }

  #slice(nal: Uint8Array, type: number): void {
    if ((nal[0] & 0x60) !== 0) this.#reference = true
    if (type === idrSlice) this.#idr = true
    if (type === 3 || type === 4) return // partitions B and C carry no slice header
    const bits = this.#bits.begin(nal, 1)
    const firstBlock = bits.unsigned()
    const kind = bits.unsigned() % 5
    if (!bits.ok) return
    if (firstBlock === 0) this.#begins = true
    if (kind !== 2 && kind !== 4) this.#intra = false // neither I nor SI
  }

  #isRecovery(nal: Uint8Array): boolean {
    const bits = this.#bits.begin(nal, 1)
    for (let message = 0; message < maxMessages; message++) {
      const kind = this.#extended()
      const bytes = this.#extended()
      if (kind === recoveryPoint) return bits.unsigned() === 0 && bits.ok
      bits.skip(8 * bytes)
      if (!bits.ok) return false
    }
    return false
  }

  /** A number in bytes: each 255 means that it goes on. */
  #extended(): number {
    let value = 0
    for (;;) {
      const byte = this.#bits.bits(8)
      value += byte
      if (byte !== 255) return value
    }
  }
}

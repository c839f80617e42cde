/** The way through an H.265 slice segment header to its quantiser (ITU-T H.265, 7.3.6). */
import type { BitReader } from './bits.ts'
import { type Pps265, readReferenceSet, type Sps265 } from './h265-sets.ts'

/** The parameter sets a slice points to, and the type of its NAL unit. */
export interface Slice265 {
  readonly nalType: number
  pps(id: number): Pps265 | undefined
  sps(id: number): Sps265 | undefined
}

/** What a header has told by the time its references are known. */
interface References {
  /** NumPicTotalCurr: pictures this one may be predicted from. */
  readonly total: number
  readonly temporalVectors: boolean
}

const idrWithRadl = 19
const idrOnly = 20
const firstIrap = 16
const lastIrap = 23

/** SliceQpY of the first slice segment of a picture (7-54), or undefined; others are not read. */
export function sliceQp265(bits: BitReader, slice: Slice265): number | undefined {
  if (!bits.flag()) return undefined
  if (slice.nalType >= firstIrap && slice.nalType <= lastIrap) bits.skip(1)
  const pps = slice.pps(bits.atMost(63))
  const sps = pps && slice.sps(pps.sps)
  if (!pps || !sps || !bits.ok) return undefined
  bits.skip(pps.extraBits)
  const type = bits.atMost(2)
  if (pps.outputFlag) bits.skip(1)
  if (sps.separatePlanes) bits.skip(2)
  const idr = slice.nalType === idrWithRadl || slice.nalType === idrOnly
  const references = idr ? { total: 0, temporalVectors: false } : readReferences(bits, sps)
  if (sps.sao) bits.skip(sps.chroma ? 2 : 1)
  if (type !== 2) skipPrediction(bits, pps, sps, references, type === 0)
  const qp = pps.initialQp + bits.signed()
  return bits.ok ? qp : undefined
}

function readReferences(bits: BitReader, sps: Sps265): References {
  bits.skip(sps.orderBits)
  const sets = sps.shortSets
  const short = bits.flag() ? sets[bits.bits(bitsFor(sets.length))] : readReferenceSet(bits, sets, true)
  const used = (short ?? []).filter((picture) => picture.used).length
  const total = used + (sps.longTerm ? readLongTerm(bits, sps) : 0)
  return { total, temporalVectors: sps.temporalVectors && bits.flag() }
}

/** Returns how many long-term pictures this one may be predicted from. */
function readLongTerm(bits: BitReader, sps: Sps265): number {
  const listed = sps.longUsed.length > 0 ? bits.atMost(32) : 0
  const count = listed + bits.atMost(32)
  let used = 0
  for (let n = 0; n < count && bits.ok; n++) {
    if (n < listed) {
      if (sps.longUsed[bits.bits(bitsFor(sps.longUsed.length))]) used++
    } else {
      bits.skip(sps.orderBits)
      used += bits.bit()
    }
    if (bits.flag()) bits.unsigned()
  }
  return used
}

function skipPrediction(
  bits: BitReader,
  pps: Pps265,
  sps: Sps265,
  references: References,
  both: boolean,
): void {
  let [first, second] = pps.references
  if (bits.flag()) {
    first = bits.atMost(14) + 1
    if (both) second = bits.atMost(14) + 1
  }
  if (!both) second = 0
  if (pps.listChanges && references.total > 1) {
    const width = bitsFor(references.total)
    if (bits.flag()) bits.skip(first * width)
    if (both && bits.flag()) bits.skip(second * width)
  }
  if (both) bits.skip(1)
  if (pps.cabacInit) bits.skip(1)
  if (references.temporalVectors) {
    const list = both && !bits.flag() ? second : first
    if (list > 1) bits.unsigned()
  }
  if (both ? pps.weightedBi : pps.weighted) skipWeights(bits, sps.chroma, first, second)
  bits.unsigned() // five_minus_max_num_merge_cand
}

/** pred_weight_table (7.3.6.3). */
function skipWeights(bits: BitReader, chroma: boolean, first: number, second: number): void {
  bits.unsigned()
  if (chroma) bits.signed()
  skipWeightsOf(bits, chroma, first)
  skipWeightsOf(bits, chroma, second)
}

function skipWeightsOf(bits: BitReader, chroma: boolean, count: number): void {
  const luma = bits.bits(count)
  const colour = chroma ? bits.bits(count) : 0
  for (let n = count - 1; n >= 0; n--) {
    const numbers = 2 * ((luma >> n) & 1) + 4 * ((colour >> n) & 1)
    for (let k = 0; k < numbers; k++) bits.signed()
  }
}

/** Bits that tell `count` things apart: Ceil(Log2(count)). */
function bitsFor(count: number): number {
  return count > 1 ? 32 - Math.clz32(count - 1) : 0
}

/** What of H.264's parameter sets and slice headers stands before the quantiser (ITU-T H.264, 7.3.2.1, 7.3.2.2, 7.3.3). */
import type { BitReader } from './bits.ts'

/** Of a sequence parameter set: what a slice header's shape depends on. */
export interface Sps264 {
  readonly id: number
  readonly separatePlanes: boolean
  /** Whether weights for chroma are there: ChromaArrayType is not 0. */
  readonly chroma: boolean
  readonly frameNumberBits: number
  readonly orderType: number
  readonly orderBits: number
  readonly orderAlwaysZero: boolean
  readonly framesOnly: boolean
}

/** Of a picture parameter set. */
export interface Pps264 {
  readonly id: number
  readonly sps: number
  readonly cabac: boolean
  readonly bottomOrder: boolean
  readonly references: readonly [number, number]
  readonly weighted: boolean
  readonly weightedBi: boolean
  readonly initialQp: number
  readonly redundantCount: boolean
}

/** profile_idc of those whose parameter set tells of chroma and scaling lists. */
const highProfiles = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244])
/** No list of references is longer (7.4.3). */
const mostReferences = 32
/** No standard bounds the list of reference changes tighter than twice the references and an end. */
const mostChanges = 66

/** Reads a sequence parameter set; undefined where it is broken. */
export function readSps264(bits: BitReader): Sps264 | undefined {
  const profile = bits.bits(8)
  bits.skip(16)
  const id = bits.atMost(31)
  const colour = highProfiles.has(profile) ? readColour(bits) : { separatePlanes: false, chroma: true }
  const frameNumberBits = bits.atMost(12) + 4
  const orderType = bits.atMost(2)
  const orderBits = orderType === 0 ? bits.atMost(12) + 4 : 0
  const orderAlwaysZero = orderType === 1 && readOrderCycle(bits)
  bits.unsigned() // max_num_ref_frames
  bits.skip(1)
  bits.unsigned() // width
  bits.unsigned() // height
  const framesOnly = bits.flag()
  if (!bits.ok) return undefined
  return { id, ...colour, frameNumberBits, orderType, orderBits, orderAlwaysZero, framesOnly }
}

function readColour(bits: BitReader): { separatePlanes: boolean; chroma: boolean } {
  const format = bits.atMost(3)
  const separatePlanes = format === 3 && bits.flag()
  bits.unsigned() // bit depths
  bits.unsigned()
  bits.skip(1)
  if (bits.flag()) {
    for (let list = 0; list < (format === 3 ? 12 : 8); list++) {
      if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return { separatePlanes, chroma: format !== 0 && !separatePlanes }
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  for (let n = 0; n < size; n++) {
    last = (last + bits.signed() + 256) % 256
    if (last === 0 || !bits.ok) return
  }
}

/** pic_order_cnt_type 1; returns delta_pic_order_always_zero_flag. */
function readOrderCycle(bits: BitReader): boolean {
  const alwaysZero = bits.flag()
  bits.signed()
  bits.signed()
  const length = bits.atMost(255)
  for (let n = 0; n < length; n++) bits.signed()
  return alwaysZero
}

/** Reads a picture parameter set; undefined where it is broken or has slice groups (no camera was seen to use them). */
export function readPps264(bits: BitReader): Pps264 | undefined {
  const id = bits.atMost(255)
  const sps = bits.atMost(31)
  const cabac = bits.flag()
  const bottomOrder = bits.flag()
  if (bits.unsigned() > 0) return undefined
  const references = [bits.atMost(31) + 1, bits.atMost(31) + 1] as const
  const weighted = bits.flag()
  const weightedBi = bits.bits(2) === 1
  const initialQp = 26 + bits.signed()
  bits.signed()
  bits.signed()
  bits.skip(2)
  const redundantCount = bits.flag()
  if (!bits.ok) return undefined
  return { id, sps, cabac, bottomOrder, references, weighted, weightedBi, initialQp, redundantCount }
}

/** The parameter sets a slice points to, and what its NAL header says. */
export interface Slice264 {
  readonly idr: boolean
  readonly reference: boolean
  pps(id: number): Pps264 | undefined
  sps(id: number): Sps264 | undefined
}

/** SliceQPY of a slice header (7-30), or undefined. */
export function sliceQp264(bits: BitReader, slice: Slice264): number | undefined {
  bits.unsigned() // first_mb_in_slice
  const type = bits.atMost(9) % 5
  const pps = slice.pps(bits.atMost(255))
  const sps = pps && slice.sps(pps.sps)
  if (!pps || !sps || !bits.ok) return undefined
  const inter = type === 0 || type === 1 || type === 3
  const both = type === 1
  skipOrder(bits, slice.idr, pps, sps)
  if (both) bits.skip(1)
  const references = inter ? readReferences(bits, pps, both) : pps.references
  if (inter) {
    skipListChanges(bits)
    if (both) skipListChanges(bits)
  }
  if (both ? pps.weightedBi : inter && pps.weighted) skipWeights(bits, sps.chroma, references, both)
  if (slice.reference) skipMarking(bits, slice.idr)
  if (pps.cabac && inter) bits.unsigned()
  const qp = pps.initialQp + bits.signed()
  return bits.ok ? qp : undefined
}

function skipOrder(bits: BitReader, idr: boolean, pps: Pps264, sps: Sps264): void {
  if (sps.separatePlanes) bits.skip(2)
  bits.skip(sps.frameNumberBits)
  const field = !sps.framesOnly && bits.flag()
  if (field) bits.skip(1)
  if (idr) bits.unsigned()
  const bottom = pps.bottomOrder && !field
  if (sps.orderType === 0) {
    bits.skip(sps.orderBits)
    if (bottom) bits.signed()
  } else if (sps.orderType === 1 && !sps.orderAlwaysZero) {
    bits.signed()
    if (bottom) bits.signed()
  }
  if (pps.redundantCount) bits.unsigned()
}

function readReferences(bits: BitReader, pps: Pps264, both: boolean): readonly [number, number] {
  if (!bits.flag()) return pps.references
  const first = bits.atMost(mostReferences - 1) + 1
  return [first, both ? bits.atMost(mostReferences - 1) + 1 : 0]
}

function skipListChanges(bits: BitReader): void {
  if (!bits.flag()) return
  for (let n = 0; n < mostChanges && bits.ok; n++) {
    if (bits.atMost(3) === 3) return
    bits.unsigned()
  }
  bits.ok = false
}

function skipWeights(
  bits: BitReader,
  chroma: boolean,
  counts: readonly [number, number],
  both: boolean,
): void {
  bits.unsigned()
  if (chroma) bits.unsigned()
  const count = both ? counts[0] + counts[1] : counts[0]
  for (let n = 0; n < count && bits.ok; n++) {
    if (bits.flag()) skipSigned(bits, 2)
    if (chroma && bits.flag()) skipSigned(bits, 4)
  }
}

function skipSigned(bits: BitReader, count: number): void {
  for (let n = 0; n < count; n++) bits.signed()
}

function skipMarking(bits: BitReader, idr: boolean): void {
  if (idr) {
    bits.skip(2)
    return
  }
  if (!bits.flag()) return
  for (let n = 0; n < mostChanges && bits.ok; n++) {
    const operation = bits.atMost(6)
    if (operation === 0) return
    if (operation !== 5) bits.unsigned()
    if (operation === 3) bits.unsigned()
  }
  bits.ok = false
}

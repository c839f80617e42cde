/** What of H.265's parameter sets a slice's quantiser depends on (ITU-T H.265, 7.3.2.2, 7.3.2.3, 7.3.3, 7.3.4, 7.3.7). */
import type { BitReader } from './bits.ts'

/** A short-term reference picture set: distances in picture order, the nearest before first, then those after. */
export type ReferenceSet = readonly { readonly distance: number; readonly used: boolean }[]

/** Of a sequence parameter set: what a slice header's shape depends on. */
export interface Sps265 {
  readonly id: number
  readonly separatePlanes: boolean
  /** Whether SAO and weights for chroma are there: ChromaArrayType is not 0. */
  readonly chroma: boolean
  readonly orderBits: number
  readonly sao: boolean
  readonly shortSets: readonly ReferenceSet[]
  readonly longTerm: boolean
  /** used_by_curr_pic_lt_sps_flag of each long-term candidate. */
  readonly longUsed: readonly boolean[]
  readonly temporalVectors: boolean
}

/** Of a picture parameter set. */
export interface Pps265 {
  readonly id: number
  readonly sps: number
  readonly outputFlag: boolean
  readonly extraBits: number
  readonly cabacInit: boolean
  readonly references: readonly [number, number]
  readonly initialQp: number
  readonly weighted: boolean
  readonly weightedBi: boolean
  readonly listChanges: boolean
}

/** No decoded picture buffer is larger (A.4.2): so many pictures may a set name. */
const mostPictures = 16

/** Reads a sequence parameter set; undefined where it is broken. */
export function readSps265(bits: BitReader): Sps265 | undefined {
  bits.skip(4)
  const layers = bits.bits(3)
  bits.skip(1)
  skipProfile(bits, layers)
  const id = bits.atMost(15)
  const format = bits.atMost(3)
  const separatePlanes = format === 3 && bits.flag()
  const orderBits = readSizes(bits, layers)
  skipCodingBlocks(bits)
  const sao = bits.flag()
  if (bits.flag()) skipPcm(bits)
  const shortSets: ReferenceSet[] = []
  const count = bits.atMost(64)
  for (let n = 0; n < count && bits.ok; n++) shortSets.push(readReferenceSet(bits, shortSets, false))
  const longTerm = bits.flag()
  const longUsed = longTerm ? readLongTerm(bits, orderBits) : []
  const temporalVectors = bits.flag()
  if (!bits.ok) return undefined
  const chroma = format !== 0 && !separatePlanes
  return { id, separatePlanes, chroma, orderBits, sao, shortSets, longTerm, longUsed, temporalVectors }
}

/** profile_tier_level: 88 bits and a level byte, once for all and once for each lower layer that tells its own. */
function skipProfile(bits: BitReader, layers: number): void {
  bits.skip(96)
  let more = 0
  for (let n = 0; n < layers; n++) more += (bits.flag() ? 88 : 0) + (bits.flag() ? 8 : 0)
  if (layers > 0) bits.skip(2 * (8 - layers))
  bits.skip(more)
}

/** Picture size to picture order; returns the bits of a picture order count. */
function readSizes(bits: BitReader, layers: number): number {
  skipNumbers(bits, 2)
  if (bits.flag()) skipNumbers(bits, 4)
  skipNumbers(bits, 2)
  const orderBits = bits.atMost(12) + 4
  const each = bits.flag() ? layers + 1 : 1
  skipNumbers(bits, 3 * each)
  return orderBits
}

function skipCodingBlocks(bits: BitReader): void {
  skipNumbers(bits, 6)
  if (bits.flag() && bits.flag()) skipScalingLists(bits)
  bits.skip(1)
}

function skipPcm(bits: BitReader): void {
  bits.skip(8)
  skipNumbers(bits, 2)
  bits.skip(1)
}

function skipNumbers(bits: BitReader, count: number): void {
  for (let n = 0; n < count; n++) bits.unsigned()
}

/** 7.3.4. */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6 && bits.ok; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.unsigned()
        continue
      }
      if (size > 1) bits.signed()
      for (let n = 0; n < Math.min(64, 16 << (2 * size)); n++) bits.signed()
    }
  }
}

function readLongTerm(bits: BitReader, orderBits: number): boolean[] {
  const used: boolean[] = []
  const count = bits.atMost(32)
  for (let n = 0; n < count; n++) {
    bits.skip(orderBits)
    used.push(bits.flag())
  }
  return used
}

/**
 * Reads the next short-term reference picture set (7.3.7). `before` are the sets of the sequence that are known already;
 * `inSlice`: it stands in a slice header, where it may build on any of them instead of the one before.
 */
export function readReferenceSet(
  bits: BitReader,
  before: readonly ReferenceSet[],
  inSlice: boolean,
): ReferenceSet {
  return before.length > 0 && bits.flag() ? readDerived(bits, before, inSlice) : readPlain(bits)
}

function readPlain(bits: BitReader): ReferenceSet {
  const earlier = bits.atMost(mostPictures)
  const later = bits.atMost(mostPictures)
  const set: { distance: number; used: boolean }[] = []
  let distance = 0
  for (let n = 0; n < earlier + later && bits.ok; n++) {
    if (n === earlier) distance = 0
    distance += (bits.unsigned() + 1) * (n < earlier ? -1 : 1)
    set.push({ distance, used: bits.flag() })
  }
  return set
}

/** The other set shifted, itself included, less what is left out: (7-61) and (7-62) order it by distance. */
function readDerived(bits: BitReader, before: readonly ReferenceSet[], inSlice: boolean): ReferenceSet {
  const back = inSlice ? bits.atMost(before.length - 1) + 1 : 1
  const negative = bits.flag()
  const shift = (bits.unsigned() + 1) * (negative ? -1 : 1)
  const set: { distance: number; used: boolean }[] = []
  for (const { distance } of [...(before[before.length - back] ?? []), { distance: 0 }]) {
    const used = bits.flag()
    const kept = used || bits.flag()
    if (kept && distance + shift !== 0) set.push({ distance: distance + shift, used })
  }
  if (set.length > mostPictures) bits.ok = false
  const side = (distance: number) => (distance < 0 ? 0 : 1)
  return set.sort(
    (a, b) => side(a.distance) - side(b.distance) || Math.abs(a.distance) - Math.abs(b.distance),
  )
}

/** Reads a picture parameter set; undefined where it is broken. */
export function readPps265(bits: BitReader): Pps265 | undefined {
  const id = bits.atMost(63)
  const sps = bits.atMost(15)
  bits.skip(1)
  const outputFlag = bits.flag()
  const extraBits = bits.bits(3)
  bits.skip(1)
  const cabacInit = bits.flag()
  const references = [bits.atMost(14) + 1, bits.atMost(14) + 1] as const
  const initialQp = 26 + bits.signed()
  bits.skip(2)
  if (bits.flag()) bits.unsigned()
  bits.signed()
  bits.signed()
  bits.skip(1)
  const weighted = bits.flag()
  const weightedBi = bits.flag()
  bits.skip(1)
  const tiles = bits.flag()
  bits.skip(1)
  if (tiles) skipTiles(bits)
  bits.skip(1)
  if (bits.flag()) skipDeblocking(bits)
  if (bits.flag()) skipScalingLists(bits)
  const listChanges = bits.flag()
  if (!bits.ok) return undefined
  return {
    id,
    sps,
    outputFlag,
    extraBits,
    cabacInit,
    references,
    initialQp,
    weighted,
    weightedBi,
    listChanges,
  }
}

function skipTiles(bits: BitReader): void {
  const columns = bits.atMost(64)
  const rows = bits.atMost(64)
  if (!bits.flag()) skipNumbers(bits, columns + rows)
  bits.skip(1)
}

function skipDeblocking(bits: BitReader): void {
  bits.skip(1)
  if (bits.flag()) return
  bits.signed()
  bits.signed()
}

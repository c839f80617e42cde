/**
 * Things that were left in a view, or taken from it: regions that differ from what the view has long looked like, hold still, and are
 * nothing that is followed.
 *
 * Two backgrounds of different patience tell them from what moves (F. Porikli, Y. Ivanov, T. Haga, "Robust Abandoned Object Detection
 * Using Dual Foregrounds", EURASIP Journal on Advances in Signal Processing, 2008): the patient one is a `Background` that takes over
 * nothing by itself, the other one is what each cell has looked like for some seconds.
 */
import type { Change, Detection } from '../domain/detection.ts'
import { area, type Box, iou, overlap } from '../domain/geometry.ts'
import type { Luma } from '../domain/luma.ts'
import type { Rule } from '../domain/rule.ts'
import type { Track } from '../domain/track.ts'
import { Background, cellSide } from './background.ts'
import { type Blob, BlobFinder } from './blobs.ts'
import { Covers } from './covers.ts'
import { cameOrWent } from './silhouette.ts'
import { mostHeldMs, StaticCells } from './static-cells.ts'

/** The view is looked at this often: what holds still is in no hurry. */
const everyMs = 900
/** A gap in the pictures says no more than this about what held still in it. */
const longestStepMs = 5_000
/** A region that has held still for so long deserves a look by the models, and one for so long is told if they know nothing of it, ms. */
const doubtfulMs = 1_500
const toldMs = 5_000
/** So much of a region has to be so. */
const mostOf = 0.6
/** Fewer cells are noise, more of the view than this is light; less of its box than this is no thing but scattered weather. */
const leastCells = 3
const mostShare = 0.15
const leastFill = 0.35
/** What is thinner than this in cells is an edge that trembled: a rope, a kerb. */
const leastThickness = 1.5
/** It came or went for sure beyond this, of 1, and after so many looks. */
const sure = 0.15
const sureLooks = 3
/** More regions at once, or more of the view changed, are another view or light: after so long it is learned anew. */
const mostRegions = 12
const strangeShare = 0.5
const strangeMs = 10_000
/** What is still there after this long belongs to the view, ms. */
const belongsAfterMs = 4 * 3_600_000
/** A region that covers so much of a known thing, or is so much like it, is that thing; after so many looks its place is known. */
const sameThing = { covered: 0.6, alike: 0.3 }
const placedLooks = 8

interface Thing {
  readonly box: Box
  /** Mean of what its border said, and of how many looks. */
  readonly turn: number
  readonly looks: number
  readonly heldMs: number
}

/** Are things that were left or taken of interest to any of the rules? */
export function wantsObjects(rules: readonly Rule[]): boolean {
  return rules.some(({ labels }) => labels.includes('object'))
}

/** What is seen in the view beside what models see. */
export interface StaticView {
  readonly things: readonly Detection[]
  /** May it be said of a thing that it is there no longer? */
  readonly isSure: boolean
}

export class StaticObjects {
  readonly #covers = new Covers()
  #background: Background | undefined
  #cells = new StaticCells(0, 0)
  #blobs = new BlobFinder(0, 0)
  #held = new Uint8Array(0)
  #timeMs = Number.NaN
  #strangeForMs = 0
  #things: readonly Thing[] = []
  #told: readonly Detection[] = []
  #doubtful: readonly Box[] = []
  #isSure = false

  /** As of the newest picture that was looked at. */
  get view(): StaticView {
    return { things: this.#told, isSure: this.#isSure }
  }

  /** Regions that nobody has told of yet: a model should look there, and soon. */
  get doubtful(): readonly Box[] {
    return this.#doubtful
  }

  /** Another view: the next picture is the first one. */
  forget(): void {
    this.#background = undefined
    this.#tell([], [])
  }

  /** The stream's time jumped. */
  jump(): void {
    this.#timeMs = Number.NaN
  }

  /** What is followed covers what it stands before. */
  follow(tracks: readonly Track[]): void {
    this.#covers.follow(tracks.filter(({ label }) => label !== 'object'))
  }

  /** Looks at a picture, if it is time. */
  see(luma: Luma, timeMs: number): void {
    const background = this.#background
    if (!background?.fits(luma)) {
      this.#begin(luma, timeMs)
      return
    }
    const jumped = Number.isNaN(this.#timeMs)
    const elapsedMs = jumped ? 0 : timeMs - this.#timeMs
    if (!jumped && elapsedMs < everyMs) return
    this.#timeMs = timeMs
    this.#examine(luma, background, elapsedMs)
  }

  #examine(luma: Luma, background: Background, elapsedMs: number): void {
    const share = background.take(luma.pixels, elapsedMs) / background.changed.length
    const stepMs = Math.min(longestStepMs, elapsedMs)
    let regions: readonly Blob[] = []
    if (share <= strangeShare) {
      this.#cells.step(luma, background, this.#covers, stepMs)
      regions = this.#regions(toldMs, mostHeldMs)
    }
    this.#isSure = share <= strangeShare && regions.length <= mostRegions
    if (this.#isSure) {
      this.#strangeForMs = 0
      this.#judge(luma, background, regions, stepMs)
    } else this.#wonder(luma, background, stepMs)
  }

  #begin(luma: Luma, timeMs: number): void {
    const background = new Background(luma, Number.POSITIVE_INFINITY)
    const { columns, rows } = background
    this.#background = background
    this.#cells = new StaticCells(columns, rows)
    this.#blobs = new BlobFinder(columns, rows)
    this.#held = new Uint8Array(columns * rows)
    this.#timeMs = timeMs
    this.#strangeForMs = 0
    this.#tell([], [])
  }

  /** Nobody knows what this is: nothing is said until it is over, or has become usual. */
  #wonder(luma: Luma, background: Background, elapsedMs: number): void {
    this.#strangeForMs += elapsedMs
    if (this.#strangeForMs < strangeMs) return
    this.#strangeForMs = 0
    background.adopt(luma.pixels)
    this.#cells.forget()
    this.#tell([], [])
  }

  /** Of cells that have held still for so long. */
  #regions(leastMs: number, mostMs: number): Blob[] {
    const { heldMs } = this.#cells
    for (let cell = 0; cell < heldMs.length; cell++)
      this.#held[cell] = heldMs[cell] >= leastMs && heldMs[cell] <= mostMs ? 1 : 0
    return this.#blobs.find(this.#held).filter(({ cells }) => cells >= leastCells)
  }

  #judge(luma: Luma, background: Background, regions: readonly Blob[], elapsedMs: number): void {
    const things = regions.flatMap((region) => this.#thing(luma, background, region, elapsedMs) ?? [])
    const doubtful = this.#regions(doubtfulMs, toldMs - 1).slice(0, mostRegions)
    this.#tell(
      things,
      doubtful.map((region) => boxOf(region, luma)),
    )
  }

  /** Undefined where it is none, or where it has become a part of the view. */
  #thing(luma: Luma, background: Background, region: Blob, elapsedMs: number): Thing | undefined {
    const seenBox = boxOf(region, luma)
    const known = this.#things.find((one) => isSame(one.box, seenBox))
    // Who stops beside a thing makes one region with it; the thing lies where it lay.
    const box = known && known.looks >= placedLooks ? known.box : seenBox
    const { turn: before, looks, heldMs } = known ?? { turn: 0, looks: 0, heldMs: 0 }
    const isThing = isCompact(region, background.changed.length)
    const seen = isThing ? cameOrWent(luma, background, this.#held, region) : 0
    const turn = before + (seen - before) / (looks + 1)
    const thing = { box, turn, looks: Math.min(looks + 1, 20), heldMs: heldMs + elapsedMs }
    const isTheirs = turn < 0 && (this.#isRooted(region) || this.#covers.beganAt(box))
    const isNone = Math.abs(turn) < sure && this.#isOld(region)
    if (!isTheirs && !isNone && thing.heldMs < belongsAfterMs) return thing
    this.#each(region, (cell) => this.#cells.absorb(background, luma.pixels, cell))
    return undefined
  }

  #tell(things: readonly Thing[], doubtful: readonly Box[]): void {
    this.#things = things
    this.#doubtful = doubtful
    this.#told = things
      .filter(({ turn, looks }) => Math.abs(turn) >= sure && looks >= sureLooks)
      .map(({ box, turn }) => {
        const change: Change = turn > 0 ? 'came' : 'went'
        return { label: 'object', confidence: 0.5 + Math.abs(turn) / 2, box, change }
      })
  }

  #isOld(region: Blob): boolean {
    return this.#count(region, (cell) => this.#cells.heldMs[cell] >= mostHeldMs) >= mostOf * region.cells
  }

  #isRooted(region: Blob): boolean {
    return this.#count(region, (cell) => this.#cells.isRooted(cell)) >= region.cells / 2
  }

  #count(region: Blob, is: (cell: number) => boolean): number {
    let count = 0
    this.#each(region, (cell) => {
      if (is(cell)) count++
    })
    return count
  }

  #each({ left, top, right, bottom }: Blob, act: (cell: number) => void): void {
    const columns = this.#background?.columns ?? 0
    for (let row = top; row < bottom; row++) {
      for (let cell = row * columns + left; cell < row * columns + right; cell++) {
        if (this.#held[cell] > 0) act(cell)
      }
    }
  }
}

function isSame(known: Box, seen: Box): boolean {
  return overlap(known, seen) >= sameThing.covered * area(known) || iou(known, seen) >= sameThing.alike
}

function isCompact({ left, top, right, bottom, cells }: Blob, all: number): boolean {
  const [width, height] = [right - left, bottom - top]
  if (cells < leastThickness * Math.max(width, height)) return false
  return cells <= mostShare * all && cells >= leastFill * width * height
}

function boxOf({ left, top, right, bottom }: Blob, { width, height }: Luma): Box {
  return {
    x1: (left * cellSide) / width,
    y1: (top * cellSide) / height,
    x2: Math.min(1, (right * cellSide) / width),
    y2: Math.min(1, (bottom * cellSide) / height),
  }
}

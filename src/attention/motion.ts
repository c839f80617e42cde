/** Finds what moves in the small grey pictures of one camera, however seldom or often they come. */
import type { Box } from '../domain/geometry.ts'
import type { Luma } from '../domain/luma.ts'
import { Background, cellSide } from './background.ts'
import { type Blob, BlobFinder } from './blobs.ts'
import { Restless } from './restless.ts'

/** `new`: nothing to compare with, or almost all changed at once (a lamp, a turned camera): what is there now was learned as background. */
export interface Movement {
  readonly kind: 'still' | 'moving' | 'new'
  /** Around what moves, 0..1 of the picture; empty unless `moving`. */
  readonly boxes: readonly Box[]
  /** Does anything still move, or does all that differs from the view already stay as it is? */
  readonly stirs: boolean
  /** Share of the picture's cells that moved, 0..1. */
  readonly share: number
}

/** More of the picture than this does not move at once: the light or the view changed. */
const sceneShare = 0.5
/** A blob of fewer pixels than this is nothing: a person of 24 pixels in a picture 1280 wide has about ten. */
const leastPixels = 5
/** A blob of no more cells than this is a speck: a far person or a drop of rain. */
const speckCells = 3
/** From this many specks per picture on that do not last it rains: a speck counts only when it lasts. */
const rainSpecks = 0.5
/** From this many on it pours: specks do not count, and blobs up to the second number of cells only when they last. */
const downpour = { specks: 4, cells: 8 }
/** Time constant of the weather. */
const weatherMs = 20_000
/** A gap in the pictures says no more than this about the weather in it. */
const longestStepMs = 2_000

/** One camera's memory of what is still and what moves. */
export class Motion {
  #background: Background | undefined
  #restless = new Restless(0, 0)
  #blobs = new BlobFinder(0, 0)
  #moved = new Uint8Array(0)
  #timeMs = Number.NEGATIVE_INFINITY
  /** Specks per picture that did not last. */
  #specks = 0

  /**
   * Compares one picture with what is known and learns from it. Pictures older than the newest one seen are compared
   * and not learned.
   *
   * @param timeMs stream time; may go back and leave gaps
   */
  see(luma: Luma, timeMs: number): Movement {
    const background = this.#background
    if (!background?.fits(luma)) return this.#begin(luma, timeMs)
    const first = this.#timeMs === Number.NEGATIVE_INFINITY
    const elapsed = first ? 0 : Math.max(0, timeMs - this.#timeMs)
    this.#timeMs = Math.max(this.#timeMs, timeMs)
    const share = background.take(luma.pixels, elapsed) / background.changed.length
    if (share > sceneShare) return this.#relearn(background, luma.pixels, share)
    const boxes = share > 0 ? this.#boxes(background, luma, elapsed) : this.#none(elapsed)
    if (elapsed > 0) this.#restless.learn(background.changed, background.strength, elapsed)
    const stirs = boxes.length > 0 && background.stirring > 0
    return { kind: boxes.length > 0 ? 'moving' : 'still', boxes, stirs, share }
  }

  /** The stream's time jumped: what is known of the view stays, and the next picture's time is taken as it is. */
  jump(): void {
    this.#timeMs = Number.NEGATIVE_INFINITY
  }

  /** Something that is followed moves there: what moves in the box is worth a look, also where it was thought restless. */
  absolve(box: Box): void {
    this.#restless.absolve(box)
  }

  #begin(luma: Luma, timeMs: number): Movement {
    const background = new Background(luma)
    const { columns, rows } = background
    this.#background = background
    this.#restless = new Restless(columns, rows)
    this.#blobs = new BlobFinder(columns, rows)
    this.#moved = new Uint8Array(columns * rows)
    this.#timeMs = timeMs
    return { kind: 'new', boxes: [], stirs: true, share: 1 }
  }

  #relearn(background: Background, pixels: Uint8Array, share: number): Movement {
    background.adopt(pixels)
    this.#blobs.forget()
    return { kind: 'new', boxes: [], stirs: true, share }
  }

  #none(elapsedMs: number): Box[] {
    this.#blobs.forget()
    this.#weather(0, elapsedMs)
    return []
  }

  #boxes({ changed, strength, columns, rows }: Background, luma: Luma, elapsedMs: number): Box[] {
    for (let cell = 0; cell < changed.length; cell++) {
      this.#moved[cell] =
        changed[cell] > 0 && this.#restless.ignores(cell, strength[cell]) ? 0 : changed[cell]
    }
    const blobs = this.#blobs.find(this.#moved).filter(({ pixels }) => pixels >= leastPixels)
    const specks = this.#specks
    this.#weather(blobs.filter(({ cells, lasting }) => cells <= speckCells && !lasting).length, elapsedMs)
    const counting = blobs.filter((blob) => counts(blob, specks))
    const toX = (column: number) => Math.min(1, (column * cellSide) / luma.width)
    const toY = (row: number) => Math.min(1, (row * cellSide) / luma.height)
    return counting.map(({ left, top, right, bottom }) => ({
      x1: toX(left),
      y1: toY(top),
      x2: toX(Math.min(right, columns)),
      y2: toY(Math.min(bottom, rows)),
    }))
  }

  #weather(specks: number, elapsedMs: number): void {
    const gain = 1 - Math.exp(-Math.min(longestStepMs, elapsedMs) / weatherMs)
    this.#specks += (specks - this.#specks) * gain
  }
}

/** Is the blob more than weather, where so many specks come and go per picture? */
function counts({ cells, lasting }: Blob, specks: number): boolean {
  if (specks < rainSpecks) return true
  if (specks < downpour.specks) return cells > speckCells || lasting
  return cells > (lasting ? speckCells : downpour.cells)
}

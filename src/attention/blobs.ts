/** Joins cells that moved to blobs: what lies within two cells of each other is one thing. */

/** Bounds in cells, `right` and `bottom` exclusive. */
export interface Blob {
  left: number
  top: number
  right: number
  bottom: number
  cells: number
  /** Pixels that moved in them. */
  pixels: number
  /** Did anything move near it in the picture before? */
  lasting: boolean
}

const reach = 2
/** More than this many blobs are no things but weather: the last one takes all that is left. */
const mostBlobs = 64

/** For one camera: the memory of its search is reused. */
export class BlobFinder {
  readonly #columns: number
  readonly #rows: number
  readonly #waiting: Int32Array
  readonly #left: Uint8Array
  /** Cells that moved in the picture before, and those near them. */
  #before: Uint8Array
  #now: Uint8Array

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
    this.#waiting = new Int32Array(columns * rows)
    this.#left = new Uint8Array(columns * rows)
    this.#before = new Uint8Array(columns * rows)
    this.#now = new Uint8Array(columns * rows)
  }

  /** Forgets the picture before. */
  forget(): void {
    this.#before.fill(0)
  }

  /**
   * The blobs, in reading order.
   *
   * @param moved pixels that moved, per cell
   */
  find(moved: Uint8Array): Blob[] {
    this.#left.set(moved)
    this.#now.fill(0)
    const blobs: Blob[] = []
    for (let cell = 0; cell < moved.length; cell++) {
      if (this.#left[cell] === 0) continue
      const last = blobs.length === mostBlobs ? blobs[mostBlobs - 1] : undefined
      const blob = last ?? {
        left: this.#columns,
        top: this.#rows,
        right: 0,
        bottom: 0,
        cells: 0,
        pixels: 0,
        lasting: false,
      }
      this.#grow(blob, cell)
      if (!last) blobs.push(blob)
    }
    ;[this.#before, this.#now] = [this.#now, this.#before]
    return blobs
  }

  /** Takes everything that is connected with the cell. */
  #grow(blob: Blob, first: number): void {
    const [columns, rows] = [this.#columns, this.#rows]
    blob.pixels += this.#left[first]
    this.#left[first] = 0
    this.#waiting[0] = first
    let waiting = 1
    while (waiting > 0) {
      const cell = this.#waiting[--waiting]
      const column = cell % columns
      const row = (cell - column) / columns
      blob.left = Math.min(blob.left, column)
      blob.top = Math.min(blob.top, row)
      blob.right = Math.max(blob.right, column + 1)
      blob.bottom = Math.max(blob.bottom, row + 1)
      blob.cells++
      if (this.#before[cell]) blob.lasting = true
      for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++) {
        for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++) {
          const near = y * columns + x
          this.#now[near] = 1
          if (this.#left[near] === 0) continue
          blob.pixels += this.#left[near]
          this.#left[near] = 0
          this.#waiting[waiting++] = near
        }
      }
    }
  }
}

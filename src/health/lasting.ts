/** What was seen once is no fault: it is one once most pictures of a while show it, and over once hardly one does. */

/** Fewer pictures prove nothing, however long the time between them. */
const leastPictures = 4
/** With so many of the pictures it begins, and with so few it is over, after this long, ms. */
const begins = 0.65
const ends = 0.15
const overAfterMs = 8_000

interface Note {
  readonly there: boolean
  readonly timeMs: number
}

export class Lasting {
  readonly #afterMs: number
  #notes: Note[] = []
  #lasts = false

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  get lasts(): boolean {
    return this.#lasts
  }

  /** The stream's time jumped. */
  jump(): void {
    this.#notes = []
  }

  /** One picture more. */
  note(there: boolean, timeMs: number): void {
    const notes = this.#notes
    const spanMs = this.#lasts ? overAfterMs : this.#afterMs
    notes.push({ there, timeMs })
    while (notes.length > leastPictures && timeMs - notes[1].timeMs >= spanMs) notes.shift()
    if (notes.length < leastPictures || timeMs - notes[0].timeMs < spanMs) return
    const share = notes.filter((one) => one.there).length / notes.length
    if (this.#lasts ? share > ends : share < begins) return
    this.#lasts = !this.#lasts
    this.#notes = []
  }
}

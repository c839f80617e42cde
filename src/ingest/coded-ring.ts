/** The last coded pictures of one camera, so that a gate which opens can look back: bounded in bytes, seconds and number. */
import type { CodedPicture } from '../domain/coded-picture.ts'
import { CodedMemory, type Kept } from './coded-memory.ts'

/** A coded picture in the ring. */
export interface Entry {
  /** Counts the pictures of this stream. */
  readonly number: number
  /** Its bytes are the ring's: valid until the entry is dropped. */
  readonly picture: CodedPicture
  /** When it was taken, epoch ms on the box's clock. */
  readonly frameTime: number
}

type Held = Entry & { readonly kept: Kept }

export interface RingLimits {
  readonly bytes: number
  readonly seconds: number
  /** A camera may send any number of pictures that weigh nothing. */
  readonly pictures: number
}

/** Two groups of pictures of a 4 Mb/s camera with a key picture each 5 s, or of a slow one each 10 s. */
const defaultLimits: RingLimits = { bytes: 6 * 1_024 * 1_024, seconds: 30, pictures: 4_096 }

export class CodedRing {
  readonly #limits: RingLimits
  readonly #memory: CodedMemory
  #entries: Held[] = []
  /** Index of the first entry still held: removing from the front of an array moves all the others. */
  #head = 0
  #bytes = 0
  #next = 0
  #overflows = 0

  /** @param isIdle nobody reads any more what was dropped: its memory may be used again */
  constructor(limits: RingLimits = defaultLimits, isIdle?: () => boolean) {
    this.#limits = limits
    this.#memory = new CodedMemory(isIdle)
  }

  /** Bytes of coded pictures held. */
  get bytes(): number {
    return this.#bytes
  }

  /** How often pictures had to go before anybody was done with them. */
  get overflows(): number {
    return this.#overflows
  }

  get newest(): Entry | undefined {
    return this.#entries.at(-1)
  }

  /**
   * Copies the picture. Beyond the limits the oldest groups of pictures go. What lacks its key picture is of no use, but for the
   * newest, where a decoder has had all before it.
   */
  add(picture: CodedPicture, frameTime: number): Entry {
    const kept = this.#memory.keep(picture.bytes)
    const entry = { number: this.#next++, picture: { ...picture, bytes: kept.bytes }, frameTime, kept }
    this.#entries.push(entry)
    this.#bytes += picture.bytes.length
    while (this.#isTooMuch(entry)) {
      this.#overflows++
      this.#dropTo(this.#findKey(this.#head + 1) ?? Math.max(this.#head + 1, this.#entries.length - 1))
    }
    return entry
  }

  /** The entry of that number; undefined where it is gone. */
  at(number: number): Entry | undefined {
    const index = this.#indexOf(number)
    return index < this.#head ? undefined : this.#entries[index]
  }

  /** The newest key picture that is not after that number; undefined where none is left. */
  keyBefore(number: number): Entry | undefined {
    for (let i = Math.min(this.#indexOf(number), this.#entries.length - 1); i >= this.#head; i--) {
      if (this.#entries[i].picture.key) return this.#entries[i]
    }
    return undefined
  }

  /** The oldest key picture. */
  oldestKey(): Entry | undefined {
    const index = this.#findKey(this.#head)
    return index === undefined ? undefined : this.#entries[index]
  }

  /** Entries from one number to another, both included, as far as they are held. */
  *between(first: number, last: number): Generator<Entry> {
    const end = Math.min(this.#indexOf(last), this.#entries.length - 1)
    for (let i = Math.max(this.#head, this.#indexOf(first)); i <= end; i++) yield this.#entries[i]
  }

  /** Nobody will look back further than to the key picture of that number. */
  forgetBefore(number: number): void {
    const key = this.keyBefore(number)
    if (key) this.#dropTo(this.#indexOf(key.number))
  }

  /** The stream jumped: nothing from before belongs to what comes. */
  clear(): void {
    this.#dropTo(this.#entries.length)
  }

  #isTooMuch(newest: Entry): boolean {
    const oldest = this.#entries[this.#head]
    if (!oldest) return false
    const spanMs = newest.picture.timeMs - oldest.picture.timeMs
    const { bytes, seconds, pictures } = this.#limits
    return this.#bytes > bytes || spanMs > seconds * 1_000 || this.#entries.length - this.#head > pictures
  }

  /** Numbers are consecutive, so the place is known without searching. */
  #indexOf(number: number): number {
    return this.#entries.length - (this.#next - number)
  }

  #findKey(from: number): number | undefined {
    for (let i = from; i < this.#entries.length; i++) if (this.#entries[i].picture.key) return i
    return undefined
  }

  #dropTo(index: number): void {
    for (let i = this.#head; i < index; i++) {
      const { picture, kept } = this.#entries[i]
      this.#bytes -= picture.bytes.length
      this.#memory.give(kept)
    }
    this.#head = index
    if (this.#head < 64 && this.#head < this.#entries.length) return
    this.#entries = this.#entries.slice(this.#head)
    this.#head = 0
  }
}

/** Memory of one camera's coded pictures: slabs, filled one after the other and used again, so that no picture is garbage. */

/** A place in a slab. */
export interface Kept {
  readonly bytes: Uint8Array
  readonly slab: Slab
}

interface Slab {
  readonly bytes: Uint8Array
  filled: number
  /** Pictures in it that somebody may still want. */
  kept: number
}

const firstSlabBytes = 64 * 1_024
/** A slab has room for so many of the largest pictures: what is left empty at its end is a small part of it. */
const largestPerSlab = 2
/** Slabs that wait to be used again; a ring that shrinks gives the others back to the system. */
const mostSpare = 2

/**
 * Pictures are taken and given back in about the same order, so a slab empties as a whole. Where somebody else may still read what was
 * given back (a write that is on its way), `isIdle` says so, and new memory is taken meanwhile.
 */
export class CodedMemory {
  readonly #isIdle: () => boolean
  readonly #spare: Slab[] = []
  #current: Slab | undefined
  #slabBytes = firstSlabBytes
  #bytes = 0

  /** @param isIdle nobody reads any more what was given back */
  constructor(isIdle: () => boolean = () => true) {
    this.#isIdle = isIdle
  }

  /** Of all slabs, in use and spare. */
  get bytes(): number {
    return this.#bytes
  }

  /** A copy. */
  keep(picture: Uint8Array): Kept {
    const slab = this.#roomFor(picture.length)
    const from = slab.filled
    slab.filled += picture.length
    slab.kept++
    slab.bytes.set(picture, from)
    return { bytes: slab.bytes.subarray(from, slab.filled), slab }
  }

  /** The copy is not wanted any more. Once. */
  give({ slab }: Kept): void {
    slab.kept--
    if (slab.kept === 0 && slab !== this.#current) this.#retire(slab)
  }

  #roomFor(bytes: number): Slab {
    const current = this.#current
    if (current && current.filled + bytes <= current.bytes.length) return current
    this.#current = undefined
    if (current?.kept === 0) this.#retire(current)
    if (this.#slabBytes < largestPerSlab * bytes) this.#grow(largestPerSlab * bytes)
    this.#current = this.#again() ?? this.#make()
    return this.#current
  }

  #grow(bytes: number): void {
    while (this.#slabBytes < bytes) this.#slabBytes *= 2
    for (const slab of this.#spare.splice(0)) this.#bytes -= slab.bytes.length
  }

  #again(): Slab | undefined {
    if (!this.#isIdle()) return undefined
    const slab = this.#spare.pop()
    if (slab) slab.filled = 0
    return slab
  }

  #make(): Slab {
    this.#bytes += this.#slabBytes
    return { bytes: new Uint8Array(this.#slabBytes), filled: 0, kept: 0 }
  }

  /** Those that are too small by now go for good. */
  #retire(slab: Slab): void {
    if (slab.bytes.length === this.#slabBytes && this.#spare.length < mostSpare) this.#spare.push(slab)
    else this.#bytes -= slab.bytes.length
  }
}

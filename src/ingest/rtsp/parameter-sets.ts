/** The newest parameter sets of a stream: every key picture carries them, so that decoding can begin with any. */

const kinds = ['vps', 'sps', 'pps'] as const

export type SetKind = (typeof kinds)[number]

/** Real ones have some ten to some hundred bytes. */
const maxSetBytes = 4_096
const maxSetsOfKind = 16

/**
 * Sets of a kind that come with one picture take the place of those known of that kind: a camera that changes its
 * settings sends new ones, and those of before may have other numbers.
 */
export class ParameterSets {
  readonly #known: Record<SetKind, Buffer[]> = { vps: [], sps: [], pps: [] }
  /** Kinds that came with the present picture. */
  readonly #fresh = new Set<SetKind>()

  /** Some came with the present picture. */
  get fresh(): boolean {
    return this.#fresh.size > 0
  }

  /** The next picture begins. */
  nextPicture(): void {
    if (this.#fresh.size > 0) this.#fresh.clear()
  }

  /** Copies the set; one that is too long or too many is left out. */
  take(kind: SetKind, nal: Uint8Array): void {
    const sets = this.#known[kind]
    if (!this.#fresh.has(kind)) sets.length = 0
    this.#fresh.add(kind)
    if (nal.length <= maxSetBytes && sets.length < maxSetsOfKind) sets.push(Buffer.from(nal))
  }

  /** All of them in the order of decoding. */
  *all(): Generator<Buffer> {
    for (const kind of kinds) yield* this.#known[kind]
  }
}

/** What the looks at one thing say of it together, beside where it is. */
import type { Colour, Detection, ThingType } from '../domain/detection.ts'
import type { Track } from '../domain/track.ts'

/** Whoever follows the leader must be so many times ahead to take its place: what is as likely one as the other must not flicker. */
const clearly = 1.25
/** Share of all votes that the leader must have: of two it always has, of three that are as likely none has. */
const leaderShare = 0.4
/** Weight of all votes below which nothing is said: that of a few looks. */
const least = 1

/** Of each look: what light does to paint is sure of none. */
const colourWeight = 0.4

export class Traits {
  readonly #types = new Votes<ThingType>()
  readonly #colours = new Votes<Colour>()
  #faceSeen: boolean | undefined

  note({ type, colour, faceSeen, confidence }: Detection): void {
    if (faceSeen !== undefined) this.#faceSeen = this.#faceSeen || faceSeen
    if (type) this.#types.add(type, confidence)
    if (colour) this.#colours.add(colour, colourWeight)
  }

  told(): Pick<Track, 'type' | 'colour' | 'faceSeen'> {
    const type = this.#types.choice
    const colour = this.#colours.choice
    const faceSeen = this.#faceSeen
    return {
      ...(type && { type }),
      ...(colour && { colour }),
      ...(faceSeen === undefined ? {} : { faceSeen }),
    }
  }
}

class Votes<Choice> {
  readonly #weights = new Map<Choice, number>()
  #leader: Choice | undefined
  #sum = 0

  /** `weight`: 0..1, how sure the look was. */
  add(choice: Choice, weight: number): void {
    const own = (this.#weights.get(choice) ?? 0) + weight
    this.#weights.set(choice, own)
    this.#sum += weight
    if (this.#leader === undefined || own > clearly * this.#weights.get(this.#leader)!) this.#leader = choice
  }

  /** Undefined while there are too few votes, or too small a share of them for the leader. */
  get choice(): Choice | undefined {
    if (this.#leader === undefined || this.#sum < least) return undefined
    return this.#weights.get(this.#leader)! >= leaderShare * this.#sum ? this.#leader : undefined
  }
}

/** The way of one thing on the ground: how far in metres, and how fast while it moves. */
import type { Ground } from '../domain/ground.ts'
import { paceOf } from '../domain/movement.ts'
import type { GroundMovement } from '../domain/structure.ts'
import type { Track } from '../domain/track.ts'

/** Places are means over so long, ms: a box that trembles would else run to and fro all day. */
const strideMs = 1_000
/** What took longer between two looks was not watched, ms. */
const longestStepMs = 10_000
/** Strides of which the middle speed counts: half a box hidden for a stride moves its foot by metres. */
const middleOf = 3
/** Nearer to the edge of the picture than this a box is cut off, and nobody sees where it stands. */
const edge = 0.003

/** Where it was on the mean of some looks. */
interface Place {
  readonly x: number
  readonly y: number
  readonly time: number
  readonly height: number
}

export class GroundWay {
  readonly #ground: Ground
  #from: Place | undefined
  #looks: Place[] = []
  #stands = false
  #speeds: number[] = []
  #metres = 0
  #movedMs = 0
  #topSpeed = 0
  #isKnown = false

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Where it is seen at `time` (epoch ms, growing). */
  add({ anchor: { x, y }, box, standingSince }: Track, time: number): void {
    const last = this.#looks.at(-1) ?? this.#from
    if (last && time <= last.time) return
    const isCut = box.x1 < edge || box.x2 > 1 - edge || box.y2 > 1 - edge
    if (isCut || (last && time - last.time > longestStepMs)) this.#break()
    if (isCut) return
    const look = { x, y, time, height: box.y2 - box.y1 }
    this.#stands = standingSince !== undefined
    if (!this.#from) {
      this.#from = look
      return
    }
    if (this.#looks.length > 0 && time - this.#looks[0].time >= strideMs) this.#stride()
    this.#looks.push(look)
  }

  /** All of it; undefined where it was never seen moving or standing on ground that is known. */
  end(): GroundMovement | undefined {
    this.#break()
    if (!this.#isKnown) return undefined
    if (this.#movedMs === 0) return { metres: 0 }
    const speed = this.#metres / (this.#movedMs / 1_000)
    return { metres: this.#metres, speed, topSpeed: Math.max(speed, this.#topSpeed) }
  }

  #break(): void {
    if (this.#looks.length > 0) this.#stride()
    this.#from = undefined
    this.#speeds = []
  }

  /** From the place before to the mean of the looks since. */
  #stride(): void {
    const to = meanOf(this.#looks)
    const from = this.#from
    this.#from = to
    this.#looks = []
    const [start, end] = [from && this.#ground.at(from), this.#ground.at(to)]
    if (!from || !start || !end) {
      this.#speeds = []
      return
    }
    this.#isKnown = true
    const ms = to.time - from.time
    const heights = Math.hypot(to.x - from.x, to.y - from.y) / Math.max(to.height, 0.001)
    if (this.#stands || paceOf(heights / (ms / 1_000)) === 'standing') this.#speeds = []
    else this.#move(Math.hypot(end.x - start.x, end.y - start.y), ms)
  }

  #move(metres: number, ms: number): void {
    this.#speeds = [...this.#speeds, metres / (ms / 1_000)].slice(-middleOf)
    const middle = this.#speeds.toSorted((a, b) => a - b)[Math.floor((this.#speeds.length - 1) / 2)]
    this.#metres += middle * (ms / 1_000)
    this.#movedMs += ms
    // One stride alone may be a jump of its box.
    if (this.#speeds.length > 1) this.#topSpeed = Math.max(this.#topSpeed, middle)
  }
}

function meanOf(looks: readonly Place[]): Place {
  const mean = (pick: (look: Place) => number) =>
    looks.reduce((sum, look) => sum + pick(look), 0) / looks.length
  return {
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    time: mean(({ time }) => time),
    height: mean(({ height }) => height),
  }
}

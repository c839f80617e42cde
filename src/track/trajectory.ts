/** One thing that the tracker follows: where it is believed to be, and how well it is believed. */
import type { Change, Detection, Label } from '../domain/detection.ts'
import { type Box, centre, clip, foot, type Point } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import { MovingValue, WanderingValue } from './kalman.ts'
import { Traits } from './traits.ts'

/** All in sizes of the thing itself (square root of its area), so that near and far behave alike. */
const noise = { centre: 0.07, extent: 0.1 }
const drift = { centre: 0.35, extent: 0.15 }
const startSpeed = 1.5
const creep = { drift: 0.1, most: 0.5 }
/** Who stays within this many sizes of a point for this long (ms) stands: velocities of still things tremble too much to tell. */
const rest = { within: 0.35, afterMs: 3_000 }
/** What of an old confidence remains at each detection. */
const confidenceMemory = 0.9

/** A place where it was measured, and since when it has not left it. */
interface Rest extends Point {
  readonly since: number
}

export class Trajectory {
  /** 0 until it is believed. */
  id = 0
  readonly label: Label
  readonly change: Change | undefined
  readonly firstSeen: number
  lastSeen: number
  seen = true
  /** Is it believed since this frame? */
  isNew = false
  confidence: number
  hits = 1
  /** Time it was missed where the models looked, since the last detection, ms. */
  missedMs = 0
  readonly #aspect: number
  readonly #cameFrom: Point
  #rest: Rest
  readonly #x: MovingValue
  readonly #y: MovingValue
  readonly #width: WanderingValue
  readonly #height: WanderingValue
  readonly #traits = new Traits()

  constructor(detection: Detection, time: number, aspect: number) {
    const { x1, y1, x2, y2 } = detection.box
    this.label = detection.label
    this.change = detection.change
    this.confidence = detection.confidence
    this.firstSeen = time
    this.lastSeen = time
    this.#aspect = aspect
    this.#cameFrom = foot(clip(detection.box))
    const size = Math.sqrt((x2 - x1) * (y2 - y1) * aspect)
    const sizeX = size / aspect
    this.#x = new MovingValue((x1 + x2) / 2, noise.centre * sizeX, startSpeed * sizeX)
    this.#y = new MovingValue((y1 + y2) / 2, noise.centre * size, startSpeed * size)
    this.#width = new WanderingValue(x2 - x1, noise.extent * sizeX)
    this.#height = new WanderingValue(y2 - y1, noise.extent * size)
    this.#rest = { x: this.#x.value, y: this.#y.value, since: time }
    this.#traits.note(detection)
  }

  /** Square root of its area, in picture heights. */
  get size(): number {
    return Math.sqrt(this.#width.value * this.#height.value * this.#aspect)
  }

  /** How uncertain its centre is, in its own sizes. */
  get uncertainty(): number {
    return Math.max(this.#x.deviation * this.#aspect, this.#y.deviation) / this.size
  }

  /** Was it in one place for the last seconds that it was seen? */
  get standing(): boolean {
    return this.lastSeen - this.#rest.since >= rest.afterMs
  }

  /** Has it left the place where it was first seen? */
  get hasMoved(): boolean {
    return this.#rest.since > this.firstSeen
  }

  /** Where it is believed to be; may reach out of the picture. */
  get box(): Box {
    const halfWidth = this.#width.value / 2
    const halfHeight = this.#height.value / 2
    return {
      x1: this.#x.value - halfWidth,
      y1: this.#y.value - halfHeight,
      x2: this.#x.value + halfWidth,
      y2: this.#y.value + halfHeight,
    }
  }

  /** Where it would be `seconds` on if it kept its way. */
  ahead(seconds: number): Box {
    const box = this.box
    const dx = this.#x.velocity * seconds
    const dy = this.#y.velocity * seconds
    return { x1: box.x1 + dx, y1: box.y1 + dy, x2: box.x2 + dx, y2: box.y2 + dy }
  }

  /** Moves on along its way by `seconds`. */
  advance(seconds: number): void {
    const size = this.size
    this.#x.predict(seconds, (drift.centre * size) / this.#aspect)
    this.#y.predict(seconds, drift.centre * size)
    this.#wander(seconds, size)
  }

  /** Stays where it is for `seconds`. */
  stand(seconds: number): void {
    const size = this.size
    const sizeX = size / this.#aspect
    this.#x.stand(seconds, creep.drift * sizeX, creep.most * sizeX, startSpeed * sizeX)
    this.#y.stand(seconds, creep.drift * size, creep.most * size, startSpeed * size)
    this.#wander(seconds, size)
  }

  #wander(seconds: number, size: number): void {
    this.#width.predict(seconds, (drift.extent * size) / this.#aspect)
    this.#height.predict(seconds, drift.extent * size)
  }

  /** Takes the detection as its own. */
  meet(detection: Detection, time: number): void {
    const { box, confidence } = detection
    const size = this.size
    const sizeX = size / this.#aspect
    this.#x.correct((box.x1 + box.x2) / 2, noise.centre * sizeX)
    this.#y.correct((box.y1 + box.y2) / 2, noise.centre * size)
    this.#width.correct(box.x2 - box.x1, noise.extent * sizeX)
    this.#height.correct(box.y2 - box.y1, noise.extent * size)
    this.confidence = Math.max(confidence, this.confidence * confidenceMemory)
    this.lastSeen = time
    this.missedMs = 0
    this.seen = true
    this.hits++
    this.#rest = this.#restAfter(centre(box), time)
    this.#traits.note(detection)
  }

  /** By where it was measured, not by where it is believed to be: a belief lags, and a start would be noticed late. */
  #restAfter({ x, y }: Point, time: number): Rest {
    const away = Math.hypot((x - this.#rest.x) * this.#aspect, y - this.#rest.y)
    return away > rest.within * this.size ? { x, y, since: time } : this.#rest
  }

  /** A plain copy for the other rooms. */
  snapshot(): Track {
    const box = clip(this.box)
    return {
      id: this.id,
      label: this.label,
      ...this.#traits.told(),
      confidence: this.confidence,
      box,
      anchor: foot(box),
      ...(this.isNew ? { cameFrom: this.#cameFrom } : {}),
      velocity: { x: this.#x.velocity, y: this.#y.velocity },
      firstSeen: this.firstSeen,
      lastSeen: this.lastSeen,
      ...(this.standing ? { standingSince: this.#rest.since } : {}),
      seen: this.seen,
      ...(this.change ? { change: this.change } : {}),
    }
  }
}

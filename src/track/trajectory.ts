/** One thing that the tracker follows: where it is believed to be, and how well it is believed. */
import type { Detection, Label } from '../domain/detection.ts'
import { type Box, clip, foot } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import { MovingValue, WanderingValue } from './kalman.ts'

/** All in sizes of the thing itself (square root of its area), so that near and far behave alike. */
const noise = { centre: 0.07, extent: 0.1 }
const drift = { centre: 1, extent: 0.2 }
const startSpeed = 1.5
/** Slower than this (sizes per second) counts as standing: boxes of still things tremble. */
const standingSpeed = 0.15
/** What of an old confidence remains at each detection. */
const confidenceMemory = 0.9

export class Trajectory {
  /** 0 until it is believed. */
  id = 0
  readonly label: Label
  readonly firstSeen: number
  lastSeen: number
  seen = true
  confidence: number
  hits = 1
  /** Time it was missed where the models looked, since the last detection, ms. */
  missedMs = 0
  readonly #aspect: number
  readonly #x: MovingValue
  readonly #y: MovingValue
  readonly #width: WanderingValue
  readonly #height: WanderingValue

  constructor(detection: Detection, time: number, aspect: number) {
    const { x1, y1, x2, y2 } = detection.box
    this.label = detection.label
    this.confidence = detection.confidence
    this.firstSeen = time
    this.lastSeen = time
    this.#aspect = aspect
    const size = Math.sqrt((x2 - x1) * (y2 - y1) * aspect)
    const sizeX = size / aspect
    this.#x = new MovingValue((x1 + x2) / 2, noise.centre * sizeX, startSpeed * sizeX)
    this.#y = new MovingValue((y1 + y2) / 2, noise.centre * size, startSpeed * size)
    this.#width = new WanderingValue(x2 - x1, noise.extent * sizeX)
    this.#height = new WanderingValue(y2 - y1, noise.extent * size)
  }

  /** Square root of its area, in picture heights. */
  get size(): number {
    return Math.sqrt(this.#width.value * this.#height.value * this.#aspect)
  }

  /** How uncertain its centre is, in its own sizes. */
  get uncertainty(): number {
    return Math.max(this.#x.deviation * this.#aspect, this.#y.deviation) / this.size
  }

  get standing(): boolean {
    return Math.hypot(this.#x.velocity * this.#aspect, this.#y.velocity) < standingSpeed * this.size
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

  /** Stays where it is for `seconds` in which nothing is known of it. */
  hold(seconds: number): void {
    const size = this.size
    this.#x.halt()
    this.#y.halt()
    this.#x.blur(seconds, (drift.centre * size) / this.#aspect)
    this.#y.blur(seconds, drift.centre * size)
    this.#wander(seconds, size)
  }

  #wander(seconds: number, size: number): void {
    this.#width.predict(seconds, (drift.extent * size) / this.#aspect)
    this.#height.predict(seconds, drift.extent * size)
  }

  /** Takes the detection as its own. */
  meet({ box, confidence }: Detection, time: number): void {
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
  }

  /** A plain copy for the other rooms. */
  snapshot(): Track {
    const box = clip(this.box)
    return {
      id: this.id,
      label: this.label,
      confidence: this.confidence,
      box,
      anchor: foot(box),
      velocity: { x: this.#x.velocity, y: this.#y.velocity },
      firstSeen: this.firstSeen,
      lastSeen: this.lastSeen,
      seen: this.seen,
    }
  }
}

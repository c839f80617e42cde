/** Privacy masks of a camera that turns: which of them lie on a picture is known once it was looked at. */
import type { Point } from '../domain/geometry.ts'
import { LumaShrinker } from './luma.ts'
import { Mask, type Painter } from './mask.ts'
import type { Gate } from './ports.ts'

type Polygons = readonly (readonly Point[])[]

export class TurningMask implements Painter {
  readonly #gate: Gate
  readonly #luma = new LumaShrinker()
  readonly #masks = new Map<Polygons, Mask>()

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** The small grey picture is the only thing that is made of it unpainted, and the gate keeps nothing of that. */
  paint(pixels: Uint8Array, width: number, height: number, timeMs: number): boolean {
    const polygons = this.#gate.masks?.(this.#luma.shrink(pixels, width, height), timeMs)
    if (!polygons) return false
    const mask = this.#masks.get(polygons) ?? new Mask(polygons)
    this.#masks.set(polygons, mask)
    return mask.paint(pixels, width, height)
  }
}

/** One decoded picture of one camera. */
import type { Box } from './geometry.ts'

export interface Frame {
  /** Camera id. */
  readonly camera: string
  /** Counts the attempts of this camera's source; with `camera` it proves whose picture this is. */
  readonly generation: number
  /** Number of this frame within its generation, from 0. */
  readonly index: number
  /** Pixels, even numbers. */
  readonly width: number
  readonly height: number
  /**
   * Planar YUV 4:2:0 (I420, video range; read as BT.601 whatever the stream says, which shifts the hues of HD a little): `width * height` luma bytes, then a quarter as many of U, then of V.
   * Owned by whoever holds the frame: detection transfers it to a worker and leaves it empty.
   */
  pixels: Uint8Array
  /** When the picture was taken: the stream's time on the box's clock, epoch milliseconds. */
  readonly frameTime: number
  /** When the box had it, epoch milliseconds: its last packet where the stream was read by us, else the decoded picture. */
  readonly arrivedAt: number
  /** Regions that deserve a look by the models; empty = nothing moved, so no model runs and nothing can be missed. Absent = the whole picture. */
  readonly look?: readonly Box[]
  /** Of a camera that turns: the preset at which it stands in this very picture, whose masks are painted. */
  readonly preset?: string
  /** From before the moment the camera was found to be active: handed over late, in order, before newer ones. */
  readonly burst?: boolean
}

/** Bytes of an I420 picture. */
export function frameBytes(width: number, height: number): number {
  return (width * height * 3) / 2
}

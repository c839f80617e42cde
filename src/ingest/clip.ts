/** Replay: every frame of a clip or camera once, as fast as the reader takes them. */

import type { Camera } from '../domain/camera.ts'
import type { Frame } from '../domain/frame.ts'
import type { Log } from '../kit/log.ts'
import { type CameraAddress, parseCameraUrl } from './address.ts'
import { Mask } from './mask.ts'
import type { Networks } from './networks.ts'
import { openOnce } from './stream.ts'

export interface ClipOptions {
  /** Whose name the frames carry, and whose masks are painted. */
  readonly camera: Pick<Camera, 'id' | 'masks'>
  /** Widest frame, pixels, even. */
  readonly maxWidth: number
  /** Frames per second of stream time, at most; every frame where it is absent. */
  readonly fps?: number
  /** Epoch ms that stream time 0 stands for; default 0, so that times are the clip's own. */
  readonly startTime?: number
  readonly networks: Networks
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Frames of a clip (a path, or `file:…`) or of a camera (`rtsp://…`) until it ends; none is dropped.
 * `frameTime` is `startTime` plus the stream's own time. Throws the reason where the source ends badly.
 */
export async function* readClip(source: string, options: ClipOptions): AsyncGenerator<Frame> {
  const { camera, startTime = 0 } = options
  const mask = new Mask(camera.masks)
  const stream = openOnce(addressOf(source), { ...options, silentAfterMs: 10_000 })
  let index = 0
  for await (const { pixels, width, height, timeMs } of stream.pictures()) {
    mask.paint(pixels, width, height)
    const frameTime = startTime + timeMs
    yield {
      camera: camera.id,
      generation: 1,
      index: index++,
      width,
      height,
      pixels,
      frameTime,
      arrivedAt: Date.now(),
    }
  }
}

/** A path comes from the command line of whoever may read that file anyway: it may have spaces and any ending. */
function addressOf(source: string): CameraAddress {
  return /^(rtsp|file):/i.test(source) ? parseCameraUrl(source) : { scheme: 'file', path: source }
}

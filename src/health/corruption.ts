/** Is a picture broken: grey where the decoder knew nothing, or smeared downwards from where it lost its way? */
import type { Texture } from './texture.ts'

/**
 * What a decoder paints that has nothing to paint: exactly this, or what becomes of it where the video is of full range. Later pictures
 * add what they know: then a cell has texture, and counts no more.
 */
const grey = { levels: [128, 126], tolerance: 0.75, texture: 0.4 }
/** From this share of the picture on it is broken. */
const greyShare = 0.12
/** So many times more than there is flat of other shades, where there usually is none: a sheet of paper in front has many of them. */
const purely = 3
/** From so many lines on: no fence is as wide as the picture, and no coded block as high. */
const leastLines = 18

/** `usual` is what the cells look like when all is well, where that is known: a grey wall is no fault. */
export function isCorrupted(now: Texture, usual: Texture | undefined): boolean {
  return now.smearedLines >= leastLines || isGreyed(now, usual)
}

function isGreyed(now: Texture, usual: Texture | undefined): boolean {
  let greyed = 0
  let others = 0
  for (let cell = 0; cell < now.mean.length; cell++) {
    if (!isFlat(now, cell)) continue
    if (!isGrey(now, cell)) others += usual && !isFlat(usual, cell) ? 1 : 0
    else if (!(usual && isFlat(usual, cell) && isGrey(usual, cell))) greyed++
  }
  return greyed >= greyShare * now.mean.length && greyed >= purely * others
}

function isFlat({ coarse }: Texture, cell: number): boolean {
  return coarse[cell] <= grey.texture
}

function isGrey({ mean }: Texture, cell: number): boolean {
  return grey.levels.some((level) => Math.abs(mean[cell] - level) <= grey.tolerance)
}

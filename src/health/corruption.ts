/** Is a picture broken: grey where the decoder knew nothing, or smeared downwards from where it lost its way? */
import type { Texture } from './texture.ts'

/**
 * What a decoder paints that has nothing to paint: exactly this, or what becomes of it where the video is of full range. Whatever else
 * is grey (a sheet of paper in front of the lens) has a shade of its own, and is lighter here than there.
 */
const grey = { levels: [128, 126], tolerance: 0.75, texture: 0.2 }
/** From this share of the picture on it is broken. */
const greyShare = 0.12
/** From so many lines on: no fence is as wide as the picture, and no coded block as high. */
const leastLines = 18

/** `usual` is what the cells look like when all is well, where that is known: a grey wall is no fault. */
export function isCorrupted(now: Texture, usual: Texture | undefined): boolean {
  return now.smearedLines >= leastLines || greyCells(now, usual) >= greyShare * now.mean.length
}

function greyCells(now: Texture, usual: Texture | undefined): number {
  let cells = 0
  for (let cell = 0; cell < now.mean.length; cell++) {
    if (isGrey(now, cell) && !(usual && isGrey(usual, cell))) cells++
  }
  return cells
}

function isGrey({ mean, coarse }: Texture, cell: number): boolean {
  const isLevel = grey.levels.some((level) => Math.abs(mean[cell] - level) <= grey.tolerance)
  return isLevel && coarse[cell] <= grey.texture
}

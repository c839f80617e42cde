/** A picture file as a camera would send it: I420, BT.601 video range, cut to even sides. */
import sharp from 'sharp'
import type { Picture420 } from '../../src/vision/fit.ts'

/** Reads any format that sharp knows; throws sharp's words where it cannot. */
export async function readPicture(file: string | Buffer): Promise<Picture420> {
  const { data, info } = await sharp(file)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const [width, height] = [info.width & ~1, info.height & ~1]
  const pixels = new Uint8ClampedArray((width * height * 3) / 2)
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = y * info.width * 3; x < width; x++, at += 3) {
      pixels[y * width + x] = 16 + 0.256788 * data[at] + 0.504129 * data[at + 1] + 0.097906 * data[at + 2]
    }
  }
  const [u, v] = [width * height, (width * height * 5) / 4]
  for (let y = 0, to = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, to++) {
      const at = (y * info.width + x) * 3
      const four = [at, at + 3, at + info.width * 3, at + info.width * 3 + 3]
      const mean = (channel: number) => four.reduce((sum, one) => sum + data[one + channel], 0) / 4
      const [r, g, b] = [mean(0), mean(1), mean(2)]
      pixels[u + to] = 128 - 0.148223 * r - 0.290993 * g + 0.439216 * b
      pixels[v + to] = 128 + 0.439216 * r - 0.367788 * g - 0.071427 * b
    }
  }
  return { width, height, pixels: new Uint8Array(pixels.buffer) }
}

/** I420 (video range, BT.601) to interleaved RGB, for pictures that people see. */
import type { Picture420 } from './fit.ts'
import type { RgbPicture } from './redact.ts'

/** Full size; a clamped array rounds and clips as it is written. */
export function toRgb({ width, height, pixels }: Picture420): RgbPicture {
  const bytes = new Uint8ClampedArray(width * height * 3)
  const chromaWidth = width >> 1
  const uPlane = width * height
  const vPlane = uPlane + chromaWidth * (height >> 1)
  let at = 0
  for (let y = 0; y < height; y++) {
    const chromaRow = (y >> 1) * chromaWidth
    for (let x = 0; x < width; x++, at += 3) {
      const luma = 1.164384 * (pixels[y * width + x] - 16)
      const u = pixels[uPlane + chromaRow + (x >> 1)] - 128
      const v = pixels[vPlane + chromaRow + (x >> 1)] - 128
      bytes[at] = luma + 1.596027 * v
      bytes[at + 1] = luma - 0.391762 * u - 0.812968 * v
      bytes[at + 2] = luma + 2.017232 * u
    }
  }
  return { width, height, bytes: new Uint8Array(bytes.buffer) }
}

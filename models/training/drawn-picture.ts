/** One drawn picture: backdrop, figures and light as SVG, and the boxes of what can really be seen of each figure. */
import sharp from 'sharp'
import type { Figure, Part, Rect } from './drawn-figures.ts'
import type { LabelledBox } from './label-lines.ts'

export interface Scene {
  /** Units of the SVG. */
  readonly stage: { readonly width: number; readonly height: number }
  readonly backdrop: string
  /** The farthest first. */
  readonly figures: readonly Figure[]
  /** Laid over everything: night, haze. */
  readonly light: string
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** A shadow is more transparent than this, a figure is not (0..255). */
const solid = 140
/** Of what is seen less of than this share, nobody can ask that it be found. */
const leastSeen = { face: 0.6, person: 0.25, 'two-wheeler': 0.25, vehicle: 0.25 }
/** Pixels; what is lower cannot be learnt at this size. */
const leastHeight = { face: 5, person: 10, 'two-wheeler': 7, vehicle: 7 }

function svg({ stage }: Scene, { width, height }: Size, content: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${stage.width} ${stage.height}">${content}</svg>`,
  )
}

/** RGB of that size, softened as the demo's camera softens. */
export async function render(scene: Scene, { width, height }: Size): Promise<Buffer> {
  const figures = scene.figures.map((one) => one.svg).join('')
  const drawn = sharp(svg(scene, scene.stage, scene.backdrop + figures + scene.light)).removeAlpha()
  // Blurred at the stage's size, so the pipeline is split: sharp would shrink first.
  const { data, info } = await drawn.blur(0.7).raw().toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: info.channels }
  return sharp(data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer()
}

/** For every pixel the number of the figure that is seen there, or -1; and of each figure its own pixels. */
async function owners(scene: Scene, size: Size): Promise<{ owner: Int16Array; masks: Uint8Array[] }> {
  const owner = new Int16Array(size.width * size.height).fill(-1)
  const masks: Uint8Array[] = []
  for (const [n, figure] of scene.figures.entries()) {
    const alpha = await sharp(svg(scene, size, figure.svg))
      .ensureAlpha()
      .extractChannel(3)
      .raw()
      .toBuffer()
    masks.push(alpha)
    for (let at = 0; at < alpha.length; at++) if (alpha[at] >= solid) owner[at] = n
  }
  return { owner, masks }
}

/** What can be seen of a part: its extent in pixels, and its share of the whole part. */
function seen(
  rect: Rect,
  n: number,
  { width, height }: Size,
  owner: Int16Array,
  mask: Uint8Array,
): { box?: Rect; share: number } {
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)))
  const [left, right] = [clamp(rect.left, width), clamp(rect.right, width)]
  const [top, bottom] = [clamp(rect.top, height), clamp(rect.bottom, height)]
  const box = { left: width, top: height, right: 0, bottom: 0 }
  let [own, visible] = [0, 0]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (mask[y * width + x] < solid) continue
      own++
      if (owner[y * width + x] !== n) continue
      visible++
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x + 1)
      box.top = Math.min(box.top, y)
      box.bottom = Math.max(box.bottom, y + 1)
    }
  }
  if (visible === 0) return { share: 0 }
  const whole = (rect.right - rect.left) * (rect.bottom - rect.top)
  const inside = Math.min(1, ((right - left) * (bottom - top)) / whole)
  return { box, share: (visible / own) * inside }
}

/** The boxes of all parts of which anything is seen, in pixels of that size. */
export async function boxes(scene: Scene, size: Size): Promise<LabelledBox[]> {
  const [across, down] = [size.width / scene.stage.width, size.height / scene.stage.height]
  const { owner, masks } = await owners(scene, size)
  const found: LabelledBox[] = []
  const add = (part: Part, n: number) => {
    const { left, top, right, bottom } = part.rect
    const rect = { left: left * across, top: top * down, right: right * across, bottom: bottom * down }
    const { box, share } = seen(rect, n, size, owner, masks[n])
    if (!box) return
    const place = { x: box.left, y: box.top, w: box.right - box.left, h: box.bottom - box.top }
    const clear = share >= leastSeen[part.class] && place.h >= leastHeight[part.class]
    found.push({ class: part.class, ...place, ...((part.ignore || !clear) && { ignore: true as const }) })
  }
  for (const [n, { parts }] of scene.figures.entries()) for (const part of parts) add(part, n)
  return found
}

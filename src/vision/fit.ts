/** How a picture, or a part of it, lies in a model's tensor. */
import type { Box } from '../domain/geometry.ts'
import type { InputSize } from './manifest.ts'

/** An I420 picture (video range, BT.601), in pixels. */
export interface Picture420 {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** A part of a picture in its pixels; all four are even, so that it cuts no chroma pixel. */
export interface Crop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A crop scaled by `scale` into the top left corner of a tensor, `width × height` in all. */
export interface Fit {
  readonly picture: { readonly width: number; readonly height: number }
  readonly crop: Crop
  readonly width: number
  readonly height: number
  /** Tensor pixels covered by the crop. */
  readonly usedWidth: number
  readonly usedHeight: number
  /** Tensor pixels per picture pixel. */
  readonly scale: number
  /** The tensor shows the picture mirrored left to right. */
  readonly mirrored: boolean
}

export interface FitOptions {
  /** The part that is looked at, default all of it. */
  readonly crop?: Crop
  /** Cap of the long side of a dynamic input, pixels. */
  readonly longSide?: number
  readonly mirrored?: boolean
}

type Size = { readonly width: number; readonly height: number }

/** Beyond this an enlarged picture only costs time. */
const maxEnlargement = 2

/** Narrower than this the letterbox cannot work. */
const leastColumns = 4

/**
 * Size of the tensor for a picture. A dynamic input is capped by the manifest's `longSide` and never enlarges; a
 * `longSide` given here replaces that cap and may enlarge up to twice (small faces that must be hidden).
 */
export function fitPicture(
  size: InputSize,
  { width, height }: Size,
  { crop = { left: 0, top: 0, width, height }, longSide, mirrored = false }: FitOptions = {},
): Fit {
  const picture = { width, height }
  const scaled = (side: number, scale: number) => Math.max(leastColumns, Math.round(side * scale))
  if ('width' in size) {
    const scale = Math.min(size.width / crop.width, size.height / crop.height)
    const usedWidth = Math.min(size.width, scaled(crop.width, scale))
    const usedHeight = Math.min(size.height, scaled(crop.height, scale))
    return { picture, crop, ...size, usedWidth, usedHeight, scale, mirrored }
  }
  const largest = longSide === undefined ? 1 : maxEnlargement
  const scale = Math.min(largest, (longSide ?? size.longSide) / Math.max(crop.width, crop.height))
  const usedWidth = scaled(crop.width, scale)
  const usedHeight = scaled(crop.height, scale)
  const up = (value: number) => Math.ceil(value / size.multiple) * size.multiple
  return {
    picture,
    crop,
    width: up(usedWidth),
    height: up(usedHeight),
    usedWidth,
    usedHeight,
    scale,
    mirrored,
  }
}

/** A camera's picture (16:9) that fills an input: what the input is tried and timed with. */
export function cameraPicture(size: InputSize): Size {
  if ('width' in size) return size
  return { width: size.longSide, height: Math.max(2, Math.round((size.longSide * 9) / 16 / 2) * 2) }
}

/**
 * The part of a picture to look at for a region: the region, and as much around it as the tensor has room for anyway
 * without making it smaller. So a small region is seen at up to twice its pixels with its surroundings, and a fixed
 * input is filled. Never beyond the picture.
 */
export function cropAround(size: InputSize, picture: Size, region: Box): Crop {
  const wanted = {
    width: Math.max(2, Math.round((region.x2 - region.x1) * picture.width)),
    height: Math.max(2, Math.round((region.y2 - region.y1) * picture.height)),
  }
  const room = roomFor(size, wanted)
  const [left, width] = stretch(region.x1 * picture.width, wanted.width, room.width, picture.width)
  const [top, height] = stretch(region.y1 * picture.height, wanted.height, room.height, picture.height)
  return { left, top, width, height }
}

/** Picture pixels that a tensor for so many shows at no further cost. */
function roomFor(size: InputSize, { width, height }: Size): Size {
  if ('width' in size) {
    const scale = Math.min(maxEnlargement, size.width / width, size.height / height)
    return { width: size.width / scale, height: size.height / scale }
  }
  const scale = Math.min(1, size.longSide / Math.max(width, height))
  const up = (side: number) => (Math.ceil((side * scale) / size.multiple) * size.multiple) / scale
  return { width: up(width), height: up(height) }
}

/** A span of a side grown to `room` around its middle, pushed into the picture, on even pixels. */
function stretch(start: number, wanted: number, room: number, side: number): [start: number, length: number] {
  const length = Math.min(side, Math.max(2, Math.floor(room / 2) * 2, Math.ceil(wanted / 2) * 2))
  const middle = start + wanted / 2
  const first = Math.round((middle - length / 2) / 2) * 2
  return [Math.max(0, Math.min(side - length, first)), length]
}

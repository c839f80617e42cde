/** Boxes, detections and tracks for tests, with only what a test cares about. */
import type { Detection, Label } from '../../src/domain/detection.ts'
import { type Box, foot } from '../../src/domain/geometry.ts'
import type { Track } from '../../src/domain/track.ts'

/** A box of the given size whose bottom centre is at (x, y). */
export function boxAt(x: number, y: number, width = 0.05, height = 0.2): Box {
  return { x1: x - width / 2, y1: y - height, x2: x + width / 2, y2: y }
}

export function detectionAt(x: number, y: number, options: Partial<Detection> = {}): Detection {
  return { label: 'person', confidence: 0.9, box: boxAt(x, y), ...options }
}

/** A track as the tracker would report it, standing at (x, y). */
export function trackAt(
  id: number,
  x: number,
  y: number,
  options: Partial<Track> = {},
  label: Label = 'person',
): Track {
  const box = boxAt(x, y)
  return {
    id,
    label,
    confidence: 0.9,
    box,
    anchor: foot(box),
    velocity: { x: 0, y: 0 },
    firstSeen: 0,
    lastSeen: Number.MAX_SAFE_INTEGER,
    seen: true,
    ...options,
  }
}

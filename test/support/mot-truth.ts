/** Ground truth of the MOT clips, and detections made from it with seeded faults. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Detection } from '../../src/domain/detection.ts'
import type { Placed } from './mot-metrics.ts'

export const motFolder = fileURLToPath(new URL('../../../shared/eval/mot/', import.meta.url))
export const hasMot = existsSync(motFolder)

export interface MotClip {
  readonly aspect: number
  readonly width: number
  readonly height: number
  /** Frames at the wanted rate, each with its time (ms) and what is really there. */
  readonly frames: readonly { readonly time: number; readonly truth: readonly Placed[] }[]
}

/** Reads a clip's truth and keeps `fps` of its frames per second. People less than a quarter visible do not count. */
export function readMot(name: string, fps: number): MotClip {
  const info = readFileSync(`${motFolder}${name}/seqinfo.ini`, 'utf8')
  const number = (key: string) => Number(new RegExp(`^${key}=(\\d+)`, 'm').exec(info)?.[1])
  const [width, height, rate, length] = ['imWidth', 'imHeight', 'frameRate', 'seqLength'].map(number)
  const byFrame = new Map<number, Placed[]>()
  for (const line of readFileSync(`${motFolder}${name}/gt.txt`, 'utf8').trim().split('\n')) {
    const [frame, id, x, y, w, h, counts, kind, visible] = line.split(',').map(Number)
    if (name === 'MOT16-09' ? kind !== 1 || visible < 0.25 : counts === 0) continue
    const box = { x1: x / width, y1: y / height, x2: (x + w) / width, y2: (y + h) / height }
    byFrame.set(frame, [...(byFrame.get(frame) ?? []), { id, box }])
  }
  const count = Math.ceil((length * fps) / rate)
  const frames = Array.from({ length: count }, (_, k) => ({
    time: 1_000_000 + Math.round((k * 1_000) / fps),
    truth: byFrame.get(1 + Math.floor((k * rate) / fps)) ?? [],
  }))
  return { aspect: width / height, width, height, frames }
}

/** Small seeded generator (mulberry32): the same faults in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The truth of a frame with 10 % misses, 5 % false boxes and 3 px of noise on place and size. */
export function spoil(clip: MotClip, truth: readonly Placed[], random: () => number): Detection[] {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const seen = truth.filter(() => random() >= 0.1)
  const boxes = seen.map(({ box }) => {
    const x1 = box.x1 + (3 * gauss()) / clip.width
    const y1 = box.y1 + (3 * gauss()) / clip.height
    const width = Math.max(box.x2 - box.x1 + (3 * gauss()) / clip.width, 4 / clip.width)
    const height = Math.max(box.y2 - box.y1 + (3 * gauss()) / clip.height, 4 / clip.height)
    return { x1, y1, x2: x1 + width, y2: y1 + height }
  })
  const wrong = truth.filter(() => random() < 0.05)
  for (const { box } of wrong) {
    const x1 = random() * (1 - (box.x2 - box.x1))
    const y1 = random() * (1 - (box.y2 - box.y1))
    boxes.push({ x1, y1, x2: x1 + box.x2 - box.x1, y2: y1 + box.y2 - box.y1 })
  }
  return boxes.map((box) => ({ label: 'person', confidence: 0.9, box }))
}

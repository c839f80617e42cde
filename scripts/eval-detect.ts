/** Measures the detectors on ../shared/eval through the gateway's own path: person AP50, face recall, faces that redaction leaves visible. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { Detection } from '../src/domain/detection.ts'
import { frameBytes } from '../src/domain/frame.ts'
import { area, type Box, iou, overlap, wholePicture } from '../src/domain/geometry.ts'
import { Detector, type Look } from '../src/vision/detector.ts'
import type { Picture420 } from '../src/vision/fit.ts'
import { readManifest } from '../src/vision/manifest.ts'
import { cropsFor, unite } from '../src/vision/regions.ts'
import { redactPicture } from '../src/vision/snapshot.ts'

const shared = fileURLToPath(new URL('../../shared/', import.meta.url))
const evalDir = join(shared, 'eval')

/** Are the evaluation sets, clips and weights there? */
export const evalPresent = ['eval/mot', 'videos', 'models'].every((folder) =>
  existsSync(join(shared, folder)),
)

/** Opens a model of the mirror. */
export function openDetector(name: string): Promise<Detector> {
  const manifest = readManifest(name)
  return Detector.open({ manifest, path: join(shared, 'models', manifest.file) })
}

interface Truth {
  readonly box: Box
  /** Neither right nor wrong when found. */
  readonly ignore: boolean
}

/** Decoded frames of a clip, every `step`-th, in the decoder's own I420. */
async function* clipFrames(
  clip: string,
  width: number,
  height: number,
  step: number,
): AsyncGenerator<Picture420> {
  const select = `select=not(mod(n\\,${step}))`
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-threads',
    '1',
    '-i',
    clip,
    '-vf',
    select,
    '-fps_mode',
    'passthrough',
  ]
  const ffmpeg = spawn('ffmpeg', [...args, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const bytes = frameBytes(width, height)
  let rest: Buffer[] = []
  let have = 0
  for await (const chunk of ffmpeg.stdout) {
    rest.push(chunk)
    have += chunk.length
    if (have < bytes) continue
    let all = Buffer.concat(rest)
    for (; all.length >= bytes; all = all.subarray(bytes)) {
      yield { width, height, pixels: Uint8Array.from(all.subarray(0, bytes)) }
    }
    rest = [all]
    have = all.length
  }
}

/** Ground truth of a MOT sequence by frame number from 1 (../shared/eval/README.md has the columns). */
function motTruth(sequence: string, width: number, height: number): Map<number, Truth[]> {
  const classes = sequence.startsWith('MOT16')
  const byFrame = new Map<number, Truth[]>()
  for (const line of readFileSync(join(evalDir, 'mot', sequence, 'gt.txt'), 'utf8')
    .trim()
    .split('\n')) {
    const [frame, , x, y, w, h, , kind, visibility] = line.split(',').map(Number)
    if (classes && ![1, 2, 7, 8, 12].includes(kind)) continue
    const box = { x1: x / width, y1: y / height, x2: (x + w) / width, y2: (y + h) / height }
    const truths = byFrame.get(frame) ?? []
    truths.push({ box, ignore: classes && (kind !== 1 || visibility < 0.25) })
    byFrame.set(frame, truths)
  }
  return byFrame
}

const sequences = {
  'MOT16-09': { clip: 'mot16-09_street_h264_1080p30.mp4', width: 1920, height: 1080 },
  'PETS09-S2L1': { clip: 'pets09-s2l1_h264_768x576_7fps.mp4', width: 768, height: 576 },
  'TUD-Stadtmitte': { clip: 'tud-stadtmitte_h264_640x480_25fps.mp4', width: 640, height: 480 },
  'KITTI-17': { clip: 'kitti-17_h264_1224x370_10fps.mp4', width: 1224, height: 370 },
}

/** AP50 of people over every `step`-th frame of a sequence, all-point interpolation; looking at these regions, default all. */
export async function personAp50(
  detector: Detector,
  sequence: keyof typeof sequences,
  step: number,
  regions: readonly Box[] = [wholePicture],
): Promise<number> {
  const { clip, width, height } = sequences[sequence]
  const truths = motTruth(sequence, width, height)
  const marks: { confidence: number; right: boolean }[] = []
  let people = 0
  let number = 1
  for await (const picture of clipFrames(join(shared, 'videos', clip), width, height, step)) {
    const found = (await lookAt(detector, picture, regions)).filter((one) => one.label === 'person')
    const truth = truths.get(number) ?? []
    people += truth.filter(({ ignore }) => !ignore).length
    marks.push(...judge(found, truth))
    number += step
  }
  return averagePrecision(marks, people)
}

/** As the gateway looks at regions, from the lowest confidence up. */
async function lookAt(
  detector: Detector,
  picture: Picture420,
  regions: readonly Box[],
): Promise<Detection[]> {
  const { input, nms } = detector.manifest
  const looks: Look[] = []
  for (const crop of cropsFor(input.size, picture, regions)) {
    looks.push(await detector.look(picture, { score: 0.01, crop }))
  }
  return unite(looks, regions, picture, nms)
}

/** The left and the right of the picture, with some of the middle in both. */
export const halves: readonly Box[] = [
  { x1: 0, y1: 0, x2: 0.55, y2: 1 },
  { x1: 0.45, y1: 0, x2: 1, y2: 1 },
]

/** Each detection takes the best free truth at IoU ≥ 0.5; those on ignored ones do not count. */
function judge(
  found: readonly Detection[],
  truths: readonly Truth[],
): { confidence: number; right: boolean }[] {
  const free = new Set(truths)
  const marks: { confidence: number; right: boolean }[] = []
  for (const { box, confidence } of found) {
    const best = [...free].filter((one) => !one.ignore).sort((a, b) => iou(b.box, box) - iou(a.box, box))[0]
    if (best && iou(best.box, box) >= 0.5) {
      free.delete(best)
      marks.push({ confidence, right: true })
    } else if (!truths.some((one) => one.ignore && overlap(one.box, box) > 0.5 * area(box))) {
      marks.push({ confidence, right: false })
    }
  }
  return marks
}

function averagePrecision(marks: { confidence: number; right: boolean }[], total: number): number {
  marks.sort((a, b) => b.confidence - a.confidence)
  let right = 0
  const points = marks.map((mark, i) => {
    if (mark.right) right++
    return { recall: right / total, precision: right / (i + 1) }
  })
  let sum = 0
  let best = 0
  for (let i = points.length - 1; i >= 0; i--) {
    best = Math.max(best, points[i].precision)
    sum += best * (points[i].recall - (points[i - 1]?.recall ?? 0))
  }
  return sum
}

/** A picture file as the gateway would get it: I420, BT.601 video range, cut to even sides. */
async function readPicture(file: string): Promise<Picture420> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const width = info.width & ~1
  const height = info.height & ~1
  const pixels = new Uint8Array(frameBytes(width, height))
  const half = width / 2
  const uPlane = width * height
  const vPlane = uPlane + uPlane / 4
  const sums = { u: new Float64Array(uPlane / 4), v: new Float64Array(uPlane / 4) }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = data.subarray((y * info.width + x) * 3)
      pixels[y * width + x] = Math.round(16 + 0.256788 * r + 0.504129 * g + 0.097906 * b)
      const at = (y >> 1) * half + (x >> 1)
      sums.u[at] += (128 - 0.148223 * r - 0.290993 * g + 0.439216 * b) / 4
      sums.v[at] += (128 + 0.439216 * r - 0.367788 * g - 0.071427 * b) / 4
    }
  }
  for (let i = 0; i < uPlane / 4; i++) {
    pixels[uPlane + i] = Math.round(sums.u[i])
    pixels[vPlane + i] = Math.round(sums.v[i])
  }
  return { width, height, pixels }
}

interface FacePicture {
  readonly file: string
  readonly faces: Truth[]
}

function facePictures(set: 'faces_cctv' | 'faces_crowd' | 'dlib_faces'): FacePicture[] {
  const dir = join(evalDir, set)
  if (set === 'faces_crowd') {
    const lines = readFileSync(join(dir, 'labels.jsonl'), 'utf8').trim().split('\n')
    return lines.map((line) => {
      const { file, width, height, boxes } = JSON.parse(line) as {
        file: string
        width: number
        height: number
        boxes: { x: number; y: number; w: number; h: number; ignore?: boolean }[]
      }
      const faces = boxes.map(({ x, y, w, h, ignore = false }) => ({
        box: { x1: x / width, y1: y / height, x2: (x + w) / width, y2: (y + h) / height },
        ignore,
      }))
      return { file: join(dir, 'images', file), faces }
    })
  }
  const list = JSON.parse(readFileSync(join(dir, 'faces.json'), 'utf8')) as {
    image: string
    width: number
    height: number
    faces: number[][]
    ignore?: number[][]
  }[]
  return list.map(({ image, width, height, faces, ignore = [] }) => {
    const truth = (ignored: boolean) => (face: number[]) => ({
      box: { x1: face[0] / width, y1: face[1] / height, x2: face[2] / width, y2: face[3] / height },
      ignore: ignored,
    })
    return { file: join(dir, image), faces: [...faces.map(truth(false)), ...ignore.map(truth(true))] }
  })
}

/** Of the CCTV faces, how many are found at IoU ≥ 0.4, long side 960, from confidence 0.5. */
export async function cctvFaces(faces: Detector): Promise<{ found: number; total: number; wrong: number }> {
  const result = { found: 0, total: 0, wrong: 0 }
  for (const { file, faces: truths } of facePictures('faces_cctv')) {
    const { detections } = await faces.look(await readPicture(file), { longSide: 960, score: 0.5 })
    const wanted = truths.filter(({ ignore }) => !ignore)
    result.total += wanted.length
    result.found += wanted.filter(({ box }) => detections.some((one) => iou(one.box, box) >= 0.4)).length
    result.wrong += detections.filter((one) => !truths.some(({ box }) => iou(one.box, box) >= 0.3)).length
  }
  return result
}

/** Faces of 16 px and more whose inner half is not wholly under the mosaic. `step` takes every n-th picture. */
export async function leaks(
  objects: Detector,
  faces: Detector,
  set: Parameters<typeof facePictures>[0],
  step = 1,
): Promise<{ leaked: number; total: number }> {
  const result = { leaked: 0, total: 0 }
  for (const { file, faces: truths } of facePictures(set).filter((_, i) => i % step === 0)) {
    const picture = await readPicture(file)
    const { detections } = await objects.look(picture)
    const { hidden } = await redactPicture(faces, { picture, detections })
    for (const { box, ignore } of truths) {
      const size = Math.min((box.x2 - box.x1) * picture.width, (box.y2 - box.y1) * picture.height)
      if (ignore || size < 16) continue
      result.total++
      if (!innerHalfHidden(box, hidden)) result.leaked++
    }
  }
  return result
}

/** Samples the inner half on a 9×9 grid. */
function innerHalfHidden({ x1, y1, x2, y2 }: Box, hidden: readonly Box[]): boolean {
  for (let i = 0; i < 81; i++) {
    const x = x1 + (x2 - x1) * (0.25 + (0.5 * (i % 9)) / 8)
    const y = y1 + (y2 - y1) * (0.25 + (0.5 * Math.floor(i / 9)) / 8)
    if (!hidden.some((box) => x >= box.x1 && x <= box.x2 && y >= box.y1 && y <= box.y2)) return false
  }
  return true
}

if (import.meta.main) {
  if (!evalPresent) throw new Error(`the evaluation sets are not at ${shared}`)
  const objects = await openDetector('yolox-nano')
  const faces = await openDetector('yunet-n')
  const result: Record<string, unknown> = { cctvFaces: await cctvFaces(faces) }
  for (const set of ['faces_cctv', 'faces_crowd', 'dlib_faces'] as const) {
    result[`leaks ${set}`] = await leaks(objects, faces, set)
  }
  const step = Number(process.argv[2] ?? 1)
  for (const sequence of Object.keys(sequences) as (keyof typeof sequences)[]) {
    result[`AP50 ${sequence}`] = Number((await personAp50(objects, sequence, step)).toFixed(4))
    const inHalves = await personAp50(objects, sequence, step, halves)
    result[`AP50 ${sequence} in halves`] = Number(inHalves.toFixed(4))
  }
  console.log(JSON.stringify(result))
}

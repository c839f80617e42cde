/** What was left or taken in a clip is judged by what is followed in the same picture, however far ahead the clip is read. */
import { expect, it } from 'vitest'
import { ClipObjects } from '../src/clip-objects.ts'
import type { Frame } from '../src/domain/frame.ts'
import type { Luma } from '../src/domain/luma.ts'
import type { Track } from '../src/domain/track.ts'
import { draw, height, width, yard } from './attention/pictures.ts'
import { trackAt } from './support/scene.ts'

const car = { x: 60, y: 84, w: 60, h: 26, level: 200 }
const bag = { x: 100, y: 100, w: 16, h: 14, level: 30 }

/** A frame a second; what is followed in each is known only once ten more were read. Says what was told, and in which second. */
async function told(seconds: number, show: (second: number) => Luma, follow: (second: number) => Track[]) {
  const objects = new ClipObjects()
  const found: string[] = []
  const pending: number[] = []
  const next = () => {
    const time = pending.shift() ?? 0
    objects.follow(follow(time / 1_000), time)
    const [thing] = objects.view.things
    if (thing && found.length === 0) found.push(`${time / 1_000} ${thing.change}`)
  }
  for await (const { frameTime } of objects.over(clip(seconds, show))) {
    pending.push(frameTime)
    if (pending.length > 10) next()
  }
  while (pending.length > 0) next()
  return found
}

async function* clip(seconds: number, show: (second: number) => Luma): AsyncGenerator<Frame> {
  for (let index = 0; index < seconds; index++) {
    const time = index * 1_000
    const { pixels } = show(index)
    yield { camera: 'clip', generation: 1, index, width, height, pixels, frameTime: time, arrivedAt: time }
  }
}

const empty = (second: number) => yard({ noise: 2, seed: second + 1 })

it('a car that parks is no thing, though its pictures were read before it was followed', async () => {
  const { x, y, w, h } = car
  const box = { x1: x / width, y1: y / height, x2: (x + w) / width, y2: (y + h) / height }
  const parked = trackAt(1, 0, 0, { box, standingSince: 20_000 }, 'vehicle')
  const show = (second: number) => (second < 20 ? empty(second) : draw(empty(second), car))
  expect(await told(60, show, (second) => (second < 20 ? [] : [parked]))).toEqual([])
})

it('a bag that is put down is told in the picture in which it has lain there for seven seconds', async () => {
  const show = (second: number) => (second < 20 ? empty(second) : draw(empty(second), bag))
  expect(await told(40, show, () => [])).toEqual(['27 came'])
})

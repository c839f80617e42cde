/** What is left in a view and what is taken from it is told; what is followed, light and weather are not. */
import { describe, expect, it } from 'vitest'
import { StaticObjects } from '../../src/attention/static-objects.ts'
import type { Luma } from '../../src/domain/luma.ts'
import type { Track } from '../../src/domain/track.ts'
import { trackAt } from '../support/scene.ts'
import { draw, height, width, yard } from './pictures.ts'

const bag = { x: 100, y: 100, w: 16, h: 14, level: 30 }
const car = { x: 60, y: 84, w: 60, h: 26, level: 200 }

/** A track that covers what is drawn. */
function over(
  { x, y, w, h }: typeof bag,
  options: Partial<Track> = {},
  label: Track['label'] = 'person',
): Track {
  const box = { x1: x / width, y1: y / height, x2: (x + w) / width, y2: (y + h) / height }
  return trackAt(1, 0, 0, { box, ...options }, label)
}

class Watched {
  readonly objects = new StaticObjects()
  seconds = 0
  /** Seconds and what was told, where that changed. */
  readonly told: string[] = []
  #last = ''

  /** A picture a second, and before it what is followed. */
  run(
    seconds: number,
    show: (second: number) => Luma,
    follow: (second: number) => Track[] = () => [],
    stepS = 1,
  ): this {
    for (let n = 0; n < seconds; n += stepS, this.seconds += stepS) {
      this.objects.follow(follow(n))
      this.objects.see(show(this.seconds), this.seconds * 1_000)
      const now = this.objects.view.things.map(({ change }) => change).join(' ')
      if (now !== this.#last) this.told.push(`${this.seconds} ${now}`)
      this.#last = now
    }
    return this
  }
}

const empty = (second: number) => yard({ noise: 2, seed: second + 1 })
const withBag = (second: number) => draw(empty(second), bag)
const withCar = (second: number) => draw(empty(second), car)
/** An empty yard that is well known. */
const known = () => new Watched().run(20, empty)

describe('a thing', () => {
  it('that is put down is told after seven seconds, where it lies, and no more when it is taken away', () => {
    const watched = known().run(20, withBag)
    expect(watched.told).toEqual(['27 came'])
    const [{ label, box, confidence }] = watched.objects.view.things
    expect(label).toBe('object')
    expect(confidence).toBeGreaterThan(0.7)
    expect(box.x1 * width).toBeGreaterThan(bag.x - 8)
    expect(box.y2 * height).toBeLessThan(bag.y + bag.h + 8)
    watched.run(20, empty)
    expect(watched.told).toHaveLength(2)
    expect(watched.objects.view).toEqual({ things: [], isSure: true })
  })

  it('that always stood there and is taken leaves a place from which it went', () => {
    const watched = new Watched().run(20, withBag).run(20, empty)
    expect(watched.told).toEqual(['27 went'])
  })

  it('that was there since the start is none, nor is what was there for the first moments alone', () => {
    expect(new Watched().run(60, withBag).told).toEqual([])
    expect(new Watched().run(4, withBag).run(30, empty).told).toEqual([])
  })

  it('stays told while people walk past it', () => {
    const watched = known().run(20, withBag)
    const passing = (second: number) => draw(withBag(second), { x: 90, y: 70, w: 14, h: 50, level: 10 })
    for (let n = 0; n < 6; n++) watched.run(2, passing).run(8, withBag)
    expect(watched.told).toEqual(['27 came'])
  })

  it('lies where it lay when somebody stops right beside it', () => {
    const watched = known().run(20, withBag)
    const [{ box }] = watched.objects.view.things
    watched.run(20, (second) => draw(withBag(second), { x: 118, y: 70, w: 14, h: 46, level: 10 }))
    expect(watched.told).toEqual(['27 came'])
    expect(watched.objects.view.things[0].box).toEqual(box)
  })

  it('that lies in the view for hours belongs to it', () => {
    const watched = known().run(4 * 3_600 + 60, withBag, undefined, 5)
    expect(watched.told.map((one) => one.split(' ')[1])).toEqual(['came', ''])
  })

  it('is told by its outline, whether it is darker or lighter than the ground', () => {
    for (const level of [20, 60, 170, 240]) {
      const lying = (second: number) => draw(empty(second), { ...bag, level })
      expect(known().run(20, lying).told, `level ${level}`).toEqual(['27 came'])
      expect(new Watched().run(20, lying).run(20, empty).told, `level ${level}`).toEqual(['27 went'])
    }
  })
})

describe('what is as bright whatever the exposure', () => {
  /** Auto exposure that hunts for some seconds. */
  const hunting = (second: number, untilS: number) =>
    yard({ noise: 2, seed: second + 1, light: second < untilS && second % 2 ? 25 : 0 })
  const sign = { ...bag, level: 240 }

  it('is told when it is put down, as soon as anything else', () => {
    const lying = (second: number) => draw(hunting(second, 60), sign)
    expect(known().run(20, lying).told).toEqual(['27 came'])
  })

  it('is known while the light changes, and told as a whole when it is taken', () => {
    const lying = (second: number) => draw(hunting(second, 15), sign)
    const watched = new Watched().run(15, lying).run(20, empty)
    expect(watched.told).toEqual(['22 went'])
    const [{ box }] = watched.objects.view.things
    expect((box.x2 - box.x1) * width).toBeGreaterThanOrEqual(sign.w)
  })
})

describe('what is followed', () => {
  const parked = () => [over(car, { standingSince: 1 }, 'vehicle')]

  it('is no object where it parks, nor is its place when it has left', () => {
    const watched = known().run(60, withCar, parked).run(20, empty)
    expect(watched.told).toEqual([])
  })

  it('is none where the tracker lost it and it still stands there', () => {
    expect(known().run(20, withCar, parked).run(40, withCar).told).toEqual([])
  })

  it('is none where it stood there since the start: its place is the view when it has left', () => {
    const watched = new Watched().run(30, withCar, parked).run(30, empty)
    expect(watched.told).toEqual([])
    expect(watched.run(20, withBag).told).toEqual(['67 came'])
  })

  it('is none where nobody knew it before it left', () => {
    const watched = new Watched().run(30, withCar).run(2, withCar, () => [over(car, {}, 'vehicle')])
    const away = (n: number) => [over({ ...car, x: 60 - 10 * n }, {}, 'vehicle')]
    expect(watched.run(3, empty, away).run(30, empty).told).toEqual([])
  })

  it('leaves behind what it put down: a bag beside somebody who stood there and walks away', () => {
    const owner = { x: 94, y: 70, w: 24, h: 46, level: 20 }
    const watched = known().run(
      20,
      (second) => draw(draw(empty(second), { ...owner, w: 8 }), bag),
      () => [over(owner, { standingSince: 1 })],
    )
    const walking = (n: number) => [over({ ...owner, x: 94 + 20 * n })]
    watched.run(5, withBag, walking).run(20, withBag)
    expect(watched.told.map((one) => one.split(' ')[1])).toEqual(['came'])
  })

  it('hides nothing that was told before it came', () => {
    const watched = known().run(20, withBag)
    const beside = () => [over({ ...bag, x: 140, w: 20 }, { standingSince: 1 })]
    watched.run(20, withBag, beside)
    expect(watched.told).toEqual(['27 came'])
  })
})

describe('no thing', () => {
  it('is a change of the light, sudden or slow, nor a lamp that is switched on', () => {
    const dusk = known().run(200, (second) => yard({ noise: 2, seed: second, light: -0.2 * (second - 20) }))
    expect(dusk.told).toEqual([])
    expect(known().run(60, (second) => yard({ noise: 2, seed: second, light: 30, gain: 1.2 })).told).toEqual(
      [],
    )
  })

  it('is a shadow: the texture of the ground goes on under it', () => {
    const gravel = (second: number) => {
      const luma = empty(second)
      for (let n = 0; n < 900; n++)
        draw(luma, { x: (n * 71) % width, y: 60 + ((n * 37) % 84), w: 2, h: 2, level: 90 + ((n * 13) % 60) })
      return luma
    }
    const shaded = (second: number) => {
      const luma = gravel(second)
      for (let y = 100; y < 124; y++)
        for (let at = y * width + 100; at < y * width + 140; at++)
          luma.pixels[at] = Math.round(luma.pixels[at] * 0.6)
      return luma
    }
    expect(new Watched().run(20, gravel).run(50, shaded).told).toEqual([])
    const lying = (second: number) => draw(gravel(second), bag)
    expect(new Watched().run(20, gravel).run(20, lying).told).toEqual(['27 came'])
    expect(new Watched().run(20, lying).run(20, gravel).told).toEqual(['27 went'])
  })

  it('is a view that trembles', () => {
    const trembling = (second: number) => yard({ noise: 2, seed: second, shake: second % 2 })
    expect(known().run(40, trembling).told).toEqual([])
  })

  it('is what a view that has moved no longer shows, for longer than half a minute', () => {
    const watched = known().run(90, (second) => yard({ noise: 2, seed: second, shake: 12 }))
    expect(watched.objects.view.things).toEqual([])
    for (let n = 0; n < watched.told.length; n += 2)
      expect(Number.parseInt(watched.told[n + 1], 10) - Number.parseInt(watched.told[n], 10)).toBeLessThan(30)
  })

  it('is what moves, rain and specks', () => {
    const rain = (second: number) => {
      const luma = empty(second)
      for (let n = 0; n < 60; n++)
        draw(luma, { x: (n * 37 + second * 91) % width, y: (n * 53 + second * 29) % height, w: 2, h: 6 })
      return luma
    }
    expect(known().run(60, rain).told).toEqual([])
    const specks = (second: number) => draw(empty(second), { x: 120, y: 110, w: 3, h: 3 })
    expect(known().run(60, specks).told).toEqual([])
    const busy = (second: number) => draw(empty(second), { ...bag, x: (second * 31) % width })
    expect(known().run(60, busy).told).toEqual([])
  })

  it('is anything while nobody knows what the picture shows; then the view is learned anew', () => {
    const watched = known().run(10, withBag)
    const blank = () => ({ width, height, pixels: new Uint8Array(width * height).fill(128) })
    watched.run(3, blank)
    expect(watched.objects.view.isSure).toBe(false)
    expect(watched.objects.view.things).toHaveLength(1)
    watched.run(30, blank)
    expect(watched.objects.view).toEqual({ things: [], isSure: true })
  })
})

it('asks for a look of the models before it tells', () => {
  const watched = known().run(3, withBag)
  expect(watched.objects.view.things).toEqual([])
  const [box] = watched.objects.doubtful
  expect(box.x1 * width).toBeLessThanOrEqual(bag.x)
  expect(box.x2 * width).toBeGreaterThanOrEqual(bag.x + bag.w)
  watched.run(10, withBag)
  expect(watched.objects.doubtful).toEqual([])
})

it('begins anew with another view', () => {
  const watched = known().run(10, withBag)
  watched.objects.forget()
  expect(watched.run(40, withBag).told.map((one) => one.split(' ')[1])).toEqual(['came', ''])
  expect(watched.run(20, empty).told.at(-1)).toMatch('went')
})

it('learns nothing from pictures out of order, and goes on after a jump of the time', () => {
  const watched = known()
  watched.objects.see(withBag(1), 5_000)
  watched.objects.jump()
  for (let n = 0; n < 8; n++) watched.objects.see(withBag(n), n * 1_000)
  expect(watched.objects.view.things.map(({ change }) => change)).toEqual(['came'])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Turns } from '../../src/vision/turns.ts'

interface Camera {
  readonly name: string
  /** Milliseconds between its frames. */
  readonly gapMs: number
  readonly firstMs: number
}

/** Cameras that each ask again with their next frame after their turn's work is done; one worker. Turns by camera. */
function play(
  turns: Turns,
  cameras: readonly Camera[],
  workMs: number,
  forMs: number,
): Map<string, number[]> {
  const given = new Map<string, number[]>(cameras.map(({ name }) => [name, []]))
  const next = new Map(cameras.map(({ name, firstMs }) => [name, firstMs]))
  for (let now = 0; now < forMs; now += workMs) {
    for (const { name, gapMs } of cameras) {
      const at = next.get(name)!
      if (at > now) continue
      turns.ask(name, now)
      // Newer frames replace the one that waits: the camera asks once.
      next.set(name, at + Math.ceil((now - at + 1) / gapMs) * gapMs)
    }
    const camera = turns.next(now)
    if (camera !== undefined) given.get(camera)!.push(now)
  }
  return given
}

const named = (count: number, gapMs = 200): Camera[] =>
  Array.from({ length: count }, (_, i) => ({ name: `camera-${i}`, gapMs, firstMs: (i * 37) % gapMs }))

describe('turns', () => {
  it('give equal cameras equal rates at three times the load a worker can take', () => {
    const given = play(new Turns(), named(24), 25, 60_000)
    const counts = [...given.values()].map((turns) => turns.length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    expect(Math.min(...counts) / mean).toBeGreaterThan(0.95)
  })

  it('share fairly whatever the number of cameras, their frame rates and when they begin', () => {
    const camera = fc.record({ gapMs: fc.integer({ min: 100, max: 300 }), firstMs: fc.nat(1_000) })
    fc.assert(
      fc.property(
        fc.array(camera, { minLength: 12, maxLength: 40 }),
        fc.integer({ min: 30, max: 60 }),
        (all, workMs) => {
          const cameras = all.map((one, i) => ({ ...one, name: `camera-${i}` }))
          // Each wants at least 1/300 of the milliseconds, and gets less than that: overload for every one of them.
          fc.pre(cameras.length * workMs > 330)
          const counts = [...play(new Turns(), cameras, workMs, 30_000).values()].map((turns) => turns.length)
          const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
          expect(Math.min(...counts) / mean).toBeGreaterThanOrEqual(0.8)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('give a camera of four times the weight four times the turns, as far as it has frames', () => {
    const turns = new Turns({ weight: (camera) => (camera === 'camera-0' ? 4 : 1), floorMs: 60_000 })
    const given = play(turns, named(20, 50), 25, 60_000)
    const heavy = given.get('camera-0')!.length
    const others = (2_400 - heavy) / 19
    expect(heavy / others).toBeGreaterThan(3.5)
    expect(heavy / others).toBeLessThan(4.5)
  })

  it('let no camera wait much longer than the floor, however little it weighs', () => {
    const turns = new Turns({ weight: (camera) => (camera === 'camera-0' ? 0.1 : 10), floorMs: 1_000 })
    const light = play(turns, named(16, 100), 25, 30_000).get('camera-0')!
    expect(light.length).toBeGreaterThanOrEqual(25)
    const waits = light.slice(1).map((at, i) => at - light[i])
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000 + 100 + 2 * 25)
  })

  it('keep the shares by weight also where the floor lets a light camera through', () => {
    const weights: Record<string, number> = { 'camera-0': 0.1, 'camera-1': 4 }
    const turns = new Turns({ weight: (camera) => weights[camera] ?? 1, floorMs: 1_500 })
    const given = play(turns, named(16, 50), 25, 60_000)
    expect(given.get('camera-1')!.length / given.get('camera-2')!.length).toBeGreaterThan(3)
  })

  it('leave nothing idle: where everybody can be served, everybody is', () => {
    const given = play(new Turns(), named(7), 25, 10_000)
    for (const turns of given.values()) expect(turns.length).toBeGreaterThanOrEqual(48)
  })

  it('degrade smoothly: one camera more takes a little from each, and rates stay even', () => {
    let last = Number.POSITIVE_INFINITY
    for (let cameras = 4; cameras <= 48; cameras += 4) {
      const counts = [...play(new Turns(), named(cameras), 25, 20_000).values()].map((turns) => turns.length)
      expect(Math.min(...counts)).toBeLessThanOrEqual(last)
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(0.9 * Math.min(100, 800 / cameras) - 2)
      last = Math.min(...counts)
    }
  })

  it('let nobody save up turns while away', () => {
    const turns = new Turns()
    for (let i = 0; i < 100; i++) {
      turns.ask('busy', i)
      turns.next(i)
    }
    const order: (string | undefined)[] = []
    turns.ask('busy', 100)
    for (let i = 0; i < 6; i++) {
      turns.ask('back', 101)
      order.push(turns.next(101))
      turns.ask('busy', 101)
    }
    expect(order.filter((camera) => camera === 'busy').length).toBeGreaterThanOrEqual(2)
  })

  it('forget cameras that ask no more, and take a weight that is none for 1', () => {
    const turns = new Turns({ weight: () => Number.NaN })
    turns.ask('gone', 0)
    turns.withdraw('gone')
    expect(turns.waiting).toBe(0)
    expect(turns.next(0)).toBeUndefined()
    turns.ask('a', 0)
    expect(turns.next(0)).toBe('a')
  })
})

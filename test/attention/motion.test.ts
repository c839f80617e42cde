/** What moves is found, and what only looks like it is not: in drawn pictures, at any rate. */
import { describe, expect, it } from 'vitest'
import { seeded } from '../../scripts/eval/planted.ts'
import { Motion, type Movement } from '../../src/attention/motion.ts'
import type { Luma } from '../../src/domain/luma.ts'
import { draw, height, width, yard } from './pictures.ts'

/** Shows pictures every `everyMs` and returns what was seen of each. */
function show(motion: Motion, from: number, everyMs: number, pictures: readonly Luma[]): Movement[] {
  return pictures.map((luma, index) => motion.see(luma, from + index * everyMs))
}

/** A motion that has watched the empty yard for a while. */
function watching(noise = 2): Motion {
  const motion = new Motion()
  show(
    motion,
    0,
    200,
    Array.from({ length: 25 }, (_, seed) => yard({ noise, seed })),
  )
  return motion
}

const kinds = (movements: readonly Movement[]) => movements.map(({ kind }) => kind)
const count = (movements: readonly Movement[], kind: Movement['kind']) =>
  movements.filter((movement) => movement.kind === kind).length

/** Does any box cover the middle of the rectangle, pixels? */
function covers({ boxes }: Movement, x: number, y: number): boolean {
  const [px, py] = [x / width, y / height]
  return boxes.some(({ x1, y1, x2, y2 }) => px >= x1 && px <= x2 && py >= y1 && py <= y2)
}

describe('things that move', () => {
  it('are found where they are, each time', () => {
    const motion = watching()
    for (let step = 0; step < 20; step++) {
      const movement = motion.see(
        draw(yard({ noise: 2, seed: step }), { x: 20 + step * 8, y: 70, w: 12, h: 30 }),
        5_000 + step * 200,
      )
      expect(movement.kind).toBe('moving')
      expect(covers(movement, 26 + step * 8, 85)).toBe(true)
    }
  })

  it('stir until they have stood for a second, and are found for longer', () => {
    const motion = watching()
    const stood = Array.from({ length: 10 }, (_, step) =>
      motion.see(draw(yard({ noise: 2, seed: step }), { x: 100, y: 70, w: 12, h: 30 }), 5_000 + step * 200),
    )
    expect(stood.every(({ kind }) => kind === 'moving')).toBe(true)
    expect(stood.map(({ stirs }) => stirs).lastIndexOf(true)).toBe(5)
    const moved = motion.see(draw(yard({ noise: 2 }), { x: 108, y: 70, w: 12, h: 30 }), 7_000)
    expect(moved.stirs).toBe(true)
  })

  it('are found when they are far: two pixels wide, five high', () => {
    const motion = watching(1)
    const movements = Array.from({ length: 20 }, (_, step) =>
      motion.see(
        draw(yard({ noise: 1, seed: step }), { x: 60 + step, y: 60, w: 2, h: 5, level: 30 }),
        5_000 + step * 200,
      ),
    )
    expect(count(movements, 'moving')).toBeGreaterThanOrEqual(19)
  })

  it('are found at once after ten seconds without a picture', () => {
    const movement = watching().see(draw(yard({ noise: 2 }), { x: 100, y: 70, w: 12, h: 30 }), 15_000)
    expect(covers(movement, 106, 85)).toBe(true)
  })

  it('are background a few seconds after they stopped, however often pictures come', () => {
    for (const everyMs of [40, 200, 1_000, 2_000]) {
      const motion = watching()
      const stopped = Array.from({ length: 12_000 / everyMs }, (_, seed) =>
        draw(yard({ noise: 2, seed }), { x: 100, y: 70, w: 30, h: 30 }),
      )
      const movements = show(motion, 5_000, everyMs, stopped)
      expect(movements[0].kind).toBe('moving')
      expect(movements.slice(Math.ceil(6_000 / everyMs)).map(({ kind }) => kind)).not.toContain('moving')
    }
  })
})

describe('what only looks like movement', () => {
  it('noise of a night camera is still', () => {
    const pictures = Array.from({ length: 100 }, (_, seed) => yard({ noise: 12, seed }))
    const movements = show(new Motion(), 0, 200, pictures)
    expect(count(movements.slice(25), 'moving')).toBeLessThanOrEqual(1)
  })

  it('slow light is still', () => {
    const pictures = Array.from({ length: 150 }, (_, index) =>
      yard({ noise: 2, seed: index, light: index / 3 }),
    )
    expect(count(show(watching(), 5_000, 200, pictures), 'still')).toBe(150)
  })

  it('sudden light is one event at most, and what moves under it is still found', () => {
    for (const change of [{ light: 40 }, { gain: 1.3 }, { gain: 0.6 }]) {
      const motion = watching()
      const lit = show(
        motion,
        5_000,
        200,
        Array.from({ length: 10 }, (_, seed) => yard({ noise: 2, seed, ...change })),
      )
      expect(kinds(lit.slice(1))).toEqual(Array.from({ length: 9 }, () => 'still'))
      const movement = motion.see(draw(yard({ noise: 2, ...change }), { x: 50, y: 60, w: 20, h: 40 }), 8_000)
      expect(covers(movement, 60, 80)).toBe(true)
    }
  })

  it('a lamp does not hide who switches it on', () => {
    const lit = draw(yard({ noise: 2, gain: 1.3 }), { x: 50, y: 60, w: 20, h: 40 })
    const movement = watching().see(lit, 5_000)
    expect(movement.kind).toBe('moving')
    expect(covers(movement, 60, 80)).toBe(true)
  })

  it('another view is new once and then known', () => {
    const turned = Array.from({ length: 10 }, (_, seed) =>
      yard({ noise: 2, seed, shake: 60, gain: -1, light: 230 }),
    )
    const movements = show(watching(), 5_000, 200, turned)
    expect(movements[0].kind).toBe('new')
    expect(kinds(movements.slice(1))).toEqual(Array.from({ length: 9 }, () => 'still'))
  })

  it('a mast that trembles by a pixel is still', () => {
    const random = seeded(3)
    const pictures = Array.from({ length: 50 }, (_, seed) =>
      yard({ noise: 1, seed, shake: Math.round(random() * 2 - 1) }),
    )
    expect(count(show(watching(), 5_000, 200, pictures), 'still')).toBeGreaterThanOrEqual(48)
  })

  it('rain is mostly still after a while, and a person in it is found', () => {
    const random = seeded(5)
    const rain = (luma: Luma) => {
      for (let drop = 0; drop < 25; drop++) {
        draw(luma, {
          x: Math.floor(random() * width),
          y: Math.floor(random() * height),
          w: 1,
          h: 6,
          level: 200,
        })
      }
      return luma
    }
    const motion = watching()
    const wet = show(
      motion,
      5_000,
      200,
      Array.from({ length: 300 }, (_, seed) => rain(yard({ noise: 2, seed }))),
    )
    const boxes = wet.slice(100).reduce((sum, movement) => sum + movement.boxes.length, 0)
    expect(boxes / 200).toBeLessThan(3)
    const walker = draw(rain(yard({ noise: 2 })), { x: 100, y: 70, w: 8, h: 20 })
    expect(covers(motion.see(walker, 65_000), 104, 80)).toBe(true)
  })

  it('a clock in the picture is known within a minute or so, and a person who comes out from behind it is found', () => {
    const motion = watching()
    const clock = (luma: Luma, second: number) => {
      const digits = seeded(second)
      for (let x = 8; x < 60; x += 6)
        draw(luma, { x, y: 6, w: digits() > 0.5 ? 4 : 2, h: 6, level: digits() > 0.5 ? 255 : 0 })
      return luma
    }
    const ticking = Array.from({ length: 450 }, (_, index) =>
      clock(yard({ noise: 2, seed: index }), Math.floor(index / 5)),
    )
    const movements = show(motion, 5_000, 200, ticking)
    expect(count(movements.slice(0, 50), 'moving')).toBeGreaterThan(10)
    expect(count(movements.slice(350), 'moving')).toBeLessThanOrEqual(5)
    const passer = draw(clock(yard({ noise: 2 }), 1_000), { x: 50, y: 6, w: 16, h: 30 })
    expect(motion.see(passer, 95_200).kind).toBe('moving')
  })

  it('what is followed absolves the place where it moves', () => {
    const flag = (index: number) =>
      draw(yard({ noise: 2, seed: index }), { x: 80, y: 60, w: 12, h: 12, level: index % 2 ? 230 : 20 })
    const pictures = Array.from({ length: 450 }, (_, index) => flag(index))
    const [alone, followed] = [watching(), watching()]
    show(alone, 5_000, 200, pictures)
    pictures.forEach((luma, index) => {
      followed.see(luma, 5_000 + index * 200)
      followed.absolve({ x1: 0.3, y1: 0.4, x2: 0.4, y2: 0.6 })
    })
    expect(alone.see(flag(450), 95_000).kind).toBe('still')
    expect(followed.see(flag(450), 95_000).kind).toBe('moving')
  })
})

describe('the stream', () => {
  it('may go back in time for a burst and is not learned from twice', () => {
    const motion = watching()
    const passing = (at: number) => draw(yard({ noise: 2 }), { x: at, y: 70, w: 12, h: 30 })
    expect(motion.see(passing(200), 7_000).kind).toBe('moving')
    for (let step = 0; step < 10; step++) {
      expect(covers(motion.see(passing(20 + step * 18), 5_200 + step * 180), 26 + step * 18, 85)).toBe(true)
    }
  })

  it('may change its size: everything is new once', () => {
    const motion = watching()
    expect(motion.see({ width: 80, height: 60, pixels: new Uint8Array(4_800) }, 5_000).kind).toBe('new')
    expect(motion.see({ width: 80, height: 60, pixels: new Uint8Array(4_800) }, 5_200).kind).toBe('still')
  })
})

/** What the sizes of coded pictures tell: streams drawn number by number. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Activity, CodedFacts } from '../../src/attention/coded-facts.ts'
import { PacketActivity } from '../../src/attention/packet-activity.ts'

const keyBytes = 40_000

interface Scene {
  readonly fps?: number
  readonly gop?: number
  /** Share of a key picture that others cost while nothing moves, and how much that wavers. */
  readonly still?: number
  readonly wavers?: number
  /** Three of four pictures are ones that no other needs, and so much smaller. */
  readonly layered?: boolean
  /** Bytes stay the same, the quantiser takes the changes. */
  readonly constantRate?: boolean
  readonly readable?: boolean
  /** The first picture after a key picture costs so much more of one, the second half of that … */
  readonly mends?: number
}

/** A camera and what is heard of it. */
class Camera {
  readonly activity = new PacketActivity()
  readonly #scene: Required<Scene>
  #n = 0
  timeMs = 0
  last: Activity = { active: false, score: 0, blind: false }

  constructor(scene: Scene = {}) {
    const plain = {
      fps: 25,
      gop: 50,
      still: 0.03,
      wavers: 0.1,
      layered: false,
      constantRate: false,
      readable: true,
      mends: 0,
    }
    this.#scene = { ...plain, ...scene }
  }

  /** Runs for a while; `moving` is the share of the view that moves. Returns how long something was active, and from when, seconds, and the highest score. */
  run(seconds: number, moving = 0, known = false): { active: number; from: number; loudest: number } {
    const { fps } = this.#scene
    let active = 0
    let from = Number.POSITIVE_INFINITY
    let loudest = 0
    for (let n = 0; n < seconds * fps; n++) {
      this.last = this.activity.add(this.#picture(moving), known)
      loudest = Math.max(loudest, this.last.score)
      if (!this.last.active) continue
      active += 1 / fps
      from = Math.min(from, n / fps)
    }
    return { active, from, loudest }
  }

  #picture(moving: number): CodedFacts {
    const { fps, gop, still, wavers, layered, constantRate, readable, mends } = this.#scene
    const key = this.#n % gop === 0
    const reference = !layered || key || this.#n % 4 === 0
    const waver = 1 + wavers * Math.sin(this.#n * this.#n * 1.7)
    const mended = mends / 2 ** ((this.#n % gop) - 1)
    const share = key ? 1 : (still * waver + mended + moving) * (reference ? 1 : 0.3)
    this.#n++
    this.timeMs += 1000 / fps
    const bytes = constantRate && !key ? keyBytes / 10 : keyBytes * share
    const qp = 28 + Math.round(6 * Math.log2((keyBytes * share) / bytes))
    const sliceBytes = Math.round(bytes)
    return {
      timeMs: this.timeMs,
      sliceBytes,
      key,
      reference,
      qp: readable ? qp : undefined,
      afterLoss: false,
    }
  }
}

test('the first seconds of a stream count as movement, then a still scene does not', () => {
  const camera = new Camera()
  expect(camera.run(2.8).active).toBeCloseTo(2.8)
  expect(camera.run(3).active).toBeLessThan(0.3)
  expect(camera.run(60).active).toBe(0)
  expect(camera.last.blind).toBe(false)
})

test.each([
  ['25 pictures a second', {}],
  ['6 pictures a second', { fps: 6, gop: 12 }],
  ['a key picture each 10 s', { gop: 250 }],
  ['pictures that no other needs between the others', { layered: true, fps: 6, gop: 12, still: 0.2 }],
  ['an unreadable quantiser', { readable: false }],
  ['a constant rate', { constantRate: true }],
  ['some noise', { still: 0.1, wavers: 0.2 }],
] satisfies [string, Scene][])(
  'with %s: movement of an eighth of the view is told within a second',
  (_, scene) => {
    const camera = new Camera(scene)
    camera.run(30)
    expect(camera.run(30).active).toBe(0)
    expect(camera.run(2, 0.125).from).toBeLessThan(1)
  },
)

test('at a constant rate without quantisers nothing can be told: no signal', () => {
  const camera = new Camera({ constantRate: true, readable: false })
  camera.run(30)
  expect(camera.run(5, 0.3).active).toBe(0)
})

test('where noise drowns what movement adds it says that it is blind', () => {
  const camera = new Camera({ still: 0.45, wavers: 0.1 })
  camera.run(30)
  expect(camera.last).toMatchObject({ active: false, blind: true })
})

test('somebody who walks for 20 s does not become part of the still scene', () => {
  const camera = new Camera()
  camera.run(60)
  expect(camera.run(20, 0.08).active).toBeGreaterThan(18)
  expect(camera.run(3).from).toBeLessThan(1)
  expect(camera.run(20).active).toBe(0)
  expect(camera.run(2, 0.08).from).toBeLessThan(1)
})

test('movement that is known as such is never learned', () => {
  const camera = new Camera()
  camera.run(30)
  expect(camera.run(600, 0.08, true).active).toBeGreaterThan(595)
  camera.run(2)
  expect(camera.run(10).active).toBe(0)
})

test('a level that stays is the new still one after a minute or two', () => {
  const camera = new Camera()
  camera.run(60)
  expect(camera.run(20, 0.1).active).toBeGreaterThan(18)
  camera.run(90, 0.1)
  expect(camera.run(30, 0.1).active).toBe(0)
  expect(camera.run(2, 0.25).from).toBeLessThan(1)
})

test('one large picture, as encoders send to refresh the view, is no movement', () => {
  const camera = new Camera()
  camera.run(60)
  const large = { sliceBytes: keyBytes, key: false, reference: true, qp: 28, afterLoss: false }
  expect(camera.activity.add({ ...large, timeMs: camera.timeMs + 40 }).active).toBe(false)
  expect(camera.run(5).active).toBe(0)
})

test('pictures right after a key picture that mend it are no movement each time, and hide none', () => {
  const camera = new Camera({ still: 0.06, mends: 0.16 })
  camera.run(20)
  expect(camera.run(120).loudest).toBeLessThan(0.4)
  expect(camera.last.blind).toBe(false)
  expect(camera.run(2, 0.06).from).toBeLessThan(1)
})

test('a stream that jumps in time, and pictures that come in another order than shown, are no movement', () => {
  const camera = new Camera()
  camera.run(60)
  for (const jump of [3_600_000, -7_200_000, 5_000, Number.MAX_SAFE_INTEGER / 2]) {
    camera.timeMs += jump
    expect(camera.run(5).active).toBe(0)
  }
  const activity = new PacketActivity()
  let active = 0
  for (let n = 0; n < 2_000; n++) {
    const key = n % 52 === 0
    const shown = n + [0, 3, -1, -1][n % 4]!
    const sliceBytes = key ? keyBytes : n % 4 === 1 ? 2_000 : 600
    const facts = { timeMs: shown * 40, sliceBytes, key, reference: n % 4 < 2, qp: 28, afterLoss: false }
    if (activity.add(facts).active && n > 200) active++
  }
  expect(active).toBe(0)
})

test('whatever comes, it never throws and answers with numbers', () => {
  const facts = fc.record({
    timeMs: fc.oneof(fc.integer({ min: -1e9, max: 1e12 }), fc.nat(5_000)),
    sliceBytes: fc.nat(2 ** 23),
    key: fc.boolean(),
    reference: fc.boolean(),
    qp: fc.option(fc.nat(51), { nil: undefined }),
    afterLoss: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(facts, fc.boolean()), { minLength: 1, maxLength: 300 }), (pictures) => {
      const activity = new PacketActivity()
      for (const [picture, moving] of pictures) {
        const { score } = activity.add(picture, moving)
        expect(Number.isFinite(score) && score >= 0).toBe(true)
      }
    }),
  )
})

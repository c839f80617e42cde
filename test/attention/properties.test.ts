/** Whatever a camera sends and a tracker says: no throw, sane regions, and a decoder that always has what it needs. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Attention } from '../../src/attention/attention.ts'
import type { Activity, CodedFacts } from '../../src/attention/coded-facts.ts'
import { labels } from '../../src/domain/detection.ts'
import type { Luma } from '../../src/domain/luma.ts'
import type { Track } from '../../src/domain/track.ts'

const anyNumber = fc.oneof(fc.double({ min: -1, max: 2 }), fc.double())
const facts: fc.Arbitrary<Omit<CodedFacts, 'timeMs'>> = fc.record({
  sliceBytes: fc.nat(),
  key: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
  reference: fc.boolean(),
  qp: fc.option(fc.integer({ min: 0, max: 51 }), { nil: undefined }),
  afterLoss: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
})
const steps = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 2, arbitrary: fc.integer({ min: -1_000, max: 20_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -1e9, max: 1e9 }) },
)
const activity: fc.Arbitrary<Activity> = fc.record({
  active: fc.boolean(),
  score: fc.double({ min: 0, max: 100, noNaN: true }),
  blind: fc.boolean(),
})
const luma: fc.Arbitrary<Luma> = fc
  .tuple(
    fc.constantFrom(1, 3, 16, 37),
    fc.constantFrom(1, 5, 9, 24),
    fc.nat({ max: 255 }),
    fc.nat({ max: 255 }),
  )
  .map(([width, height, a, b]) => ({
    width,
    height,
    pixels: new Uint8Array(width * height).map((_, index) => a + ((index * b) >> 3)),
  }))
const track: fc.Arbitrary<Track> = fc.record({
  id: fc.integer({ min: 1, max: 5 }),
  label: fc.constantFrom(...labels),
  confidence: anyNumber,
  box: fc.record({ x1: anyNumber, y1: anyNumber, x2: anyNumber, y2: anyNumber }),
  anchor: fc.record({ x: anyNumber, y: anyNumber }),
  velocity: fc.record({ x: anyNumber, y: anyNumber }),
  firstSeen: anyNumber,
  lastSeen: anyNumber,
  seen: fc.boolean(),
})
const picture = fc.record({
  facts,
  step: steps,
  activity,
  luma: fc.option(luma),
  shownBackMs: fc.oneof(fc.constant(0), fc.integer({ min: -3_000, max: 12_000 })),
  tracks: fc.option(fc.array(track, { maxLength: 5 })),
  strain: fc.oneof(fc.constant(0), anyNumber),
  viewers: fc.nat({ max: 1 }),
})

it('holds for any stream', () => {
  fc.assert(
    fc.property(fc.array(picture, { maxLength: 80 }), (pictures) => {
      let said: Activity = { active: false, score: 0, blind: false }
      const attention = new Attention([], {}, { add: () => said })
      let timeMs = 0
      let fed = false
      let everKey = false
      for (const { facts, step, activity, luma, shownBackMs, tracks, strain, viewers } of pictures) {
        timeMs += step
        said = activity
        attention.strain = strain
        attention.viewers = viewers
        const choice = attention.coded({ ...facts, timeMs })
        everKey ||= facts.key
        if (choice === 'open') fed = everKey
        else if (facts.key) fed = choice !== 'keep'
        else if (choice === 'keep') fed &&= !facts.reference
        if (choice !== 'keep') expect(fed).toBe(true)
        if (luma) {
          const { open, look } = attention.shown(luma, timeMs - shownBackMs)
          if (open) fed = everKey
          expect(look.length).toBeLessThanOrEqual(2)
          for (const { x1, y1, x2, y2 } of look) {
            expect(x1 >= 0 && y1 >= 0 && x2 <= 1 && y2 <= 1 && x1 < x2 && y1 < y2).toBe(true)
          }
        }
        if (tracks) attention.follow(tracks, timeMs)
      }
    }),
    { numRuns: 400, seed: 21 },
  )
})

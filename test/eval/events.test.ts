/** Events that really happened, and alerts counted against them: small cases worked out by hand. */
import { describe, expect, it } from 'vitest'
import { annotation } from '../../scripts/eval/events/measure.ts'
import { crossroads } from '../../scripts/eval/events/places.ts'
import { ratesOf, score, type Told } from '../../scripts/eval/events/score.ts'
import { depthIn, type TruthEvent, truthOf } from '../../scripts/eval/events/truth.ts'
import type { Sequence } from '../../scripts/eval/sequences.ts'
import type { Box } from '../../src/domain/geometry.ts'
import type { Rule } from '../../src/domain/rule.ts'
import { boxAt } from '../support/scene.ts'

const common = {
  labels: ['person'],
  severity: 'major',
  duty: 'public-order',
  inertiaMs: 500,
  cooldownMs: 30_000,
} as const
const zone = {
  name: 'zone',
  polygon: [
    { x: 0.4, y: 0 },
    { x: 0.8, y: 0 },
    { x: 0.8, y: 1 },
    { x: 0.4, y: 1 },
  ],
}
const places = { zones: [zone], lines: [{ name: 'line', a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } }] }
const intrusion: Rule = { ...common, name: 'in', kind: 'intrusion', zone: 'zone' }
const crossing: Rule = {
  ...common,
  name: 'over',
  kind: 'line-crossing',
  line: 'line',
  direction: 'any',
  inertiaMs: 0,
}

/** Ten frames a second of a square picture; people are 0.2 tall and stand at y = 0.5. */
function sequence(
  seconds: number,
  peopleAt: (second: number) => Readonly<Record<number, number | undefined>>,
  hidden: readonly number[] = [],
): Sequence {
  const frames = Array.from({ length: seconds * 10 }, (_, index) => {
    const everybody = Object.entries(peopleAt(index / 10)).flatMap(([id, x]) =>
      x === undefined ? [] : { id: Number(id), box: boxAt(x, 0.5) },
    )
    const isHidden = ({ id }: { id: number }) => hidden.includes(id)
    const unseen = everybody.filter(isHidden)
    const truths = everybody.filter((one) => !isHidden(one))
    return { index, timeMs: index * 100, truths, ignored: unseen.map(({ box }) => box), hidden: unseen }
  })
  return { name: 'drawn', width: 100, height: 100, rate: 10, frames }
}

describe('depth in a polygon', () => {
  it('is the distance to its nearest edge, negative outside', () => {
    const square = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ]
    expect(depthIn(square, { x: 0.5, y: 0.3 })).toBeCloseTo(0.3, 9)
    expect(depthIn(square, { x: 1.4, y: 1.3 })).toBeCloseTo(-0.5, 9)
    expect(depthIn(square.toReversed(), { x: 0.9, y: 0.5 })).toBeCloseTo(0.1, 9)
  })
})

describe('an intrusion that happened', () => {
  it('lasts from the first foot inside to the last', () => {
    const walk = sequence(10, (second) => ({ 7: 0.1 * second + 0.005 }))
    expect(truthOf(walk, intrusion, places)).toEqual([
      { rule: 'in', who: 7, fromMs: 4_000, earliestMs: 3_900, untilMs: 8_000, sure: true },
    ])
  })

  it('is not sure on the edge, nor where it is hardly long enough, and nothing where it is too short', () => {
    const on = sequence(4, () => ({ 1: 0.405 }))
    expect(truthOf(on, intrusion, places)).toMatchObject([{ sure: false }])
    const inFor = (seconds: number) =>
      truthOf(
        sequence(4, (second) => ({ 1: second >= 1 && second < 1 + seconds ? 0.6 : 0.1 })),
        intrusion,
        places,
      )
    expect(inFor(0.6)).toMatchObject([{ sure: false }])
    expect(inFor(1.2)).toMatchObject([{ sure: true }])
    const patient = { ...intrusion, inertiaMs: 2_000 }
    const brief = sequence(4, (second) => ({ 1: second >= 1 && second < 2 ? 0.6 : 0.1 }))
    expect(truthOf(brief, patient, places)).toEqual([])
  })

  it('is asked for once where somebody comes back within the cooldown', () => {
    const returns = sequence(20, (second) => ({ 1: second % 10 < 5 ? 0.6 : 0.1 }))
    expect(truthOf(returns, intrusion, places).map(({ sure }) => sure)).toEqual([true, false])
    expect(truthOf(returns, { ...intrusion, cooldownMs: 0 }, places).map(({ sure }) => sure)).toEqual([
      true,
      true,
    ])
  })

  it('is asked for after a mere brush with the edge', () => {
    const brushes = sequence(20, (second) => ({ 1: second < 2 ? 0.405 : second >= 10 ? 0.6 : 0.1 }))
    expect(truthOf(brushes, intrusion, places).map(({ sure }) => sure)).toEqual([false, true])
  })

  it('is not asked for where nobody can see it', () => {
    expect(
      truthOf(
        sequence(5, () => ({ 1: 0.6 }), [1]),
        intrusion,
        places,
      ),
    ).toMatchObject([{ sure: false }])
  })
})

describe('a crossing that happened', () => {
  it('is the change of sides of one who was clear of the line on both of them', () => {
    const walk = sequence(6, (second) => ({ 3: 0.205 + 0.1 * second }))
    // Down the line, the left hand is on the right side of the picture.
    expect(truthOf(walk, crossing, places)).toEqual([
      { rule: 'over', who: 3, fromMs: 3_000, untilMs: 3_100, direction: 'left', sure: true },
    ])
  })

  it('is not sure for one who trembles on the line', () => {
    const trembling = sequence(3, (second) => ({ 3: 0.5 + (Math.round(second * 10) % 2 ? 0.004 : -0.004) }))
    const found = truthOf(trembling, crossing, places)
    expect(found.length).toBeGreaterThan(5)
    expect(found.some(({ sure }) => sure)).toBe(false)
  })
})

describe('loitering and crowds that happened', () => {
  it('come true after the dwell', () => {
    const rule: Rule = { ...common, name: 'stays', kind: 'loitering', zone: 'zone', dwellMs: 3_000 }
    const stays = sequence(10, (second) => ({ 1: second >= 2 ? 0.6 : 0.1, 2: second < 2 ? 0.6 : 0.1 }))
    expect(truthOf(stays, rule, places)).toMatchObject([{ who: 1, fromMs: 5_000, sure: true }])
  })

  it('are there from the moment at which there are enough, and one as long as it may go on', () => {
    const rule: Rule = { ...common, name: 'many', kind: 'crowding', zone: 'zone', count: 3, hysteresis: 1 }
    const gather = sequence(12, (second) => ({
      1: 0.5,
      2: second >= 2 ? 0.6 : 0.1,
      3: (second >= 4 && second < 6) || second >= 8 ? 0.7 : 0.1,
    }))
    expect(truthOf(gather, rule, places)).toEqual([
      { rule: 'many', fromMs: 4_000, earliestMs: 4_000, untilMs: 11_900, sure: true },
    ])
  })
})

describe('alerts', () => {
  const there: Box = boxAt(0.6, 0.5)
  const where = {
    at: (who: number) => (who === 1 ? there : boxAt(0.2, 0.5)),
    ignored: () => [boxAt(0.9, 0.9)],
  }
  const happened: TruthEvent = { rule: 'in', who: 1, fromMs: 1_000, untilMs: 4_000, sure: true }
  const told = (timeMs: number, box = there, more: Partial<Told> = {}): Told => ({
    rule: 'in',
    timeMs,
    box,
    ...more,
  })

  it('are right once about what happened, and wrong when they repeat it', () => {
    expect(score([happened], [told(1_600)], where)).toMatchObject({ found: 1, wrong: 0, delaysMs: [600] })
    expect(score([happened], [told(1_600), told(3_000)], where)).toMatchObject({ found: 1, wrong: 1 })
  })

  it('are wrong too early, too late, about somebody else, by another rule and in the other direction', () => {
    const wrong = (alert: Told, truth = happened) => score([truth], [alert], where)
    for (const alert of [
      told(400),
      told(6_100),
      told(1_600, boxAt(0.2, 0.5)),
      told(1_600, there, { rule: 'other' }),
    ])
      expect(wrong(alert)).toMatchObject({ found: 0, wrong: 1 })
    const left = { ...happened, direction: 'left' } as const
    expect(wrong(told(1_600, there, { direction: 'right' }), left)).toMatchObject({ found: 0, wrong: 1 })
    expect(wrong(told(1_600, there, { direction: 'left' }), left)).toMatchObject({ found: 1, wrong: 0 })
  })

  it('are about whoever lies best under their box, also where that was told already or is not sure', () => {
    const beside = { ...happened, who: 2 }
    const near = boxAt(0.62, 0.5)
    const both = { at: (who: number) => (who === 1 ? there : near), ignored: () => [] }
    expect(score([{ ...happened, sure: false }, beside], [told(1_600)], both)).toMatchObject({
      found: 0,
      neither: 1,
    })
    expect(score([happened, beside], [told(1_600), told(1_800, near)], both)).toMatchObject({
      found: 2,
      wrong: 0,
    })
  })

  it('count nowhere about what is not sure, and about what is ignored', () => {
    const unsure = { ...happened, sure: false }
    expect(score([unsure], [told(1_600)], where)).toMatchObject({ truths: 0, found: 0, wrong: 0, neither: 1 })
    expect(score([], [told(1_600, boxAt(0.9, 0.9))], where)).toMatchObject({ wrong: 0, neither: 1 })
  })

  it('add up to precision, recall and a median', () => {
    const rates = ratesOf({ truths: 4, found: 3, wrong: 1, neither: 9, delaysMs: [900, 100, 500] })
    expect(rates).toMatchObject({ precision: 0.75, recall: 0.75, medianDelayMs: 500 })
    expect(ratesOf({ truths: 0, found: 0, wrong: 0, neither: 0, delaysMs: [] })).toMatchObject({
      precision: null,
      recall: null,
      medianDelayMs: null,
    })
  })

  it('find people where they are annotated next, and nowhere where that is too far off', () => {
    const blinks = annotation(sequence(10, (second) => ({ 1: second < 5 ? 0.1 + second / 100 : undefined })))
    expect(blinks.at(1, 2_040)?.x1).toBeCloseTo(0.095, 9)
    expect(blinks.at(1, 5_400)?.x1).toBeCloseTo(0.124, 9)
    expect(blinks.at(1, 7_000)).toBeUndefined()
  })
})

it('has rules of every kind it derives a truth for, over places that exist', () => {
  const walk = sequence(2, (second) => ({ 1: second / 2 }))
  for (const rule of crossroads.rules) expect(() => truthOf(walk, rule, crossroads)).not.toThrow()
})

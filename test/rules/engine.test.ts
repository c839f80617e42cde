/** Rules begin once, end once, and only for what is true. */
import { describe, expect, it } from 'vitest'
import type { RuleEvent } from '../../src/domain/alert.ts'
import { wholePicture } from '../../src/domain/geometry.ts'
import type { Rule } from '../../src/domain/rule.ts'
import type { Schedule } from '../../src/domain/schedule.ts'
import type { Track } from '../../src/domain/track.ts'
import { RuleEngine } from '../../src/rules/engine.ts'
import { mostSilences, Silences } from '../../src/rules/silences.ts'
import { Tracker } from '../../src/track/tracker.ts'
import { detectionAt, trackAt } from '../support/scene.ts'

const base = { severity: 'major', duty: 'public-order', inertiaMs: 500, cooldownMs: 30_000 } as const
const intrusion: Rule = { ...base, name: 'no entry', kind: 'intrusion', labels: ['person'], zone: 'yard' }
const crossing: Rule = {
  ...base,
  name: 'gate',
  kind: 'line-crossing',
  labels: ['person'],
  line: 'gate',
  direction: 'any',
}
const loitering: Rule = {
  ...base,
  name: 'loiter',
  kind: 'loitering',
  labels: ['person'],
  zone: 'yard',
  dwellMs: 10_000,
}
const crowding: Rule = {
  ...base,
  name: 'crowd',
  kind: 'crowding',
  labels: ['person'],
  zone: 'yard',
  count: 5,
  hysteresis: 1,
}
const parking: Rule = {
  ...base,
  name: 'no parking',
  kind: 'stationary-vehicle',
  labels: ['vehicle'],
  zone: 'yard',
  dwellMs: 20_000,
  tolerance: 0.03,
}
/** The right half of the picture. */
const yard = {
  name: 'yard',
  polygon: [
    { x: 0.5, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0.5, y: 1 },
  ],
}
/** Upwards through the middle of the picture: left of who walks it is left in the picture. */
const gate = { name: 'gate', a: { x: 0.5, y: 0.9 }, b: { x: 0.5, y: 0.1 } }

const start = Date.UTC(2026, 10, 23, 4, 0, 0)
const stepMs = 200

const engineFor = (...rules: Rule[]) => new RuleEngine({ rules, zones: [yard], lines: [gate] })

/** Events of a scene at 5 frames per second; `show` gets the frame's number and seconds since the start. */
function watch(rule: Rule, frames: number, show: (frame: number, seconds: number) => Track[]): RuleEvent[] {
  const engine = engineFor(rule)
  return Array.from({ length: frames }, (_, frame) => frame).flatMap((frame) =>
    engine.evaluate(show(frame, (frame * stepMs) / 1_000), start + frame * stepMs),
  )
}

/** Events as `began 1.2` with the seconds since the start. */
const told = (events: readonly RuleEvent[]) =>
  events.map(({ phase, time, because }) =>
    [phase, (time - start) / 1_000, because].filter((x) => x !== undefined).join(' '),
  )

describe('things that lie still', () => {
  const rule = { ...base, zone: 'yard', labels: ['object'], dwellMs: 10_000, minShare: 0.002 } as const
  const left: Rule = { ...rule, name: 'left', kind: 'object-left' }
  const removed: Rule = { ...rule, name: 'removed', kind: 'object-removed' }
  const blocked: Rule = { ...parking, name: 'lane', kind: 'fire-lane-blocked', labels: ['vehicle', 'object'] }
  const thing = (change: 'came' | 'went', x = 0.7) => trackAt(1, x, 0.5, { change }, 'object')

  it('that were left hold for the rule about that, once they have lain there for long enough', () => {
    const show = (frame: number) => (frame >= 10 && frame < 100 ? [thing('came')] : [])
    expect(told(watch(left, 120, show))).toEqual(['began 12.6', 'ended 20.6 track-lost'])
    expect(watch(removed, 120, show)).toEqual([])
    expect(watch(left, 120, () => [thing('came', 0.2)])).toEqual([])
  })

  it('that are gone hold for the rule about that alone', () => {
    const show = () => [thing('went')]
    expect(told(watch(removed, 120, show))).toEqual(['began 10.6'])
    expect(watch(left, 120, show)).toEqual([])
    expect(watch(blocked, 120, show)).toEqual([])
    expect(watch({ ...intrusion, labels: ['object'] }, 120, show)).toEqual([])
  })

  it('are looked past where they are too small', () => {
    const box = { x1: 0.7, y1: 0.46, x2: 0.74, y2: 0.5 }
    const show = () => [{ ...thing('came'), box }]
    expect(watch(left, 120, show)).toEqual([])
    expect(told(watch({ ...left, minShare: 0.001 }, 120, show))).toEqual(['began 10.6'])
  })

  it('block a fire lane as a vehicle does', () => {
    expect(told(watch(blocked, 120, () => [thing('came')]))).toEqual(['began 20.8'])
  })
})

describe('intrusion', () => {
  it('begins once after the inertia and ends once after it', () => {
    const events = watch(intrusion, 50, (frame) => [trackAt(1, frame >= 10 && frame < 30 ? 0.7 : 0.2, 0.5)])
    expect(told(events)).toEqual(['began 2.6', 'ended 6.6 cleared'])
    expect(events[0]).toMatchObject({
      rule: 'no entry',
      subject: 'track 1',
      zone: 'yard',
      objects: [{ track: 1, label: 'person' }],
    })
  })

  it('says what the thing is like and how fast it is', () => {
    const calibration = yard.polygon.map((at) => ({ at, metres: { x: 20 * at.x, y: 10 * at.y } }))
    const rules: Rule[] = [{ ...intrusion, labels: ['vehicle'], inertiaMs: 0 }]
    const engine = new RuleEngine({ rules, zones: [yard], lines: [], calibration })
    const car = trackAt(1, 0.7, 0.5, { type: 'car', velocity: { x: 0.1, y: 0 } }, 'vehicle')
    expect(engine.evaluate([car], start)[0].objects[0].attributes).toEqual({
      type: 'car',
      pace: 'slow',
      heading: 'right',
      speed: expect.closeTo(2),
    })
  })

  it('takes no notice of a step inside that is shorter than the inertia', () => {
    expect(watch(intrusion, 50, (frame) => [trackAt(1, frame % 3 ? 0.7 : 0.2, 0.5)])).toEqual([])
  })

  it('holds since the first detection where that was inside, but for no longer than a second before', () => {
    const comes = (firstSeen: number, x = 0.7) =>
      told(
        watch(intrusion, 10, (frame) => {
          const news = frame === 0 ? { cameFrom: { x, y: 0.5 } } : {}
          return [trackAt(1, 0.7, 0.5, { firstSeen: start + firstSeen, ...news })]
        }),
      )
    expect(comes(-200)).toEqual(['began 0.4'])
    expect(comes(-200, 0.2)).toEqual(['began 0.6'])
    expect(comes(-60_000)).toEqual(['began 0'])
    const patient = { ...intrusion, inertiaMs: 1_500 }
    const long = watch(patient, 20, (frame) => [
      trackAt(1, 0.7, 0.5, { firstSeen: start - 60_000, ...(frame ? {} : { cameFrom: { x: 0.7, y: 0.5 } }) }),
    ])
    expect(told(long)).toEqual(['began 0.6'])
  })

  it('does not end for a step outside that is shorter than the inertia', () => {
    const events = watch(intrusion, 50, (frame) => [
      trackAt(1, frame > 10 && frame % 3 === 0 ? 0.2 : 0.7, 0.5),
    ])
    expect(told(events)).toEqual(['began 0.6'])
  })

  it('holds for each intruder on its own', () => {
    const events = watch(intrusion, 30, (frame) => [
      trackAt(1, 0.7, 0.5),
      ...(frame > 10 ? [trackAt(2, 0.8, 0.5)] : []),
    ])
    expect(events.map(({ subject, phase }) => `${subject} ${phase}`)).toEqual([
      'track 1 began',
      'track 2 began',
    ])
  })

  it('does not begin with a track that is only expected, but goes on with one', () => {
    expect(watch(intrusion, 30, () => [trackAt(1, 0.7, 0.5, { seen: false })])).toEqual([])
    const events = watch(intrusion, 60, (frame) => [trackAt(1, 0.7, 0.5, { seen: frame < 10 })])
    expect(told(events)).toEqual(['began 0.6'])
  })

  it('says that the track was lost where it vanished inside the zone', () => {
    const events = watch(intrusion, 40, (frame) => (frame < 20 ? [trackAt(1, 0.7, 0.5)] : []))
    expect(told(events)).toEqual(['began 0.6', 'ended 4.6 track-lost'])
  })

  it('looks at its labels alone', () => {
    expect(watch(intrusion, 30, () => [trackAt(1, 0.7, 0.5, {}, 'vehicle')])).toEqual([])
  })

  it('stays silent about the same track for the cooldown, and not about another', () => {
    const comesAndGoes = (frame: number) => (frame % 20 < 10 ? 0.7 : 0.2)
    const events = watch(intrusion, 250, (frame) => [
      trackAt(1, comesAndGoes(frame), 0.5),
      ...(frame > 30 ? [trackAt(2, 0.8, 0.5)] : []),
    ])
    const began = events.filter(({ phase }) => phase === 'began')
    expect(began.filter(({ subject }) => subject === 'track 2')).toHaveLength(1)
    const times = began.filter(({ subject }) => subject === 'track 1').map(({ time }) => time - start)
    expect(times).toHaveLength(2)
    expect(times[1] - times[0]).toBeGreaterThanOrEqual(30_000)
  })
})

describe('line crossing', () => {
  const across = (from: number, to: number) => (frame: number) => [
    trackAt(1, from + ((to - from) * frame) / 20, 0.5),
  ]

  it('begins and ends at the moment in which the line is crossed, and says to which side', () => {
    const toRight = watch(crossing, 20, across(0.3, 0.71))
    expect(toRight.map(({ phase, direction, because }) => [phase, direction, because])).toEqual([
      ['began', 'right', undefined],
      ['ended', 'right', 'cleared'],
    ])
    expect(toRight[0].time).toBe(toRight[1].time)
    expect(toRight[0]).toMatchObject({ line: 'gate', objects: [{ track: 1 }] })
    expect(watch(crossing, 20, across(0.71, 0.3)).map(({ direction }) => direction)).toEqual(['left', 'left'])
  })

  it('takes no notice of those who go the other way', () => {
    const toLeft: Rule = { ...crossing, direction: 'left' }
    expect(watch(toLeft, 20, across(0.3, 0.71))).toEqual([])
    expect(watch(toLeft, 20, across(0.71, 0.3))).toHaveLength(2)
  })

  it('tells of whoever drives the wrong way, and of them alone, also where they turned round', () => {
    const wrongWay: Rule = { ...crossing, labels: ['vehicle'], direction: 'left', cooldownMs: 0 }
    const car = (id: number, x: number) => trackAt(id, x, 0.5, {}, 'vehicle')
    const events = watch(wrongWay, 60, (frame) => [
      car(1, 0.3 + frame * 0.01),
      car(2, 0.8 - frame * 0.01),
      // Drives over the line as it may, and comes back.
      car(3, frame < 30 ? 0.4 + frame * 0.01 : 1 - frame * 0.01),
    ])
    expect(events.filter(({ phase }) => phase === 'began').map(({ subject }) => subject)).toEqual([
      'track 2',
      'track 3',
    ])
  })

  it('counts a walk that stops exactly on the line and goes on, once', () => {
    const events = watch(crossing, 40, (frame) => [
      trackAt(1, Math.min(0.5, 0.3 + frame * 0.01) + Math.max(0, frame - 30) * 0.01, 0.5),
    ])
    expect(told(events.filter(({ phase }) => phase === 'began'))).toHaveLength(1)
  })

  it('takes no notice of who walks up to the line and back, or trembles on it', () => {
    expect(watch(crossing, 40, (frame) => [trackAt(1, 0.5 - Math.abs(frame - 20) * 0.01, 0.5)])).toEqual([])
    expect(watch(crossing, 40, (frame) => [trackAt(1, 0.5 + (frame % 2 ? 0.004 : -0.004), 0.5)])).toEqual([])
  })

  it('raises one alert for a track that goes to and fro, for as long as the cooldown lasts', () => {
    const events = watch(crossing, 100, (frame) => [trackAt(1, 0.5 + 0.1 * Math.sin(frame / 3), 0.5)])
    expect(events.filter(({ phase }) => phase === 'began')).toHaveLength(1)
  })

  it('takes no notice of who passes beyond its ends', () => {
    expect(watch(crossing, 20, (frame) => [trackAt(1, 0.3 + frame * 0.02, 0.95)])).toEqual([])
  })

  it('counts one who crossed between the first detection and the belief of the tracker', () => {
    const cameFrom = { x: 0.46, y: 0.5 }
    const events = watch(crossing, 5, (frame) => [
      trackAt(1, 0.52 + frame * 0.05, 0.5, frame === 0 ? { cameFrom } : {}),
    ])
    expect(told(events)).toEqual(['began 0', 'ended 0 cleared'])
  })

  it('tells of one who is hardly over the line and at this pace clear of it in a moment', () => {
    const steps = (x: number) =>
      told(
        watch(crossing, 2, (frame) => [
          trackAt(1, frame === 0 ? 0.45 : 0.505, 0.5, { velocity: { x, y: 0 } }),
        ]),
      )
    expect(steps(0.1)).toEqual(['began 0.2', 'ended 0.2 cleared'])
    expect(steps(0.01)).toEqual([])
    expect(steps(-0.5)).toEqual([])
  })

  it('counts one who crossed while hidden when they are seen again', () => {
    const events = watch(crossing, 20, (frame) => [
      trackAt(1, 0.3 + frame * 0.02, 0.5, { seen: frame < 5 || frame > 15 }),
    ])
    expect(told(events)).toEqual(['began 3.2', 'ended 3.2 cleared'])
  })
})

describe('counting', () => {
  const counting: Rule = {
    ...{ ...base, inertiaMs: 0, cooldownMs: 0, name: 'hall', kind: 'counting', labels: ['person'] },
    ...{ line: 'gate', inside: 'left', what: 'occupancy', count: 3, hysteresis: 1 },
    ...{ resetAt: 4 * 60, timeZone: 'Asia/Shanghai' },
  }
  /** Before the frame of its number each of them is at the right, then at the left. */
  const comeIn = (frame: number, ...at: number[]) =>
    at.map((when, n) => trackAt(n + 1, frame < when ? 0.7 : 0.3, 0.5))
  /** Between two calls of the engine, as told by a scene with hours in between. */
  const engine = (rule: Rule) => engineFor(rule)

  it('tells when more are inside than may be, of the most, and when they are fewer again', () => {
    const events = watch(counting, 60, (frame) => [
      ...comeIn(frame, 5, 10, 15, 20),
      ...[30, 35].map((when, n) => trackAt(n + 7, frame < when ? 0.3 : 0.7, 0.5)),
      trackAt(9, frame < 40 ? 0.3 : 0.7, 0.5),
    ])
    expect(told(events)).toEqual(['began 3', 'ended 8 cleared'])
    expect(events.map(({ count }) => count)).toEqual([3, 4])
    expect(events[0]).toMatchObject({ subject: 'line', line: 'gate', objects: [{ track: 3 }] })
  })

  it('never counts below nobody: who was inside before it began owes nothing', () => {
    const events = watch({ ...counting, count: 1 }, 30, (frame) => [
      ...[3, 5, 7].map((when, n) => trackAt(n + 1, frame < when ? 0.3 : 0.7, 0.5)),
      trackAt(9, frame < 15 ? 0.7 : 0.3, 0.5),
    ])
    expect(told(events)).toEqual(['began 3'])
  })

  it.each(['in', 'out'] as const)('tells once a day how many went %s', (what) => {
    const rule: Rule = { ...counting, what, inside: what === 'in' ? 'left' : 'right' }
    const events = watch(rule, 60, (frame) => comeIn(frame, 5, 10, 15, 20, 25, 30))
    expect(told(events)).toEqual(['began 3', 'ended 3 cleared'])
    expect(events[0].count).toBe(3)
  })

  it('begins at nobody again at the hour of the reset, by the clock of its zone', () => {
    const hall = engine(counting)
    const enter = (id: number, at: number) =>
      [0.7, 0.3].flatMap((x, n) => hall.evaluate([trackAt(id, x, 0.5)], at + n * stepMs))
    const reset = Date.UTC(2026, 10, 23, 20, 0, 0)
    const events = [
      ...enter(1, reset - 60_000),
      ...enter(2, reset - 50_000),
      ...enter(3, reset - 40_000),
      ...enter(4, reset + 1_000),
      ...enter(5, reset + 2_000),
    ]
    expect(events.map(({ phase, time }) => [phase, time - reset])).toEqual([
      ['began', -40_000 + stepMs],
      ['ended', 1_000],
    ])
    expect(enter(6, reset + 3_000).map(({ phase }) => phase)).toEqual(['began'])
  })

  it('goes on counting after pictures were missing, without what happened meanwhile', () => {
    const hall = engine(counting)
    const seen = (id: number, x: number, at: number) => hall.evaluate([trackAt(id, x, 0.5)], start + at)
    for (const [id, at] of [
      [1, 0],
      [2, 1_000],
    ]) {
      seen(id, 0.7, at)
      seen(id, 0.3, at + 200)
    }
    seen(3, 0.7, 2_000)
    expect(hall.end('camera-lost', start + 30_000)).toEqual([])
    // The tracker's number stands for somebody else now, perhaps.
    expect(seen(3, 0.3, 60_000)).toEqual([])
    seen(4, 0.7, 61_000)
    expect(seen(4, 0.3, 61_200).map(({ phase, count }) => [phase, count])).toEqual([['began', 3]])
  })
})

describe('loitering', () => {
  it('begins after the dwell and the inertia, although the anchor stepped out for a moment', () => {
    const events = watch(loitering, 100, (frame) => [trackAt(1, frame >= 20 && frame < 25 ? 0.45 : 0.7, 0.5)])
    expect(told(events)).toEqual(['began 10.6'])
  })

  it('counts the dwell from the first detection', () => {
    const first = { cameFrom: { x: 0.7, y: 0.5 }, firstSeen: start - 400 }
    const rule = { ...loitering, inertiaMs: 0, dwellMs: 4_000 }
    const stays = (news: object) =>
      told(watch(rule, 50, (frame) => [trackAt(1, 0.7, 0.5, frame === 0 ? news : {})]))
    expect(stays(first)).toEqual(['began 3.6'])
    expect(stays({})).toEqual(['began 4'])
  })

  it('begins its dwell anew for one who was away for longer', () => {
    const events = watch(loitering, 100, (frame) => [trackAt(1, frame >= 20 && frame < 35 ? 0.45 : 0.7, 0.5)])
    expect(told(events)).toEqual(['began 17.6'])
  })

  it('takes no notice of a stream of passers-by', () => {
    expect(watch(loitering, 200, (frame) => [trackAt(Math.floor(frame / 40), 0.7, 0.5)])).toEqual([])
  })
})

describe('crowding', () => {
  const crowd = (count: number) =>
    Array.from({ length: count }, (_, n) => trackAt(n + 1, 0.55 + n * 0.03, 0.5))

  it('raises one alert for a count that hovers at its limit', () => {
    const events = watch(crowding, 300, (frame) => crowd(frame < 10 ? 5 : frame % 2 ? 4 : 5))
    expect(told(events)).toEqual(['began 0.6'])
    expect(events[0]).toMatchObject({ subject: 'zone', count: 5 })
  })

  it('ends below the hysteresis and names the greatest count', () => {
    const events = watch(crowding, 60, (frame) => crowd(frame < 10 ? 5 : frame < 30 ? 7 : 3))
    expect(told(events)).toEqual(['began 0.6', 'ended 6.6 cleared'])
    expect(events[1].count).toBe(7)
  })

  it('tells of a crowd that grows, not more often than every 10 s, and never of one that shrinks', () => {
    const size = (frame: number) => (frame < 100 ? 5 + Math.floor(frame / 10) : 12)
    const events = watch(crowding, 300, (frame) => crowd(Math.min(14, frame < 200 ? size(frame) : 6)))
    expect(events.map(({ phase, count }) => `${phase} ${count}`)).toEqual([
      'began 5',
      'updated 10',
      'updated 14',
    ])
    expect(events[2].time - events[1].time).toBeGreaterThanOrEqual(10_000)
  })

  it('counts one who is hidden for a moment, and none who is hidden for long', () => {
    const hiddenSince = (ms: number) =>
      watch(crowding, 20, (frame) => {
        const time = start + frame * stepMs
        return [...crowd(4), trackAt(9, 0.9, 0.5, { seen: false, lastSeen: time - ms })]
      })
    expect(hiddenSince(600)).toHaveLength(1)
    expect(hiddenSince(1_600)).toEqual([])
  })

  it('counts by the square metre where the camera is calibrated, and says how dense it is', () => {
    // The yard is 2 × 2 m.
    const calibration = yard.polygon.map((at) => ({ at, metres: { x: 4 * at.x, y: 2 * at.y } }))
    const { count: _, ...dense } = { ...crowding, density: 1.75, hysteresis: 2, inertiaMs: 0 }
    const engine = new RuleEngine({ rules: [dense], zones: [yard], lines: [], calibration })
    const sizes = [6, 7, 5, 4]
    const events = sizes.flatMap((size, i) => engine.evaluate(crowd(size), start + i * 1_000))
    expect(events.map(({ phase, count, density }) => `${phase} ${count} ${density}`)).toEqual([
      'began 7 1.75',
      'ended 7 1.75',
    ])
    expect(events[1].time - start).toBe(3_000)
  })

  it('asks for the greater of a count and a density, and never calls one a crowd', () => {
    const calibration = yard.polygon.map((at) => ({ at, metres: { x: 4 * at.x, y: 2 * at.y } }))
    const sizeOf = (rule: Partial<Rule>) => {
      const rules = [{ ...crowding, inertiaMs: 0, hysteresis: 0, ...rule } as Rule]
      return [1, 2, 3, 4, 5, 6, 7, 8].find(
        (size) =>
          new RuleEngine({ rules, zones: [yard], lines: [], calibration }).evaluate(crowd(size), start)
            .length > 0,
      )
    }
    expect(sizeOf({ count: 3, density: 1.5 })).toBe(6)
    expect(sizeOf({ count: 7, density: 1.5 })).toBe(7)
    expect(sizeOf({ count: undefined, density: 0.1 })).toBe(2)
    expect(sizeOf({ count: 3 })).toBe(3)
  })

  it('is refused without a number, and by the square metre where nobody knows them', () => {
    const { count: _, ...nothing } = crowding
    expect(() => engineFor(nothing)).toThrow(/needs count or density/)
    expect(() => engineFor({ ...nothing, density: 2 })).toThrow(/calibrated ground/)
  })

  it('names the fifty most confident of a bigger crowd', () => {
    const [began] = watch(crowding, 10, () =>
      Array.from({ length: 80 }, (_, n) => trackAt(n, 0.7, 0.5, { confidence: n / 80 })),
    )
    expect(began.count).toBe(80)
    expect(began.objects).toHaveLength(50)
    expect(Math.min(...began.objects.map(({ confidence }) => confidence))).toBeCloseTo(30 / 80)
  })
})

describe('stationary vehicle', () => {
  const car = (x: number) => [trackAt(1, x, 0.5, {}, 'vehicle')]

  it('begins for a car that stands for the dwell, although its box trembles and a passer-by cuts it', () => {
    const events = watch(parking, 150, (frame) =>
      car(frame < 10 ? 0.6 + frame * 0.01 : frame % 40 === 0 ? 0.75 : 0.7 + (frame % 3) * 0.005),
    )
    expect(events.map(({ phase }) => phase)).toEqual(['began'])
    expect(events[0].time - start).toBeGreaterThanOrEqual(20_000)
  })

  it('takes no notice of a car that creeps on, nor of one that stands outside', () => {
    expect(watch(parking, 200, (frame) => car(0.55 + frame * 0.002))).toEqual([])
    expect(watch(parking, 200, () => car(0.3))).toEqual([])
  })

  it('ends when the car drives off', () => {
    const events = watch(parking, 200, (frame) => car(frame < 150 ? 0.7 : 0.7 + (frame - 149) * 0.02))
    expect(events.map(({ phase, because }) => because ?? phase)).toEqual(['began', 'cleared'])
  })
})

describe('what the kinds of presence and standing are about', () => {
  const lane: Rule = {
    ...{ ...base, name: 'lane', kind: 'fire-lane-blocked', labels: ['vehicle', 'two-wheeler'] },
    ...{ zone: 'yard', dwellMs: 5_000, tolerance: 0.03 },
  }

  it('a fire lane is blocked by whatever stands in it, not by what drives through', () => {
    const events = watch(lane, 60, (frame) => [
      trackAt(1, 0.6, 0.5, {}, 'vehicle'),
      trackAt(2, 0.8, 0.5, {}, 'two-wheeler'),
      trackAt(3, 0.5 + frame * 0.008, 0.7, {}, 'vehicle'),
      trackAt(4, 0.7, 0.7),
    ])
    expect(events.map(({ subject, phase, kind }) => `${subject} ${phase} ${kind}`)).toEqual([
      'track 1 began fire-lane-blocked',
      'track 2 began fire-lane-blocked',
    ])
  })

  it.each([
    ['two-wheeler-indoors', 'two-wheeler'],
    ['vehicle-in-protected-area', 'vehicle'],
    ['after-hours-presence', 'person'],
  ] as const)('%s: a %s that comes in, for as long as it is there', (kind, label) => {
    const rule: Rule = { ...base, name: 'here', kind, labels: [label], zone: 'yard' }
    const events = watch(rule, 40, (frame) => [trackAt(1, frame < 20 ? 0.7 : 0.2, 0.5, {}, label)])
    expect(told(events)).toEqual(['began 0.6', 'ended 4.6 cleared'])
    expect(events[0]).toMatchObject({ kind, zone: 'yard' })
  })
})

describe('the silence after an alert', () => {
  const watched: Rule = { ...intrusion, cooldownMs: 30_000 }
  const beganIn = (events: readonly RuleEvent[]) => events.filter(({ phase }) => phase === 'began')
  /** Seen for 3 s under each id, then away for 2 s. */
  const flickers = (frame: number, x = 0.7) =>
    frame % 25 < 15 ? [trackAt(1 + Math.floor(frame / 25), x, 0.5)] : []

  it('outlives the track: somebody who flickers for 30 s raises one alert', () => {
    expect(told(watch(watched, 150, (frame) => flickers(frame)))).toEqual([
      'began 0.6',
      'ended 3.6 track-lost',
    ])
  })

  it('covers somebody whom the real tracker loses again and again', () => {
    const tracker = new Tracker()
    const ids = new Set<number>()
    const events = watch(watched, 150, (frame) => {
      const found = frame % 50 < 25 ? [detectionAt(0.7, 0.5)] : []
      const tracks = tracker.update(found, [wholePicture], start + frame * stepMs)
      for (const { id } of tracks) ids.add(id)
      return tracks
    })
    expect(ids.size).toBeGreaterThan(1)
    expect(beganIn(events)).toHaveLength(1)
  })

  it('covers a new track that is there before the old one is given up', () => {
    const events = watch(watched, 100, (frame) => [
      ...(frame < 32 ? [trackAt(1, 0.7, 0.5, { seen: frame < 20 })] : []),
      ...(frame >= 21 ? [trackAt(2, 0.71, 0.5)] : []),
    ])
    expect(told(events)).toEqual(['began 0.6', 'ended 7 track-lost'])
  })

  it('waits no longer than 5 s for the old track', () => {
    const events = watch(watched, 100, (frame) => [
      trackAt(1, 0.7, 0.5, { seen: frame < 20 }),
      ...(frame >= 21 ? [trackAt(2, 0.71, 0.5)] : []),
    ])
    expect(told(events)).toEqual(['began 0.6', 'began 9.8'])
  })

  it('raises an alert at once for somebody beside one who is seen', () => {
    const events = watch(watched, 50, (frame) => [
      trackAt(1, 0.7, 0.5),
      ...(frame >= 20 ? [trackAt(2, 0.71, 0.5)] : []),
    ])
    expect(told(events)).toEqual(['began 0.6', 'began 4.6'])
  })

  it('follows somebody who walks on while flickering', () => {
    const events = watch(watched, 150, (frame) => flickers(frame, 0.55 + frame * 0.002))
    expect(beganIn(events)).toHaveLength(1)
  })

  it('ends, and whoever is still there then raises one alert more', () => {
    const events = watch(watched, 300, (frame) => flickers(frame))
    const times = beganIn(events).map(({ time }) => time - start)
    expect(times).toHaveLength(2)
    expect(times[1]).toBeGreaterThanOrEqual(3_600 + 30_000)
    expect(times[1]).toBeLessThan(3_600 + 30_000 + 5_000)
  })

  it('says nothing about somebody elsewhere in the zone, nor about another label', () => {
    const elsewhere = watch(watched, 100, (frame) =>
      frame < 20 ? [trackAt(1, 0.6, 0.3)] : [trackAt(2, 0.9, 0.9)],
    )
    expect(told(elsewhere)).toEqual(['began 0.6', 'ended 4.6 track-lost', 'began 4.6'])
    const both: Rule = { ...watched, labels: ['person', 'two-wheeler'] }
    const other = watch(both, 100, (frame) => [
      frame < 20 ? trackAt(1, 0.7, 0.5) : trackAt(2, 0.7, 0.5, {}, 'two-wheeler'),
    ])
    expect(beganIn(other)).toHaveLength(2)
  })

  it('says nothing about somebody who comes from elsewhere and passes where another was lost', () => {
    const events = watch(watched, 100, (frame) =>
      frame < 20 ? [trackAt(1, 0.7, 0.5)] : frame < 30 ? [] : [trackAt(2, 0.2 + (frame - 30) * 0.01, 0.5)],
    )
    expect(beganIn(events).map(({ subject }) => subject)).toEqual(['track 1', 'track 2'])
  })

  it('says nothing about somebody who stood beside the other before that one was lost', () => {
    const begins = (togetherFrames: number) =>
      beganIn(
        watch({ ...watched, inertiaMs: 3_000 }, 80, (frame) => [
          ...(frame < 40 ? [trackAt(1, 0.7, 0.5)] : []),
          ...(frame >= 40 - togetherFrames ? [trackAt(2, 0.72, 0.5)] : []),
        ]),
      ).map(({ subject }) => subject)
    expect(begins(5)).toEqual(['track 1'])
    expect(begins(10)).toEqual(['track 1', 'track 2'])
  })

  it('has one heir: of two who appear where one was lost, the second raises an alert', () => {
    const events = watch(watched, 100, (frame) =>
      frame < 20 ? [trackAt(1, 0.7, 0.5)] : frame < 30 ? [] : [trackAt(2, 0.7, 0.5), trackAt(3, 0.71, 0.5)],
    )
    expect(beganIn(events).map(({ subject }) => subject)).toEqual(['track 1', 'track 3'])
  })

  it('reaches as far as the thing is large and the gap is long, and after 4 s only to where it stood', () => {
    // The box is 0.2 tall: two fifths of a size at once, a tenth of a size more for each second.
    const begins = (away: number, gapFrames: number) =>
      beganIn(
        watch(watched, 100, (frame) =>
          frame < 20 ? [trackAt(1, 0.55, 0.5)] : frame < 19 + gapFrames ? [] : [trackAt(2, 0.55 + away, 0.5)],
        ),
      ).length
    expect([begins(0.09, 5), begins(0.11, 5)]).toEqual([1, 2])
    expect([begins(0.13, 15), begins(0.15, 15)]).toEqual([1, 2])
    expect([begins(0.07, 60), begins(0.09, 60)]).toEqual([1, 2])
  })

  describe('where somebody who moved was lost', () => {
    /** One who goes at `speed` and is lost after 4 s at `lostAt`; `gapFrames` later another one appears. */
    const begins = (
      speed: number,
      gapFrames: number,
      heir: { readonly x: number; readonly speed: number },
      lostAt = 0.7,
    ) =>
      beganIn(
        watch(watched, 100, (frame) => {
          const at = (id: number, x: number, velocity: number) =>
            trackAt(id, x + (velocity * frame * stepMs) / 1_000, 0.5, { velocity: { x: velocity, y: 0 } })
          if (frame < 20) return [at(1, lostAt - speed * 4, speed)]
          return frame < 20 + gapFrames
            ? []
            : [at(2, heir.x - (heir.speed * (20 + gapFrames) * stepMs) / 1_000, heir.speed)]
        }),
      ).length

    it('covers one who appears further on its way', () => {
      expect(begins(0.06, 10, { x: 0.82, speed: 0.06 })).toBe(1)
    })

    it('says nothing about one who comes the other way, nor about one who appears behind', () => {
      expect(begins(0.06, 10, { x: 0.75, speed: -0.06 })).toBe(2)
      expect(begins(0.06, 2, { x: 0.55, speed: 0.06 })).toBe(2)
    })

    it('says nothing about one who appears where it went away from at a good pace', () => {
      expect(begins(0.1, 15, { x: 0.7, speed: 0 })).toBe(2)
      expect(begins(0.1, 15, { x: 0.95, speed: 0 })).toBe(1)
    })

    it('expects nobody after 4 s', () => {
      expect(begins(0.03, 24, { x: 0.75, speed: 0.03 })).toBe(2)
    })

    it('expects nobody who was about to leave the picture', () => {
      const leaves = (speed: number) => begins(speed, 5, { x: 0.96, speed: 0 }, 0.95)
      expect([leaves(0.04), leaves(0.1)]).toEqual([1, 2])
    })
  })

  it('covers a line crossed again by a track that was lost in between', () => {
    const x = (frame: number) => 0.5 + 0.1 * Math.sin(frame / 5)
    const events = watch(crossing, 100, (frame) =>
      frame % 30 < 28 ? [trackAt(Math.floor(frame / 30), x(frame), 0.5)] : [],
    )
    expect(beganIn(events)).toHaveLength(1)
  })

  it('is remembered for a bounded number of things', () => {
    const silences = new Silences(86_400_000, () => false)
    for (let id = 0; id < 3 * mostSilences; id++) {
      const present = [trackAt(id, (id % 100) / 100, 0.5)]
      silences.note(present, start + id)
      silences.begin(`track ${id}`, start + id)
    }
    expect(silences.count).toBe(mostSilences)
    silences.note([], start + 2 * 86_400_000)
    expect(silences.count).toBe(0)
  })
})

describe('the engine', () => {
  const night: Schedule = {
    timeZone: 'Asia/Shanghai',
    days: ['mon'],
    hours: [{ from: 12 * 60, to: 12 * 60 + 1 }],
  }

  it('ends what is open when the schedule does, and begins nothing outside it', () => {
    const events = watch({ ...intrusion, schedule: night }, 500, () => [trackAt(1, 0.7, 0.5)])
    expect(told(events)).toEqual(['began 0.6', 'ended 60 schedule-ended'])
  })

  it('counts a dwell from when the rule was armed', () => {
    const late: Schedule = { ...night, hours: [{ from: 12 * 60 + 1, to: 12 * 60 + 10 }] }
    const events = watch({ ...loitering, schedule: late }, 500, () => [trackAt(1, 0.7, 0.5)])
    expect(told(events)).toEqual(['began 70.6'])
  })

  it('ends everything open on request, once, and may begin again after the cooldown', () => {
    const engine = engineFor(
      { ...intrusion, inertiaMs: 0, cooldownMs: 1_000 },
      { ...crowding, count: 2, inertiaMs: 0 },
    )
    const people = [trackAt(1, 0.7, 0.5), trackAt(2, 0.8, 0.5)]
    expect(engine.evaluate(people, start)).toHaveLength(3)
    const ended = engine.end('camera-lost', start + 500)
    expect(ended.map(({ phase, because, time }) => [phase, because, time])).toEqual(
      Array(3).fill(['ended', 'camera-lost', start + 500]),
    )
    expect(engine.end('camera-lost', start + 600)).toEqual([])
    expect(engine.evaluate(people, start + 700)).toEqual([])
    expect(engine.evaluate(people, start + 1_600)).toHaveLength(2)
  })

  it('never dates an end before the frame that began', () => {
    const engine = engineFor({ ...intrusion, inertiaMs: 0 })
    engine.evaluate([trackAt(1, 0.7, 0.5)], start)
    expect(engine.end('gateway-stopped', start - 60_000)).toMatchObject([{ time: start }])
  })

  it('ignores a frame that is not later, and ends everything when the clock was set back', () => {
    const engine = engineFor({ ...intrusion, inertiaMs: 0 })
    const intruder = [trackAt(1, 0.7, 0.5)]
    expect(engine.evaluate(intruder, start)).toHaveLength(1)
    expect(engine.evaluate([], start)).toEqual([])
    expect(engine.evaluate([], start - 1_000)).toEqual([])
    expect(engine.evaluate([], Number.NaN)).toEqual([])
    expect(engine.evaluate([], 1e300)).toEqual([])
    const events = engine.evaluate(intruder, start - 3_600_000)
    expect(events).toMatchObject([
      { phase: 'ended', because: 'track-lost', time: start },
      { phase: 'began', time: start - 3_600_000 },
    ])
  })

  it('refuses a rule that speaks of a place that is not there', () => {
    expect(() => engineFor({ ...intrusion, zone: 'roof' })).toThrow(
      'rule "no entry": the camera has no zone or line "roof"',
    )
  })
})

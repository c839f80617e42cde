/** The tracker follows, waits, forgets and never confuses what it can tell apart. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seeded } from '../../scripts/eval/planted.ts'
import { type Detection, type Looked, labels } from '../../src/domain/detection.ts'
import { type Box, wholePicture } from '../../src/domain/geometry.ts'
import type { Track } from '../../src/domain/track.ts'
import { type TrackerOptions, trackerDefaults } from '../../src/track/options.ts'
import { Tracker } from '../../src/track/tracker.ts'
import { boxAt, detectionAt } from '../support/scene.ts'

const start = 1_000_000

/** Runs a tracker over what each frame shows and returns its tracks frame by frame. */
function follow(
  frames: number,
  stepMs: number,
  show: (frame: number, seconds: number) => Detection[],
  looked: (frame: number) => readonly Looked[] = () => [wholePicture],
  options: Partial<TrackerOptions> = {},
): Track[][] {
  const tracker = new Tracker(options)
  return Array.from({ length: frames }, (_, frame) =>
    tracker.update(show(frame, (frame * stepMs) / 1_000), looked(frame), start + frame * stepMs),
  )
}

const ids = (tracks: readonly Track[]) => tracks.map(({ id }) => id)
const idsEver = (frames: readonly Track[][]) => [...new Set(frames.flatMap(ids))]
const walking = (seconds: number) => detectionAt(0.1 + 0.06 * seconds, 0.6)

it.each([40, 100, 200, 500])(
  'gives a walker one id at a frame every %d ms, with true place and speed',
  (stepMs) => {
    const frames = follow(5_000 / stepMs, stepMs, (_, seconds) => [walking(seconds)])
    expect(idsEver(frames)).toEqual([1])
    const [last] = frames.at(-1) ?? []
    expect(last.anchor.x).toBeCloseTo(0.1 + 0.06 * ((5_000 - stepMs) / 1_000), 2)
    expect(last.anchor.y).toBeCloseTo(0.6, 2)
    expect(last.velocity.x).toBeCloseTo(0.06, 2)
    expect(last).toMatchObject({
      label: 'person',
      seen: true,
      firstSeen: start,
      lastSeen: start + 5_000 - stepMs,
    })
  },
)

it('judges distances in the proportions of the picture', () => {
  const leaps = (aspect: number) => {
    const tracker = new Tracker()
    tracker.update([detectionAt(0.4, 0.6)], [wholePicture], start, aspect)
    return tracker.update([detectionAt(0.52, 0.6)], [wholePicture], start + 1_000, aspect)
  }
  // The same step of 12 % of the width is 1.2 sizes of the person in a square picture, and 2.4 in one four times as wide.
  expect(leaps(1)).toHaveLength(1)
  expect(leaps(4)).toHaveLength(0)
})

it('still follows who stands when the machine is so slow that frames come every four seconds', () => {
  const frames = follow(10, 4_000, (frame) => [detectionAt(0.5 + 0.01 * (frame % 2), 0.6)])
  expect(idsEver(frames)).toEqual([1])
  expect(frames[1]).toHaveLength(1)
})

it('believes nothing that flickers in a single frame, and tells of nothing before it believes', () => {
  const frames = follow(10, 200, (frame) => (frame === 3 ? [detectionAt(0.5, 0.5)] : []))
  expect(frames.flat()).toEqual([])
})

it('tells once where a thing was first detected, in the frame in which it is believed', () => {
  const [, believed, next] = follow(3, 200, (_, seconds) => [walking(seconds)])
  expect(believed[0].cameFrom?.x).toBeCloseTo(0.1, 6)
  expect(believed[0].cameFrom?.y).toBeCloseTo(0.6, 6)
  expect(next[0].cameFrom).toBeUndefined()
})

it('takes a person who is half believed and never moves for a post, until the detector is sure or the post walks', () => {
  const post = (confidence: number, x = 0.5) => detectionAt(x, 0.5, { confidence })
  expect(follow(100, 200, () => [post(0.55)]).flat()).toEqual([])
  expect(follow(100, 200, (frame) => [post(frame < 90 ? 0.55 : 0.65)])[90]).toHaveLength(1)
  const walks = follow(100, 200, (frame) => [post(0.55, frame < 80 ? 0.5 : 0.5 + 0.02 * (frame - 80))])
  expect(walks[79]).toEqual([])
  expect(walks[85]).toHaveLength(1)
  const parked = follow(5, 200, () => [detectionAt(0.5, 0.5, { label: 'vehicle', confidence: 0.55 })])
  expect(parked.at(-1)).toHaveLength(1)
})

it('follows through frames that come at irregular times', () => {
  const tracker = new Tracker()
  const gapsMs = [40, 500, 80, 120, 400, 40, 40, 333, 200, 90, 450]
  let time = start
  for (const gap of gapsMs) {
    time += gap
    tracker.update([walking((time - start) / 1_000)], [wholePicture], time)
  }
  expect(ids(tracker.update([walking((time + 200 - start) / 1_000)], [wholePicture], time + 200))).toEqual([
    1,
  ])
})

it.each([40, 100, 200, 500])(
  'keeps the id of a person who is hidden for two seconds while walking, at a frame every %d ms',
  (stepMs) => {
    const isHidden = (seconds: number) => seconds >= 3 && seconds < 5
    const frames = follow(8_000 / stepMs, stepMs, (_, seconds) =>
      isHidden(seconds) ? [] : [walking(seconds)],
    )
    expect(idsEver(frames)).toEqual([1])
    const hidden = 5_000 / stepMs - 1
    expect(frames[hidden][0].seen).toBe(false)
    expect(frames[hidden][0].anchor.x).toBeCloseTo(walking((hidden * stepMs) / 1_000).box.x1 + 0.025, 1)
    expect(frames.at(-1)?.[0].seen).toBe(true)
  },
)

it('gives a person who is gone for longer a new id', () => {
  const frames = follow(60, 200, (frame, seconds) => (frame >= 15 && frame < 35 ? [] : [walking(seconds)]))
  expect(frames[34]).toEqual([])
  expect(idsEver(frames)).toEqual([1, 2])
})

it('keeps two people apart who meet and pass', () => {
  const frames = follow(40, 200, (_, seconds) => [
    detectionAt(0.2 + 0.07 * seconds, 0.6),
    detectionAt(0.75 - 0.07 * seconds, 0.63),
  ])
  expect(idsEver(frames)).toEqual([1, 2])
  const places = new Map(frames.at(-1)?.map((track) => [track.id, track.anchor.x]))
  const first = frames[3][0]
  expect(places.get(first.id)).toBeGreaterThan(0.5)
})

it('does not wait for a parked car where another track of about its size has taken its place', () => {
  const half = detectionAt(0.4, 0.7, { label: 'vehicle', box: boxAt(0.4, 0.7, 0.2, 0.2) })
  const whole = detectionAt(0.37, 0.7, { label: 'vehicle', box: boxAt(0.37, 0.7, 0.28, 0.22) })
  // The detector draws the same car in two ways, both at once for a moment, so that it becomes two tracks.
  const frames = follow(100, 200, (frame) => (frame < 20 ? [half] : frame < 25 ? [half, whole] : [whole]))
  expect(idsEver(frames)).toHaveLength(2)
  expect(frames.at(-1)).toHaveLength(1)
})

it('keeps a parked car through a minute of misses, and a car that leaves only for moments', () => {
  const car = detectionAt(0.4, 0.7, { label: 'vehicle', box: { x1: 0.3, y1: 0.5, x2: 0.5, y2: 0.7 } })
  const parked = follow(400, 200, (frame) => (frame >= 50 && frame < 300 ? [] : [car]))
  expect(idsEver(parked)).toEqual([1])
  expect(parked[299][0].anchor.x).toBeCloseTo(0.4, 2)
  const leaving = follow(60, 200, (frame, seconds) =>
    frame < 10
      ? [{ ...car, box: { x1: 0.1 + 0.05 * seconds, y1: 0.5, x2: 0.3 + 0.05 * seconds, y2: 0.7 } }]
      : [],
  )
  expect(leaving[30]).toEqual([])
})

it('follows a car that parks and leaves an hour later as one that stood in between', () => {
  const tracker = new Tracker()
  const random = seeded(3)
  const arrived = start + 5_000
  const left = arrived + 3_600_000
  const car = (time: number) => {
    const seconds = Math.min(0, time - arrived) + Math.max(0, time - left)
    const x = 0.5 + 0.00006 * seconds + 0.004 * (random() - 0.5)
    return detectionAt(x, 0.7, { label: 'vehicle', box: boxAt(x, 0.7, 0.2, 0.2), confidence: 0.7 })
  }
  const spans: (number | undefined)[] = []
  const ever = new Set<number>()
  const see = (time: number, looked: readonly Box[], isMissed = false) => {
    const tracks = tracker.update(isMissed || looked.length === 0 ? [] : [car(time)], looked, time)
    for (const { id, standingSince } of tracks) {
      ever.add(id)
      if (spans.length === 0 || standingSince !== spans.at(-1)) spans.push(standingSince)
    }
  }
  for (let time = start; time < arrived + 10_000; time += 200) see(time, [wholePicture], random() < 0.1)
  // As attention has it: a quiet picture now and then, a full look every half minute, of which a quarter find nothing; once
  // a lorry stands before it for half a minute and is looked at, and for ten minutes the camera is away.
  for (let time = arrived + 10_000; time < left - 1_000; time += 3_000) {
    const minute = (time - arrived) / 60_000
    if (minute > 40 && minute < 50) continue
    const isHidden = minute > 20 && minute < 20.5
    const isFullLook = Math.floor(time / 30_000) !== Math.floor((time - 3_000) / 30_000)
    see(time, isHidden || isFullLook ? [wholePicture] : [], isHidden || random() < 0.25)
  }
  for (let time = left - 1_000; time < left + 4_000; time += 200) see(time, [wholePicture], random() < 0.1)
  expect([...ever]).toEqual([1])
  const [moving, since, ...others] = spans
  expect(moving).toBe(undefined)
  expect(Math.abs((since ?? 0) - arrived)).toBeLessThan(1_000)
  expect(others).toEqual([undefined])
})

it('never misses what nobody looked at, and misses it once they look', () => {
  const away: Box = { x1: 0.6, y1: 0, x2: 1, y2: 1 }
  const frames = follow(
    300,
    200,
    (frame) => (frame < 20 ? [detectionAt(0.2, 0.6)] : []),
    (frame) => (frame < 20 || frame >= 250 ? [wholePicture] : frame % 2 ? [away] : []),
  )
  expect(ids(frames[249])).toEqual([1])
  expect(frames[249][0].anchor.x).toBeCloseTo(0.2, 2)
  expect(frames[299]).toEqual([])
})

it('forgets a person whom nobody has seen for two minutes, also where nobody looks', () => {
  const frames = follow(
    260,
    500,
    (frame) => (frame < 10 ? [detectionAt(0.2, 0.6)] : []),
    (frame) => (frame < 10 ? [wholePicture] : []),
  )
  expect(frames.at(-1)).toEqual([])
})

it('forgets a walker who has left the picture at once', () => {
  const frames = follow(40, 200, (_, seconds) => {
    const x = 0.8 + 0.07 * seconds
    return x < 1 ? [detectionAt(x, 0.6)] : []
  })
  expect(frames[17]).toEqual([])
})

it('continues a track with doubtful detections and founds none with them', () => {
  const doubtful = follow(20, 200, () => [detectionAt(0.5, 0.5, { confidence: 0.2 })])
  expect(doubtful.flat()).toEqual([])
  const fading = follow(40, 200, (frame) => [detectionAt(0.5, 0.5, { confidence: frame < 5 ? 0.9 : 0.2 })])
  expect(idsEver(fading)).toEqual([1])
  expect(fading.at(-1)?.[0]).toMatchObject({ seen: true })
  expect(fading.at(-1)?.[0].confidence).toBeLessThan(0.5)
})

it('keeps labels apart and follows no faces', () => {
  const frames = follow(20, 200, () => [
    detectionAt(0.5, 0.5),
    detectionAt(0.5, 0.5, { label: 'two-wheeler' }),
    detectionAt(0.5, 0.5, { label: 'face' }),
  ])
  expect(frames.at(-1)?.map(({ label }) => label)).toEqual(['person', 'two-wheeler'])
})

it('ignores a frame whose time is not after the last, and starts anew with new ids when the clock was set back', () => {
  const tracker = new Tracker()
  const show = (time: number) => tracker.update([detectionAt(0.5, 0.5)], [wholePicture], time)
  show(start)
  const before = show(start + 200)
  expect(show(start + 200)).toEqual(before)
  expect(show(start + 100)).toEqual(before)
  expect(tracker.update([], [wholePicture], Number.NaN)).toEqual(before)
  expect(show(start - 86_400_000)).toEqual([])
  expect(ids(show(start - 86_400_000 + 200))).toEqual([2])
})

it('gives nobody an id that somebody had that day: not when the gateway starts anew, nor after a break, nor when the clock is set', () => {
  const monday = Date.UTC(2026, 10, 30, 8)
  const had = new Set<number>()
  /** Somebody new every two seconds for ten minutes. */
  const passers = (tracker: Tracker, from: number) => {
    const seen = new Set<number>()
    for (let time = from; time < from + 600_000; time += 500) {
      const isRightSide = Math.floor((time - from) / 2_000) % 2 === 1
      const person = detectionAt(isRightSide ? 0.8 : 0.2, isRightSide ? 0.4 : 0.9)
      const gone = (time - from) % 2_000 >= 1_500
      for (const { id } of tracker.update(gone ? [] : [person], [wholePicture], time)) seen.add(id)
      if (gone) tracker.update([], [wholePicture], time + 250)
    }
    return seen
  }
  const first = new Tracker({ keepMs: 0, keepStandingMs: { ...trackerDefaults.keepStandingMs, person: 0 } })
  const runs = [
    passers(first, monday),
    // An hour without frames, and a clock set back by half a day.
    passers(first, monday + 3_600_000),
    passers(first, monday - 43_200_000),
    passers(new Tracker(), monday + 4_300_000),
    passers(new Tracker(), monday + 86_000_000),
  ]
  for (const ids of runs) {
    expect(ids.size).toBeGreaterThan(0)
    for (const id of ids) {
      expect(had.has(id)).toBe(false)
      had.add(id)
    }
  }
  expect(runs[0].size).toBeGreaterThan(200)
})

it('takes who walks in after a minute without frames for somebody new, and a car that stood for the same', () => {
  const tracker = new Tracker()
  const car = detectionAt(0.4, 0.7, { label: 'vehicle' })
  for (let frame = 0; frame < 25; frame++) {
    tracker.update([walking(frame / 5), car], [wholePicture], start + 200 * frame)
  }
  const later = start + 65_000
  tracker.update([walking(5), car], [wholePicture], later)
  const after = tracker.update([walking(5), car], [wholePicture], later + 200)
  expect(after.map(({ id, label }) => [id, label])).toEqual([
    [2, 'vehicle'],
    [3, 'person'],
  ])
})

it('holds no more tracks than it may and counts those it gave up', () => {
  const tracker = new Tracker({ maxTracks: 20 })
  const crowd = Array.from({ length: 60 }, (_, n) =>
    detectionAt(0.05 + 0.09 * (n % 10), 0.1 + 0.15 * Math.floor(n / 10), { confidence: 0.5 + n / 200 }),
  )
  for (let frame = 0; frame < 5; frame++)
    tracker.update(crowd.slice(0, 15), [wholePicture], start + 200 * frame)
  for (let frame = 5; frame < 10; frame++)
    tracker.update(crowd.slice(15), [wholePicture], start + 200 * frame)
  const tracks = tracker.update(crowd, [wholePicture], start + 2_000)
  expect(tracks.length).toBeLessThanOrEqual(20)
  expect(tracker.dropped).toBeGreaterThan(0)
})

it('returns plain copies that later frames leave alone', () => {
  const tracker = new Tracker()
  tracker.update([walking(0)], [wholePicture], start)
  const [track] = tracker.update([walking(0.2)], [wholePicture], start + 200)
  const copy = structuredClone(track)
  tracker.update([walking(0.4)], [wholePicture], start + 400)
  expect(track).toEqual(copy)
})

it('survives any boxes, regions and times: ids are unique and never come back, boxes stay in the picture', () => {
  const number = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -200, max: 1_200 }).map((thousandths) => thousandths / 1_000) },
    fc.double(),
  )
  const box = fc.record({ x1: number, y1: number, x2: number, y2: number })
  const detection = fc.record({ label: fc.constantFrom(...labels), confidence: number, box })
  const time = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 20_000 }) }, fc.double())
  const frame = fc.record({
    detections: fc.array(detection, { maxLength: 12 }),
    looked: fc.array(box, { maxLength: 2 }),
    time,
    again: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), (frames) => {
      const tracker = new Tracker({ maxTracks: 8 })
      const ended = new Set<number>()
      let alive: number[] = []
      let before: readonly Detection[] = []
      for (const { detections, looked, time, again } of frames) {
        before = again ? before : detections
        const tracks = tracker.update(before, again ? [wholePicture] : looked, time)
        const now = ids(tracks)
        expect(new Set(now).size).toBe(now.length)
        expect(now.length).toBeLessThanOrEqual(8)
        expect(now.filter((id) => ended.has(id))).toEqual([])
        for (const id of alive) if (!now.includes(id)) ended.add(id)
        alive = now
        for (const { box } of tracks) {
          for (const edge of [box.x1, box.y1, box.x2, box.y2]) expect(edge >= 0 && edge <= 1).toBe(true)
          expect(box.x1 <= box.x2 && box.y1 <= box.y2).toBe(true)
        }
      }
    }),
    { numRuns: 400, seed: 11 },
  )
})

it('misses an object only where objects are looked for, and a person only where they are not', () => {
  const bag = detectionAt(0.7, 0.6, { label: 'object', change: 'came' })
  const person = detectionAt(0.3, 0.6)
  const objectsToo = [wholePicture, { ...wholePicture, label: 'object' as const }]
  const labelsAfter = (looked: readonly Looked[]) => {
    const frames = follow(
      200,
      200,
      (frame) => (frame < 50 ? [bag, person] : []),
      (frame) => (frame < 50 ? objectsToo : looked),
    )
    return frames.at(-1)?.map(({ label, change }) => [label, change])
  }
  expect(labelsAfter([wholePicture])).toEqual([['object', 'came']])
  expect(labelsAfter([{ ...wholePicture, label: 'object' }])).toEqual([['person', undefined]])
  expect(labelsAfter(objectsToo)).toEqual([])
})

it('takes what came and what is gone for two things, also in one place', () => {
  const there = (change: 'came' | 'went') => [detectionAt(0.7, 0.6, { label: 'object', change })]
  const frames = follow(60, 200, (frame) => there(frame < 30 ? 'came' : 'went'))
  expect(frames.at(-1)?.map(({ id, change }) => [id, change])).toEqual([
    [1, 'came'],
    [2, 'went'],
  ])
})

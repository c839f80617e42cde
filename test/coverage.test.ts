/** What counts as watched, to the millisecond, and why the rest does not. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Coverage, reachOf } from '../src/coverage.ts'
import { CoverageBook } from '../src/coverage-book.ts'
import type { CameraState } from '../src/domain/camera.ts'

const minute = 60_000
const noon = Date.UTC(2026, 5, 1, 12)
/** Seconds after noon. */
const at = (seconds: number) => noon + seconds * 1_000
const far = at(10 * 60)

/** A camera that is live from noon on and has been looked at once then. */
function liveCamera(): Coverage {
  const coverage = new Coverage('yard', noon)
  coverage.state('live', noon)
  coverage.watched(noon)
  return coverage
}

/** `step` each `everyS` seconds, from `fromS` until `toS`. */
function each(everyS: number, fromS: number, toS: number, step: (time: number) => void): void {
  for (let s = fromS; s <= toS; s += everyS) step(at(s))
}

const first = (coverage: Coverage, time = at(150)) => coverage.ended(time)[0]

it('counts a quiet camera as watched while its key pictures are looked at, and analyses nothing', () => {
  const coverage = liveCamera()
  each(10, 10, 100, (time) => coverage.watched(time))
  expect(first(coverage)).toEqual({ camera: 'yard', minute: noon, coverage: 1, fps: 0, gaps: {} })
  expect(coverage.quietPictures).toBe(11)
})

it('tells the rate of what was analysed, late frames of a burst included', () => {
  const coverage = liveCamera()
  each(0.5, 0.5, 59.5, (time) => coverage.analysed(time))
  for (let i = 0; i < 12; i++) coverage.analysed(at(20), true)
  each(0.5, 60, 80, (time) => coverage.analysed(time))
  expect(first(coverage).fps).toBeCloseTo((119 + 12) / 60)
})

it('names the state of a camera that is lost, from the last look on that was still fresh', () => {
  const coverage = liveCamera()
  each(1, 1, 20, (time) => coverage.analysed(time))
  coverage.state('stalled', at(30))
  coverage.state('offline', at(40))
  coverage.state('connecting', at(45))
  coverage.state('live', at(50))
  coverage.watched(at(51))
  each(1, 52, 80, (time) => coverage.analysed(time))
  const { coverage: share, gaps } = first(coverage)
  // The last look was at 20 s, good for two seconds once it was known that the camera was lost.
  expect(gaps).toEqual({ stalled: 18_000, offline: 5_000, connecting: 5_000, starting: 1_000 })
  expect(share).toBeCloseTo(31 / 60)
})

it('forgives a dropped picture where another was looked at within two seconds, and counts the rest as overload', () => {
  const coverage = liveCamera()
  each(1.5, 1.5, 30, (time) => {
    coverage.missed('overload')
    coverage.analysed(time)
  })
  each(5, 35, 80, (time) => {
    coverage.missed('overload')
    coverage.analysed(time)
  })
  const { gaps } = first(coverage)
  expect(gaps).toEqual({ overload: 6 * 3_000 })
})

it('does not let a burst hide that nothing new is looked at', () => {
  const coverage = liveCamera()
  coverage.missed('overload')
  each(0.1, 0.1, 10, (time) => coverage.analysed(time, true))
  coverage.analysed(at(10))
  each(5, 15, 80, (time) => coverage.watched(time))
  expect(first(coverage).gaps).toEqual({ overload: 8_000 })
})

it.each(['damaged', 'failed'] as const)(
  'names pictures that were %s, the first trouble since a look',
  (trouble) => {
    const coverage = liveCamera()
    coverage.missed(trouble)
    coverage.missed('overload')
    each(10, 10, 80, (time) => coverage.watched(time))
    expect(first(coverage).gaps).toEqual({ [trouble]: 8_000 })
  },
)

it('does not count a live camera as watched when nothing came for longer than key pictures may take', () => {
  const coverage = liveCamera()
  coverage.watched(at(40))
  each(10, 50, 80, (time) => coverage.watched(time))
  expect(first(coverage).gaps).toEqual({ silent: 25_000 })
})

it('forgives a camera that is seldom glanced at the wait for its next key picture', () => {
  const coverage = new Coverage('yard', noon, reachOf(10_000))
  coverage.state('live', noon)
  each(22, 0, 110, (time) => coverage.watched(time))
  expect(first(coverage)).toMatchObject({ coverage: 1, gaps: {} })
})

it('gives a minute once, when it is decided, and none that was not observed whole', () => {
  const coverage = new Coverage('yard', at(20))
  coverage.state('live', at(20))
  each(5, 20, 185, (time) => coverage.watched(time))
  expect(coverage.ended(at(134))).toEqual([])
  expect(coverage.ended(at(135)).map((one) => one.minute)).toEqual([noon + minute])
  expect(coverage.ended(at(136))).toEqual([])
})

it('goes on through minutes in which nothing happens at all', () => {
  const coverage = liveCamera()
  coverage.state('offline', at(1))
  const minutes = [at(76), at(136), at(196)].flatMap((time) => coverage.ended(time))
  expect(minutes.map(({ gaps }) => gaps)).toEqual([
    { offline: 59_000 },
    { offline: 60_000 },
    { offline: 60_000 },
  ])
})

it.each([
  ['ahead by a year', 365 * 86_400_000],
  ['back by an hour', -3_600_000],
])('begins anew when the clock is set %s, and invents no minutes', (_, jump) => {
  const coverage = liveCamera()
  each(5, 5, 30, (time) => coverage.watched(time))
  each(5, 35, 200, (time) => coverage.watched(time + jump))
  const minutes = coverage.ended(at(200) + jump)
  expect(minutes.map((one) => one.minute)).toEqual([noon + jump + minute, noon + jump + 2 * minute])
  expect(minutes.map((one) => one.coverage)).toEqual([1, 1])
})

it('notices that the clock was set back although nothing happens', () => {
  const coverage = new Coverage('yard', at(3_600))
  const minutes = [0, 60, 120, 180].flatMap((s) => coverage.ended(at(s)))
  expect(minutes.map((one) => [one.minute, one.gaps])).toEqual([
    [noon, { connecting: minute }],
    [at(60), { connecting: minute }],
  ])
})

it('counts a minute that is lived through twice as it was the second time', () => {
  const book = new CoverageBook()
  const coverage = book.of('yard', noon)
  each(10, 0, 630, (time) => book.ended(time))
  coverage.state('offline', at(625))
  coverage.state('live', at(0))
  each(10, 0, 850, (time) => {
    coverage.watched(time)
    book.ended(time)
  })
  expect(book.hour('yard')).toEqual({ coverage: 1, fps: 0, gaps: {} })
  expect(book.cameras()[0].newest).toMatchObject({ minute: at(720), coverage: 1, gaps: {} })
})

it('accounts for every millisecond of every minute once, whatever happens', () => {
  const states: CameraState[] = ['live', 'live', 'live', 'offline', 'stalled', 'connecting']
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 20_000 }),
    what: fc.oneof(
      fc.constantFrom('watched', 'analysed', 'burst', 'ended', 'missed'),
      fc.constantFrom(...states),
    ),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 100 }), (steps) => {
      const coverage = new Coverage('yard', noon)
      let time = noon
      const minutes = steps.flatMap(({ afterMs, what }) => {
        time += afterMs
        if (what === 'ended') return coverage.ended(time)
        if (what === 'watched') coverage.watched(time)
        else if (what === 'analysed') coverage.analysed(time)
        else if (what === 'burst') coverage.analysed(time, true)
        else if (what === 'missed') coverage.missed('overload')
        else coverage.state(what as CameraState, time)
        return []
      })
      minutes.push(...coverage.ended(time + minute))
      expect(minutes.map((one) => one.minute)).toEqual(minutes.map((_, i) => noon + i * minute))
      for (const { coverage: share, gaps } of minutes) {
        const gapMs = Object.values(gaps).reduce((sum, ms) => sum + ms, 0)
        expect(share * minute + gapMs).toBeCloseTo(minute, 3)
      }
    }),
  )
})

it('tells the last hour of each camera and of all, as far as it is known', () => {
  const book = new CoverageBook()
  const [yard, gate] = [book.of('yard', noon), book.of('gate', noon)]
  expect([book.hour('yard'), book.mean()]).toEqual([undefined, undefined])
  yard.state('live', noon)
  gate.state('offline', noon)
  each(10, 0, 620, (time) => {
    yard.analysed(time)
    book.ended(time)
  })
  book.ended(far + 20_000)
  expect(book.hour('yard')).toEqual({ coverage: 1, fps: expect.closeTo(0.1), gaps: {} })
  expect(book.hour('gate')).toEqual({ coverage: 0, fps: 0, gaps: { offline: 600_000 } })
  expect(book.mean()).toBe(0.5)
  const [, facts] = book.cameras()
  expect(facts.newest?.minute).toBe(far - minute)
  expect([...facts.gapMs]).toEqual([['offline', 600_000]])
  book.forget('gate')
  expect(book.mean()).toBe(1)
})

it('forgets what is older than an hour', () => {
  const book = new CoverageBook()
  const yard = book.of('yard', noon)
  each(10, 0, 7_300, (time) => {
    if (time === at(1_800)) yard.state('live', time)
    if (time >= at(1_800)) yard.watched(time)
    book.ended(time)
  })
  expect(book.hour('yard')).toMatchObject({ coverage: 1, gaps: {} })
})

it('counts the minutes in which the gateway did not run as not covered', () => {
  const book = new CoverageBook()
  const before = { camera: 'yard', coverage: 1, fps: 2, gaps: {} }
  book.restore([
    { ...before, minute: noon - 3 * minute },
    { ...before, minute: noon - 4 * minute },
    { ...before, minute: noon - minute, camera: 'gate' },
  ])
  const yard = book.of('yard', at(-30))
  yard.state('live', at(-30))
  each(10, -30, 80, (time) => yard.watched(time))
  book.ended(at(80))
  expect(book.hour('yard')).toEqual({ coverage: 3 / 5, fps: 4 / 5, gaps: { stopped: 2 * minute } })
})

it('counts the frames that were analysed, those of a burst too, and no quiet pictures', () => {
  const coverage = new Coverage('yard', noon)
  coverage.state('live', noon)
  coverage.analysed(noon + 100)
  coverage.analysed(noon + 200, true)
  coverage.watched(noon + 300)
  expect(coverage.analysedFrames).toBe(2)
})

/** How far and how fast on the ground: a street whose horizon is at 0.2, seen from so high that z metres off is at 0.2 + 4 / z. */
import { describe, expect, it } from 'vitest'
import { foot } from '../../src/domain/geometry.ts'
import { Ground } from '../../src/domain/ground.ts'
import type { Track } from '../../src/domain/track.ts'
import { GroundWay } from '../../src/track/ground-way.ts'
import { TrackHistory } from '../../src/track/history.ts'

const at = (x: number, z: number) => ({ x: 0.5 + x / z, y: 0.2 + 4 / z })
const calibration = [
  { at: at(-2, 5), metres: { x: -2, y: 5 } },
  { at: at(2, 5), metres: { x: 2, y: 5 } },
  { at: at(2, 10), metres: { x: 2, y: 10 } },
  { at: at(-2, 10), metres: { x: -2, y: 10 } },
]
const start = Date.UTC(2026, 10, 26, 8)

/** 1.6 m high, 0.6 m wide, standing there; `jump` of its own heights upwards. */
function trackAt(x: number, z: number, jump = 0, change: Partial<Track> = {}): Track {
  const { x: middle, y } = at(x, z)
  const [width, height] = [0.6 / z, 1.6 / z]
  const lifted = y - jump * height
  const box = { x1: middle - width / 2, y1: lifted - height, x2: middle + width / 2, y2: lifted }
  const times = { firstSeen: start, lastSeen: start }
  const rest = { confidence: 0.8, velocity: { x: 0, y: 0 }, seen: true }
  return { id: 1, label: 'person', box, anchor: foot(box), ...times, ...rest, ...change }
}

/** Five looks a second; the same every time, and as good as chance. */
function follow(seconds: number, where: (second: number, tremble: () => number) => Track) {
  const way = new GroundWay(new Ground(calibration))
  let seed = 7
  const tremble = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647 - 0.5
  }
  for (let i = 0; i <= seconds * 5; i++) way.add(where(i / 5, tremble), start + i * 200)
  return way.end()
}

describe('the way on the ground', () => {
  it('is as long as it was, and as fast, near and far, across and away', () => {
    for (const walk of [
      follow(10, (s) => trackAt(-7 + 1.4 * s, 16)),
      follow(10, (s) => trackAt(0, 6 + 1.4 * s)),
      follow(10, (s) => trackAt(3 - 0.84 * s, 30 - 1.12 * s)),
    ]) {
      expect(walk?.metres).toBeGreaterThan(0.95 * 14)
      expect(walk?.metres).toBeLessThan(1.01 * 14)
      expect(walk?.speed).toBeCloseTo(1.4, 1)
      expect(walk?.topSpeed).toBeCloseTo(1.4, 1)
    }
  })

  it('is hardly longer where the box trembles', () => {
    // By up to a twentieth of its height to each side, as smoothed boxes do.
    const walk = follow(10, (s, tremble) => trackAt(-7 + 1.4 * s, 16, 0.1 * tremble()))
    expect(walk?.metres).toBeGreaterThan(0.9 * 14)
    expect(walk?.metres).toBeLessThan(1.1 * 14)
    expect(walk?.topSpeed).toBeLessThan(1.8)
  })

  it('is none where something stands, however its box trembles', () => {
    const standing = { standingSince: start }
    expect(follow(60, (_, tremble) => trackAt(0, 12, tremble(), standing))).toEqual({ metres: 0 })
    expect(follow(2, (_, tremble) => trackAt(0, 12, 0.1 * tremble()))).toEqual({ metres: 0 })
  })

  it('is not run by a foot that was hidden for a moment', () => {
    // Half its height hidden for 1.2 s: its foot seems to be metres farther off.
    const walk = follow(12, (s) => trackAt(-8 + 1.4 * s, 16, s > 5 && s < 6.2 ? 0.5 : 0))
    expect(walk?.metres).toBeLessThan(1.15 * 16.8)
    expect(walk?.topSpeed).toBeLessThan(2)
  })

  it('says which speed was held, and counts no time in which it stood', () => {
    // 5 s at 2 m/s, 10 s still, 5 s at 4 m/s.
    const where = (s: number) => (s < 5 ? 2 * s : s < 15 ? 10 : 10 + 4 * (s - 15))
    const drive = follow(20, (s) => trackAt(-15 + where(s), 38))
    expect(drive?.metres).toBeGreaterThan(27)
    expect(drive?.metres).toBeLessThan(31)
    expect(drive?.topSpeed).toBeCloseTo(4, 0)
    expect(drive?.speed).toBeGreaterThan(2.6)
    expect(drive?.speed).toBeLessThan(3.2)
  })

  it('is not told of what is cut off by the edge of the picture, or stands where no ground is known', () => {
    const cut = { x1: 0.4, y1: 0.5, x2: 0.6, y2: 1 }
    expect(follow(5, (s) => ({ ...trackAt(s, 6), box: cut }))).toBeUndefined()
    expect(follow(5, (s) => trackAt(s, 60))).toBeUndefined()
    expect(new GroundWay(new Ground(calibration)).end()).toBeUndefined()
  })

  it('bridges no time in which nobody looked, and none that did not pass', () => {
    const way = new GroundWay(new Ground(calibration))
    const see = (x: number, second: number) => way.add(trackAt(x, 20), start + second * 1_000)
    see(-6, 0)
    see(7, 0)
    for (const second of [1, 2, 3]) see(second - 6, second)
    for (const second of [15, 16, 17, 18]) see(second - 10, second)
    const walk = way.end()
    expect(walk?.metres).toBeGreaterThan(5)
    expect(walk?.metres).toBeLessThan(6.1)
  })

  it('is in the summary of a track where the camera is calibrated', () => {
    const summaryOf = (places: object) => {
      const history = new TrackHistory({ zones: [], lines: [], ...places })
      for (let i = 0; i <= 50; i++) history.update([trackAt(-7 + 0.28 * i, 16)], start + i * 200)
      return history.end()[0]
    }
    expect(summaryOf({ calibration }).ground?.speed).toBeCloseTo(1.4, 1)
    expect(summaryOf({})).not.toHaveProperty('ground')
  })
})

/** What many cameras say at once is told as one, and nothing of it is lost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../scripts/eval/planted.ts'
import type { Alert } from '../../src/domain/alert.ts'
import { Storms } from '../../src/rules/storms.ts'
import { sampleAlert } from '../support/alert-samples.ts'

const start = Date.UTC(2026, 10, 23, 8)

/** Cameras of one gateway, and what the centre would hear. */
class Site {
  readonly told: Alert[] = []
  ticks = 0
  readonly #storms: Storms
  readonly #all: number
  #ids = 0

  /** At work for `quietMinutes` already. */
  constructor({ least = 5, all = 10, quietMinutes = 10 } = {}) {
    this.#all = all
    this.#storms = new Storms({ least, newId: () => `storm ${++this.#ids}` })
    this.#storms.turn(all, -60_000 * quietMinutes)
  }

  say(alert: Alert): void {
    this.told.push(...this.#storms.take(alert, `Camera ${alert.camera}`, this.#all, this.ticks))
  }

  begin(camera: string, change: Partial<Alert> = {}): Alert {
    const time = start + this.ticks
    const alert = sampleAlert({ id: `${camera} ${++this.#ids}`, camera, began: time, time, ...change })
    this.say(alert)
    return alert
  }

  end(alert: Alert): void {
    const time = start + this.ticks
    this.say({ ...alert, phase: 'ended', time, ended: time, endedBecause: 'cleared' })
  }

  /** Every five seconds it is asked. */
  wait(seconds: number): this {
    for (let n = 0; n < seconds; n += 5) {
      this.ticks += 5_000
      this.told.push(...this.#storms.turn(this.#all, this.ticks))
    }
    return this
  }

  stop(): void {
    this.told.push(...this.#storms.end('gateway-stopped'))
  }

  get short(): string[] {
    return this.told.map(({ camera, kind, phase, storm }) =>
      [kind === 'storm' ? 'storm' : camera, phase, ...(storm ? [storm.count] : [])].join(' '),
    )
  }
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

describe('a storm', () => {
  it('tells the first ones, counts the others with their cameras, and ends after a quiet minute', () => {
    const site = new Site()
    const alerts = names.map((name) => site.begin(name))
    site.wait(10)
    for (const alert of alerts) site.end(alert)
    site.begin('h')
    site.wait(300)
    expect(site.short).toEqual([
      ...['a began', 'b began', 'c began', 'd began', 'storm began 1'],
      ...['a ended', 'b ended', 'c ended', 'd ended'],
      'storm updated 5',
      ...['storm ended 5', 'h began'],
    ])
    const over = site.told.at(-2)
    expect(over?.storm).toEqual({
      ...{ kind: 'intrusion', count: 5 },
      cameras: ['e', 'f', 'g', 'h'].map((id) => ({ id, name: `Camera ${id}`, count: id === 'h' ? 2 : 1 })),
    })
    expect(over).toMatchObject({ camera: 'e', began: start, ended: start + 10_000, endedBecause: 'cleared' })
  })

  it('needs a quarter of the cameras, and so many of them within a minute', () => {
    const large = new Site({ all: 40 })
    for (const name of names) large.begin(name)
    expect(large.short).toEqual(names.map((name) => `${name} began`))
    const slow = new Site()
    for (const name of names) {
      slow.begin(name)
      slow.wait(15)
    }
    expect(slow.short).toEqual(names.map((name) => `${name} began`))
    const one = new Site()
    for (let n = 0; n < 20; n++) one.begin('a')
    expect(one.told).toHaveLength(20)
  })

  it('is none while nobody knows yet what is usual', () => {
    const young = new Site({ quietMinutes: 9 })
    for (const name of names) young.begin(name)
    expect(young.short).toEqual(names.map((name) => `${name} began`))
  })

  it('is four times what is usual: a busy place tells everything one by one, until something happens', () => {
    const site = new Site({ all: 20, quietMinutes: 0 })
    const random = seeded(3)
    const cameras = Array.from({ length: 20 }, (_, n) => `c${n}`)
    let began = 0
    for (let second = 0; second < 2 * 3_600; second += 5) {
      for (const camera of cameras) {
        // One alert of each camera in three minutes.
        if (random() >= 5 / 180) continue
        site.end(site.begin(camera))
        began++
      }
      site.wait(5)
    }
    expect(began).toBeGreaterThan(700)
    expect(site.told).toHaveLength(2 * began)
    const busy = new Site({ all: 20 })
    for (let minute = 0; minute < 60; minute++) {
      busy.end(busy.begin(`c${minute % 20}`))
      busy.wait(60)
    }
    for (const camera of cameras) busy.begin(camera)
    expect(busy.short.filter((one) => one.startsWith('storm'))).toEqual(['storm began 1'])
  })

  it('is over when what it counts has become usual', () => {
    const site = new Site()
    for (let minute = 0; minute < 30; minute++) {
      for (const name of names) site.end(site.begin(name))
      site.wait(60)
    }
    const storms = site.told.filter(({ kind }) => kind === 'storm')
    expect(storms.at(-1)?.phase).toBe('ended')
    expect(storms.at(-1)!.ended! - storms[0].began).toBeLessThan(15 * 60_000)
    expect(site.short.slice(-16)).toEqual(names.flatMap((name) => [`${name} began`, `${name} ended`]))
  })

  it('is of one kind, and there is none where it is switched off', () => {
    const mixed = new Site()
    for (const [n, name] of names.entries()) mixed.begin(name, { kind: n % 2 ? 'intrusion' : 'loitering' })
    expect(mixed.told).toHaveLength(8)
    const off = new Site({ least: 0 })
    for (const name of names) off.begin(name)
    expect(off.told).toHaveLength(8)
  })

  it('never holds back what is critical, a view that has moved, a drill, or what is a group itself', () => {
    const changes: Partial<Alert>[] = [
      { severity: 'critical' },
      { kind: 'camera-tampered', tamper: { faults: ['dark', 'moved'] } },
      { drill: true },
      { kind: 'digest' },
      { kind: 'camera-offline' },
    ]
    for (const change of changes) {
      const site = new Site()
      for (const name of names) site.begin(name, change)
      expect(site.told).toHaveLength(8)
    }
  })

  it('begins what it held back when that becomes urgent', () => {
    const site = new Site()
    const dark = { kind: 'camera-tampered', tamper: { faults: ['dark'] } } as const
    const alerts = names.map((name) => site.begin(name, dark))
    expect(site.short.at(-1)).toBe('storm began 1')
    site.say({ ...alerts[6], phase: 'updated', tamper: { faults: ['moved'] } })
    site.say({ ...alerts[7], phase: 'updated', tamper: { faults: ['dark', 'bright'] } })
    expect(site.short.slice(5)).toEqual(['g began'])
    site.end(alerts[6])
    expect(site.short.slice(6)).toEqual(['g ended'])
  })

  it('goes on while it goes on, and is told once a minute at most', () => {
    const site = new Site()
    for (let n = 0; n < 60; n++) {
      site.end(site.begin(names[n % 8]))
      site.wait(5)
    }
    const storms = site.told.filter(({ kind }) => kind === 'storm')
    expect(storms.map(({ phase }) => phase)).toEqual(['began', 'updated', 'updated', 'updated', 'updated'])
  })

  it('ends with the gateway', () => {
    const site = new Site()
    for (const name of names) site.begin(name)
    site.stop()
    expect(site.told.at(-1)).toMatchObject({ kind: 'storm', phase: 'ended', endedBecause: 'gateway-stopped' })
  })

  it('takes the greatest severity of what it counts', () => {
    const site = new Site()
    for (const name of names) site.begin(name, { severity: name === 'g' ? 'major' : 'minor' })
    site.wait(60)
    expect(site.told.filter(({ kind }) => kind === 'storm').map(({ severity }) => severity)).toEqual([
      'minor',
      'major',
    ])
  })
})

it('loses nothing: what begins is told or counted, once, and what ends was told before', () => {
  const step = fc.record({
    camera: fc.constantFrom(...names),
    act: fc.constantFrom('begin', 'begin', 'begin', 'end', 'update'),
    waitS: fc.constantFrom(0, 0, 0, 5, 70),
    critical: fc.boolean(),
  })
  let storms = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const site = new Site()
      const open: Alert[] = []
      let begun = 0
      for (const { camera, act, waitS, critical } of steps) {
        site.wait(waitS)
        if (act === 'begin') {
          open.push(site.begin(camera, { severity: critical ? 'critical' : 'minor' }))
          begun++
        } else if (open.length > 0) {
          if (act === 'end') site.end(open.shift() as Alert)
          else site.say({ ...open[0], phase: 'updated' })
        }
      }
      for (const alert of open) site.end(alert)
      site.wait(300)
      const began = new Set<string>()
      const ended = new Set<string>()
      let [single, counted] = [0, 0]
      for (const { id, kind, phase, storm } of site.told) {
        expect(began.has(id)).toBe(phase !== 'began')
        expect(ended.has(id)).toBe(false)
        began.add(id)
        if (phase === 'ended') ended.add(id)
        if (kind === 'storm' && phase === 'ended') {
          storms++
          counted += storm!.count
        } else if (kind !== 'storm' && phase === 'began') single++
      }
      expect(ended.size).toBe(began.size)
      expect(single + counted).toBeGreaterThanOrEqual(begun)
    }),
    { numRuns: 300, seed: 7 },
  )
  expect(storms).toBeGreaterThan(20)
})

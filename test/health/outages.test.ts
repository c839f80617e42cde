/** Trouble is told when it lasts, once for all that were lost together, and ended with the length of the gap. */
import { expect, it } from 'vitest'
import type { Alert } from '../../src/domain/alert.ts'
import type { CameraState } from '../../src/domain/camera.ts'
import { type ExpectedCamera, Outages } from '../../src/health/outages.ts'
import type { Moment } from '../../src/health/pulse.ts'

const noon = Date.UTC(2026, 10, 26, 12)
const offlineAfterMs = 60_000
const settleMs = 15_000

/** Cameras and a clock of seconds; `network` is what stands before the dash. */
class Scene {
  readonly #outages: Outages
  #ids = 0
  seconds = 0
  /** Of the wall clock alone. */
  jumpMs = 0
  readonly told: string[] = []
  readonly alerts: Alert[] = []
  readonly gaps: (number | undefined)[] = []

  constructor(...cameras: string[]) {
    this.#outages = new Outages({ offlineAfterMs, settleMs, newId: () => `alert ${++this.#ids}` })
    for (const camera of cameras) this.expect(camera)
  }

  get now(): Moment {
    return { ticks: this.seconds * 1_000, time: noon + this.seconds * 1_000 + this.jumpMs }
  }

  expect(id: string, name = id): void {
    const camera: ExpectedCamera = { id, name, network: id.split('-')[0] }
    this.#outages.expect(camera, this.now)
  }

  forget(id: string): void {
    this.#outages.forget(id, this.now)
  }

  hear(state: CameraState, ...cameras: string[]): void {
    for (const camera of cameras) {
      const told = this.#outages.hear(camera, state, this.now)
      if (!told) continue
      this.told.push(`${this.seconds} ${camera} ${told.state}`)
      this.gaps.push(told.gapMs)
    }
  }

  /** Second by second, as the gateway does. */
  until(seconds: number): void {
    while (this.seconds < seconds) {
      this.seconds++
      const { states, alerts } = this.#outages.turn(this.now)
      for (const { camera, told } of states) this.told.push(`${this.seconds} ${camera} ${told.state}`)
      this.alerts.push(...alerts)
    }
  }

  end(): void {
    this.alerts.push(...this.#outages.end('gateway-stopped', this.now))
  }

  /** Each alert message: its alert, phase or why it ended, and who is missing of how many. */
  get lines(): string[] {
    return this.alerts.map(({ id, phase, endedBecause, outage }) => {
      const { missing, count } = outage!
      return `${id} ${endedBecause ?? phase} ${missing}/${count}`
    })
  }
}

/** All are live from the beginning, long enough to count. */
function liveScene(...cameras: string[]): Scene {
  const scene = new Scene(...cameras)
  scene.hear('live', ...cameras)
  scene.until(100)
  scene.told.length = 0
  return scene
}

it('says connecting while a lost camera is tried again, offline after a minute, and raises one alert', () => {
  const scene = liveScene('a-1', 'b-1')
  scene.hear('offline', 'a-1')
  scene.until(159)
  expect([scene.told, scene.lines]).toEqual([['100 a-1 connecting'], []])
  scene.until(300)
  expect(scene.told).toEqual(['100 a-1 connecting', '160 a-1 offline'])
  expect(scene.lines).toEqual(['alert 1 began 1/1'])
  expect(scene.alerts[0]).toMatchObject({
    ...{ camera: 'a-1', kind: 'camera-offline', severity: 'minor', duty: 'system' },
    ...{ began: noon + 100_000, time: noon + 175_000, objects: [] },
    outage: { cameras: [{ id: 'a-1', name: 'a-1', state: 'offline', since: noon + 100_000 }] },
  })
})

it('says nothing of trouble that is over in time', () => {
  const scene = liveScene('a-1')
  scene.hear('stalled', 'a-1')
  scene.until(155)
  scene.hear('live', 'a-1')
  scene.until(400)
  expect([scene.told, scene.lines]).toEqual([['100 a-1 stalled', '155 a-1 live'], []])
  expect(scene.gaps.at(-1)).toBeUndefined()
})

it('ends with the length of the gap: of the state at the first picture, of the alert once pictures keep coming', () => {
  const scene = liveScene('a-1')
  scene.hear('offline', 'a-1')
  scene.until(400)
  scene.hear('live', 'a-1')
  expect([scene.told.at(-1), scene.gaps.at(-1)]).toEqual(['400 a-1 live', 300_000])
  scene.until(414)
  expect(scene.lines).toEqual(['alert 1 began 1/1'])
  scene.until(500)
  expect(scene.lines).toEqual(['alert 1 began 1/1', 'alert 1 cleared 0/1'])
  expect(scene.alerts[1]).toMatchObject({
    ...{ began: noon + 100_000, ended: noon + 400_000, time: noon + 415_000 },
    outage: { gapMs: 300_000, cameras: [{ id: 'a-1', state: 'offline', gapMs: 300_000 }] },
  })
})

it.each(['auth_failed', 'redirect_refused', 'no_video', 'quarantined'] as const)(
  'says %s at once and for as long as it lasts, with an alert after the same time',
  (state) => {
    const scene = liveScene('a-1', 'b-1')
    scene.hear(state, 'a-1')
    scene.until(300)
    expect(scene.told).toEqual([`100 a-1 ${state}`])
    expect(scene.lines).toEqual(['alert 1 began 1/1'])
    expect(scene.alerts[0].outage?.cameras[0].state).toBe(state)
  },
)

it('makes one alert of fifty cameras of a switch, follows who comes back, and ends with the last', () => {
  const switched = Array.from({ length: 50 }, (_, i) => `a-${i}`)
  const scene = liveScene(...switched, 'b-1')
  for (const [i, camera] of switched.entries()) {
    scene.until(100 + Math.floor(i / 5))
    scene.hear(i % 2 ? 'stalled' : 'offline', camera)
  }
  scene.until(600)
  expect(scene.lines).toEqual(['alert 1 began 50/50'])
  expect(scene.alerts[0]).toMatchObject({ camera: 'a-0', began: noon + 100_000 })
  for (const [i, camera] of switched.entries()) {
    scene.until(600 + 2 * i)
    scene.hear('live', camera)
  }
  scene.until(900)
  expect(scene.lines.slice(1, -1).every((line) => line.startsWith('alert 1 updated'))).toBe(true)
  expect(scene.lines.length).toBeLessThan(10)
  expect(scene.lines.at(-1)).toBe('alert 1 cleared 0/50')
  expect(scene.alerts.at(-1)).toMatchObject({ ended: noon + 698_000, outage: { gapMs: 598_000 } })
  expect(scene.alerts[1].outage?.cameras[0].gapMs, 'the missing ones stand first').toBeUndefined()
})

it('keeps networks apart, unless the whole box sees nothing any more', () => {
  const scene = liveScene('a-1', 'a-2', 'b-1', 'b-2', 'c-1')
  scene.hear('offline', 'a-1', 'a-2', 'b-1', 'b-2')
  scene.until(200)
  expect(scene.lines).toEqual(['alert 1 began 2/2', 'alert 2 began 2/2'])
  const blind = liveScene('a-1', 'b-1', 'c-1', 'd-1')
  blind.hear('paused', 'd-1')
  blind.hear('offline', 'a-1', 'b-1', 'c-1')
  blind.until(200)
  expect(blind.lines).toEqual(['alert 1 began 3/3'])
})

it('counts them all and lists two hundred', () => {
  const many = Array.from({ length: 300 }, (_, i) => `a-${i}`)
  const scene = liveScene(...many)
  scene.hear('offline', ...many)
  scene.until(200)
  expect(scene.lines).toEqual(['alert 1 began 300/300'])
  expect(scene.alerts[0].outage?.cameras).toHaveLength(200)
})

it('takes cameras that were lost at different times for different trouble', () => {
  const scene = liveScene('a-1', 'a-2', 'a-3')
  scene.hear('offline', 'a-1')
  scene.until(116)
  scene.hear('offline', 'a-2')
  scene.until(300)
  expect(scene.lines).toEqual(['alert 1 began 1/1', 'alert 2 began 1/1'])
})

it('takes a camera that gives a picture now and then for one that is missing, in one alert', () => {
  const scene = liveScene('a-1', 'b-1')
  for (let second = 100; second < 1_000; second += 20) {
    scene.hear('offline', 'a-1')
    scene.until(second + 15)
    scene.hear('live', 'a-1')
    scene.until(second + 20)
  }
  expect(scene.lines).toEqual(['alert 1 began 1/1'])
  expect(scene.told.slice(-2)).toEqual(['980 a-1 offline', '995 a-1 live'])
})

it('raises a new alert for a camera that is lost again, while others of its first one are still missing', () => {
  const scene = liveScene('a-1', 'a-2', 'b-1')
  scene.hear('offline', 'a-1', 'a-2')
  scene.until(200)
  scene.hear('live', 'a-1')
  scene.until(300)
  scene.hear('offline', 'a-1')
  scene.until(400)
  expect(scene.lines).toEqual(['alert 1 began 2/2', 'alert 1 updated 1/2', 'alert 2 began 1/1'])
  scene.hear('live', 'a-1', 'a-2')
  scene.until(500)
  expect(scene.lines.slice(3)).toEqual(['alert 1 cleared 0/2', 'alert 2 cleared 0/1'])
})

it.each(['paused', 'consent_ended'] as const)('expects nothing of a camera that is %s', (state) => {
  const scene = liveScene('a-1', 'b-1')
  scene.hear(state, 'a-1')
  scene.hear('offline', 'b-1')
  scene.until(200)
  scene.hear(state, 'b-1')
  scene.until(400)
  expect(scene.told).toContain(`100 a-1 ${state}`)
  expect(scene.lines).toEqual(['alert 1 began 1/1', 'alert 1 camera-removed 0/1'])
  expect(scene.alerts[1].outage?.gapMs).toBeUndefined()
})

it('ends the alert of a camera that is no longer configured, and begins anew when it is again', () => {
  const scene = liveScene('a-1', 'b-1')
  scene.hear('offline', 'a-1')
  scene.until(200)
  scene.forget('a-1')
  scene.hear('offline', 'a-1')
  scene.until(300)
  expect(scene.lines).toEqual(['alert 1 began 1/1', 'alert 1 camera-removed 0/1'])
  scene.expect('a-1', 'another name')
  scene.hear('connecting', 'a-1')
  scene.until(374)
  expect(scene.lines).toHaveLength(2)
  scene.until(400)
  expect(scene.lines.at(-1)).toBe('alert 2 began 1/1')
  expect(scene.alerts.at(-1)?.outage?.cameras[0]).toMatchObject({ name: 'another name', state: 'connecting' })
})

it('reports a camera that never came up', () => {
  const scene = new Scene('a-1', 'b-1')
  scene.hear('connecting', 'a-1')
  scene.hear('live', 'b-1')
  scene.until(100)
  expect(scene.told).toEqual(['0 a-1 connecting', '0 b-1 live', '60 a-1 offline'])
  expect(scene.lines).toEqual(['alert 1 began 1/1'])
})

it('waits by the steady clock, however the other one is set', () => {
  const scene = liveScene('a-1', 'b-1')
  scene.hear('offline', 'a-1')
  scene.jumpMs = 86_400_000
  scene.until(174)
  expect(scene.lines).toEqual([])
  expect(scene.told).toEqual(['100 a-1 connecting', '160 a-1 offline'])
  scene.until(175)
  expect(scene.lines).toHaveLength(1)
  scene.jumpMs = -86_400_000
  scene.until(400)
  scene.hear('live', 'a-1')
  scene.until(500)
  const [began, ended] = scene.alerts
  expect(ended).toMatchObject({ began: began.began, ended: began.began, outage: { gapMs: 300_000 } })
})

it('ends what is open when the gateway stops, and nothing twice', () => {
  const scene = liveScene('a-1', 'a-2')
  scene.hear('offline', 'a-1', 'a-2')
  scene.until(200)
  scene.end()
  scene.end()
  expect(scene.lines).toEqual(['alert 1 began 2/2', 'alert 1 gateway-stopped 2/2'])
})

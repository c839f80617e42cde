/** One camera's life: what is open ends with the camera, the consent or the gateway, and no frame is lost over it. */
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Alert } from '../src/domain/alert.ts'
import type { Camera, Consent } from '../src/domain/camera.ts'
import type { Frame } from '../src/domain/frame.ts'
import { createLog } from '../src/kit/log.ts'
import { sleep } from '../src/kit/retry.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import type { Stages } from '../src/pipeline.ts'
import { stagesOf } from '../src/stages.ts'
import { CameraWatch, endWhenLost, type Source } from '../src/watch.ts'
import { sampleCamera } from './support/alert-samples.ts'
import { detectionAt } from './support/scene.ts'

/** A busy machine may take its time. */
const until = (check: () => void) => vi.waitFor(check, 30_000)

const frameAt = (frameTime: number): Frame => ({
  ...{ camera: 'yard', generation: 1, index: 0, width: 2, height: 2, pixels: new Uint8Array(6) },
  ...{ frameTime, arrivedAt: frameTime },
})

/** Frames when the test says so. */
class Feed {
  readonly #waiting: Frame[] = []
  #wake: () => void = () => {}
  ended = false

  give(frameTime: number): void {
    this.#waiting.push(frameAt(frameTime))
    this.#wake()
  }

  end(): void {
    this.ended = true
    this.#wake()
  }

  async *frames(): AsyncGenerator<Frame> {
    for (;;) {
      const frame = this.#waiting.shift()
      if (frame) yield frame
      else if (this.ended) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

describe('a camera that gives no frame', () => {
  const shortly = 30
  const never = 600_000

  it('is lost once in each silence', async () => {
    const feed = new Feed()
    const lost = vi.fn(async () => {})
    const seen: number[] = []
    const reading = (async () => {
      for await (const { frameTime } of endWhenLost(feed.frames(), shortly, lost)) seen.push(frameTime)
    })()
    await until(() => expect(lost).toHaveBeenCalledTimes(1))
    await delay(10 * shortly)
    expect(lost).toHaveBeenCalledTimes(1)
    feed.give(1)
    await until(() => expect(lost).toHaveBeenCalledTimes(2))
    feed.end()
    await reading
    expect(seen).toEqual([1])
    expect(lost).toHaveBeenCalledTimes(2)
  })

  it('is not lost while the main path is busy with its last frame', async () => {
    const feed = new Feed()
    const lost = vi.fn(async () => {})
    const frames = endWhenLost(feed.frames(), shortly, lost)
    feed.give(1)
    expect((await frames.next()).value?.frameTime).toBe(1)
    lost.mockClear()
    await delay(10 * shortly)
    expect(lost).not.toHaveBeenCalled()
    const next = frames.next()
    await until(() => expect(lost).toHaveBeenCalledTimes(1))
    feed.give(2)
    expect((await next).value?.frameTime).toBe(2)
  })

  it('loses no frame that comes while its alerts are being ended, and shows it afterwards', async () => {
    const feed = new Feed()
    const ending = Promise.withResolvers<void>()
    const order: string[] = []
    const lost = async () => {
      await ending.promise
      order.push('lost')
    }
    const reading = (async () => {
      for await (const { frameTime } of endWhenLost(feed.frames(), shortly, lost)) {
        order.push(`frame ${frameTime}`)
        if (frameTime === 3) feed.end()
      }
    })()
    await delay(3 * shortly)
    for (const time of [1, 2, 3]) feed.give(time)
    await delay(3 * shortly)
    expect(order).toEqual([])
    ending.resolve()
    await reading
    expect(order).toEqual(['lost', 'frame 1', 'frame 2', 'frame 3'])
  })

  it('is let go of when the reader leaves', async () => {
    let left = false
    async function* frames() {
      try {
        for (let time = 1; ; time++) yield frameAt(time)
      } finally {
        left = true
      }
    }
    for await (const { frameTime } of endWhenLost(frames(), never, async () => {})) if (frameTime === 3) break
    expect(left).toBe(true)
  })
})

const consentUntil = (until: number): Consent => ({
  ...{ grantedBy: 'Wang Fang', until, documentSha256: '0'.repeat(64), scope: ['alerts'] },
})

interface Change {
  readonly camera?: Partial<Camera>
  readonly detect?: Stages['vision']['detect']
  readonly save?: Stages['save']
  readonly now?: () => number
  readonly source?: Source
}

/** A watch on a camera that always shows one person in its zone. */
function watched({ camera: change = {}, detect, save, now, source: given }: Change = {}) {
  const corners = [0, 1].flatMap((x) => [x, 1 - x].map((y) => ({ x, y })))
  const camera: Camera = {
    ...sampleCamera,
    zones: [{ name: 'gate', polygon: corners }],
    rules: [
      {
        ...{ name: 'night', kind: 'intrusion', zone: 'gate', labels: ['person'], severity: 'major' },
        ...{ duty: 'public-order', inertiaMs: 0, cooldownMs: 0 },
      },
    ],
    ...change,
  }
  const alerts: Alert[] = []
  const states: string[] = []
  const lines: string[] = []
  const reader = { opened: 0, open: 0 }
  const source = {
    async *frames(signal: AbortSignal) {
      reader.opened++
      reader.open++
      try {
        for (let time = 100; !signal.aborted; time += 100) {
          yield frameAt(time)
          await sleep(2, signal)
        }
      } finally {
        reader.open--
      }
    },
  }
  const sighting = {
    handle: 1,
    detections: [detectionAt(0.5, 0.8)],
    looked: [{ x1: 0, y1: 0, x2: 1, y2: 1 }],
  }
  const vision: Stages['vision'] = {
    detect: detect ?? (async () => sighting),
    snapshot: async () => ({ missing: 'redaction-failed' }),
    release: () => {},
  }
  const keep: Stages['save'] = async (alert) => void alerts.push(alert)
  const stages = stagesOf({ camera, vision, save: save ?? keep })
  const log = createLog('info', new SecretMask(), (line) => lines.push(line))
  const watch = new CameraWatch(camera, given ?? source, stages, (state) => states.push(state), log, now)
  onTestFinished(() => watch.stop())
  const told = () => alerts.map(({ phase, endedBecause }) => endedBecause ?? phase)
  return { watch, alerts, told, states, lines, reader, sighting, keep }
}

describe('a camera that is watched', () => {
  it('ends its open alerts when it stops, after the source has ended', async () => {
    const { watch, alerts, told, reader } = watched()
    await watch.start()
    await until(() => expect(told()).toEqual(['began']))
    await watch.stop()
    expect(told()).toEqual(['began', 'gateway-stopped'])
    expect(alerts[1].id).toBe(alerts[0].id)
    expect(reader).toEqual({ opened: 1, open: 0 })
    await watch.stop('camera-removed')
    expect(told()).toHaveLength(2)
  })

  it('says why it was stopped', async () => {
    const { watch, told } = watched()
    await watch.start()
    await until(() => expect(told()).toEqual(['began']))
    await watch.stop('camera-removed')
    expect(told()).toEqual(['began', 'camera-removed'])
  })

  it('waits for the frame in work before it ends anything', async () => {
    const order: string[] = []
    const work = Promise.withResolvers<void>()
    let frames = 0
    const self = watched({
      detect: async () => {
        if (++frames === 5) {
          await work.promise
          order.push('frame done')
        }
        return self.sighting
      },
      save: async ({ phase }) => void order.push(phase),
    })
    await self.watch.start()
    await until(() => expect(frames).toBe(5))
    const stopped = self.watch.stop().then(() => order.push('stopped'))
    await delay(50)
    expect(order).toEqual(['began'])
    work.resolve()
    await stopped
    expect(order).toEqual(['began', 'frame done', 'ended', 'stopped'])
  })

  it('goes on after a frame that could not be analysed', async () => {
    let frames = 0
    const self = watched({
      detect: async () => {
        if (++frames === 2) throw new Error('the worker died')
        return self.sighting
      },
    })
    await self.watch.start()
    await until(() => expect(frames).toBeGreaterThan(10))
    expect(self.reader.opened).toBe(2)
    expect(self.lines.join()).toContain('the worker died')
    expect(self.told()).toEqual(['began'])
  })

  it('stops although the end of an alert cannot be saved, and says so', async () => {
    let began = false
    const { watch, lines } = watched({
      save: async ({ phase }) => {
        began = true
        if (phase === 'ended') throw new Error('disk full')
      },
    })
    await watch.start()
    await until(() => expect(began).toBe(true))
    await watch.stop()
    expect(lines.join()).toContain('disk full')
  })
})

describe('a camera that is lost', () => {
  it('ends its alerts after 15 s, and raises them anew when it is back', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const feed = new Feed()
    const { watch, told } = watched({ source: feed })
    await watch.start()
    for (let time = 100; time <= 1_000; time += 100) feed.give(time)
    await vi.advanceTimersByTimeAsync(14_900)
    expect(told()).toEqual(['began'])
    await vi.advanceTimersByTimeAsync(200)
    expect(told()).toEqual(['began', 'camera-lost'])
    await vi.advanceTimersByTimeAsync(60_000)
    for (let time = 80_000; time <= 81_000; time += 100) feed.give(time)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told()).toEqual(['began', 'camera-lost', 'began'])
    const stopped = watch.stop()
    feed.end()
    await stopped
    expect(told()).toEqual(['began', 'camera-lost', 'began', 'gateway-stopped'])
  })
})

describe('a camera under a consent', () => {
  it('is read until the consent ends, then no more, and its alerts end', async () => {
    let time = 0
    const camera = { tier: 'shop', consent: consentUntil(50) } as const
    const { watch, told, states, reader } = watched({ camera, now: () => time })
    await watch.start()
    await until(() => expect(told()).toEqual(['began']))
    await delay(200)
    expect(states).toEqual([])
    time = 50
    await until(() => expect(states).toEqual(['consent_ended']))
    await until(() => expect(told()).toEqual(['began', 'camera-lost']))
    expect(reader).toEqual({ opened: 1, open: 0 })
    await watch.stop()
    expect(told()).toHaveLength(2)
  })

  it('outlives a consent whose end cannot be saved', async () => {
    let time = 0
    const camera = { tier: 'household', consent: consentUntil(20) } as const
    const self = watched({
      camera,
      now: () => time,
      save: async (alert) => {
        if (alert.phase === 'ended') throw new Error('disk full')
        await self.keep(alert, undefined)
      },
    })
    await self.watch.start()
    await until(() => expect(self.told()).toEqual(['began']))
    time = 20
    // Nobody waits for the watch here: a rejection would end the process.
    await until(() => expect(self.lines.join()).toContain('disk full'))
    await delay(20)
    await self.watch.stop()
  })

  it('is never read where the consent is over before the start', async () => {
    const camera = { tier: 'household', consent: consentUntil(1) } as const
    const { watch, told, states, reader } = watched({ camera, now: () => 1 })
    await watch.start()
    await until(() => expect(states).toEqual(['consent_ended']))
    expect(reader.opened).toBe(0)
    expect(told()).toEqual([])
  })

  it('is read for as long as a consent of a hundred years says', async () => {
    const camera = { tier: 'shop', consent: consentUntil(Date.now() + 100 * 365 * 86_400_000) } as const
    const { watch, told, states } = watched({ camera })
    const warned = vi.fn()
    process.on('warning', warned)
    onTestFinished(() => void process.off('warning', warned))
    await watch.start()
    await until(() => expect(told()).toEqual(['began']))
    await delay(50)
    expect(states).toEqual([])
    // A timer of more than 24 days fires at once, with a warning.
    expect(warned).not.toHaveBeenCalled()
  })

  it('needs none where it is public', async () => {
    const { watch, told, states } = watched({ camera: { tier: 'public', consent: consentUntil(1) } })
    await watch.start()
    await until(() => expect(told()).toEqual(['began']))
    expect(states).toEqual([])
  })
})

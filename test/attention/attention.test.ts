/** The gate closes where nothing happens, opens where something does, and never asks a decoder for what it cannot give. */
import { describe, expect, it } from 'vitest'
import { Attention } from '../../src/attention/attention.ts'
import type { Activity, Choice, CodedFacts, Packets } from '../../src/attention/coded-facts.ts'
import type { AttentionOptions } from '../../src/attention/options.ts'
import { PacketActivity } from '../../src/attention/packet-activity.ts'
import { type Box, wholePicture } from '../../src/domain/geometry.ts'
import type { Luma } from '../../src/domain/luma.ts'
import type { Rule } from '../../src/domain/rule.ts'
import type { Track } from '../../src/domain/track.ts'
import { draw, yard } from './pictures.ts'

/** Says what the test says. */
class Said implements Packets {
  now: Activity = { active: false, score: 0, blind: false }
  add(): Activity {
    return this.now
  }
}

/** A camera and a decoder that obeys at once: what is shown is judged at once. */
class Camera {
  readonly packets = new Said()
  readonly attention: Attention
  timeMs = 0
  /** What each picture of the newest `run` was chosen for. */
  choices: Choice[] = []
  looks: { timeMs: number; look: readonly Box[]; worthless?: boolean | undefined }[] = []
  opened: number[] = []
  readonly #gopMs: number
  readonly #stepMs: number

  constructor({
    gopMs = 2_000,
    fps = 25,
    options = {} as Partial<AttentionOptions>,
    rules = [] as readonly Rule[],
  } = {}) {
    this.attention = new Attention(rules, options, this.packets)
    this.#gopMs = gopMs
    this.#stepMs = 1_000 / fps
  }

  run(forMs: number, view: (timeMs: number) => Luma = still, facts: Partial<CodedFacts> = {}): this {
    this.choices = []
    this.looks = []
    this.opened = []
    const until = this.timeMs + forMs
    for (; this.timeMs < until - 1e-6; this.timeMs += this.#stepMs) this.#picture(view, facts)
    return this
  }

  #picture(view: (timeMs: number) => Luma, facts: Partial<CodedFacts>): void {
    const { timeMs } = this
    const key = timeMs % this.#gopMs < this.#stepMs - 1e-6
    const choice = this.attention.coded({
      timeMs,
      sliceBytes: 1_000,
      key,
      reference: true,
      qp: undefined,
      afterLoss: false,
      ...facts,
    })
    this.choices.push(choice)
    if (choice !== 'show' && choice !== 'open') return
    const { open, look, worthless } = this.attention.shown(view(timeMs), timeMs)
    if (open || choice === 'open') this.opened.push(timeMs)
    this.looks.push({ timeMs, look, worthless })
  }

  count(choice: Choice): number {
    return this.choices.filter((one) => one === choice).length
  }
}

const still = (timeMs: number) => yard({ noise: 2, seed: Math.round(timeMs) })
const walker = (timeMs: number) =>
  draw(still(timeMs), { x: Math.round(timeMs / 50) % 240, y: 70, w: 12, h: 30 })

const track = (over: Partial<Track> = {}): Track => ({
  id: 1,
  label: 'person',
  confidence: 0.9,
  box: { x1: 0.5, y1: 0.5, x2: 0.55, y2: 0.75 },
  anchor: { x: 0.525, y: 0.75 },
  velocity: { x: 0, y: 0 },
  firstSeen: 0,
  lastSeen: 0,
  seen: true,
  ...over,
})

const rule: Rule = {
  kind: 'intrusion',
  name: 'yard',
  zone: 'yard',
  labels: ['person'],
  severity: 'major',
  duty: 'safety',
  inertiaMs: 0,
  cooldownMs: 0,
}

/** A camera whose gate has closed. */
const quiet = (camera = new Camera()) => camera.run(6_000).run(2_000)

describe('a quiet camera', () => {
  it('is followed for some seconds at first and then decodes every second key picture alone', () => {
    const camera = new Camera().run(1_000)
    expect(camera.count('keep')).toBe(0)
    expect(camera.count('show')).toBe(5)
    camera.run(7_000).run(20_000)
    expect(camera.attention.isOpen).toBe(false)
    expect(camera.count('show')).toBe(5)
    expect(camera.count('keep')).toBe(495)
  })

  it('has each key picture looked at where packets stir or say nothing, or a rule is critical', () => {
    for (const said of [{ score: 0.8 }, { blind: true }]) {
      const camera = quiet()
      camera.packets.now = { active: false, score: 0, blind: false, ...said }
      expect(camera.run(20_000).looks.filter(({ timeMs }) => timeMs % 2_000 === 0)).toHaveLength(10)
    }
    const critical = new Camera({ rules: [{ ...rule, severity: 'critical' }] })
    expect(quiet(critical).run(20_000).count('show')).toBe(10)
  })

  it('that stirs for a moment has the next key picture looked at, and is calm again', () => {
    const camera = quiet().run(8_000).run(400)
    while (camera.looks.length === 0) camera.run(400)
    const last = camera.looks[0].timeMs
    camera.packets.now = { active: false, score: 0.8, blind: false }
    camera.run(200)
    camera.packets.now = { active: false, score: 0, blind: false }
    const since = camera.run(8_000).looks.map(({ timeMs }) => timeMs - last)
    expect(since).toEqual([2_000, 6_000])
  })

  it('looks at key pictures no more often than it was told', () => {
    const camera = new Camera({ gopMs: 200 })
    camera.packets.now = { active: false, score: 0.8, blind: false }
    quiet(camera).run(10_000)
    expect(camera.count('show')).toBe(10)
    expect(camera.count('decode')).toBe(0)
  })

  it('costs no model run but the full look now and then', () => {
    const camera = quiet().run(120_000)
    const looks = camera.looks.filter(({ look }) => look.length > 0)
    expect(looks.length).toBeGreaterThanOrEqual(3)
    expect(looks.length).toBeLessThanOrEqual(4)
    expect(looks.every(({ look }) => look[0] === wholePicture)).toBe(true)
  })
})

describe('movement', () => {
  it('between two key pictures opens from the earlier one, and the stream is followed at the analysis rate', () => {
    const camera = quiet().run(10_000, walker)
    expect(camera.opened).toHaveLength(1)
    expect(camera.attention.isOpen).toBe(true)
    const shown = camera.looks.filter(({ timeMs }) => timeMs >= camera.opened[0] + 1_000)
    expect(shown.length / ((camera.timeMs - camera.opened[0] - 1_000) / 1_000)).toBeCloseTo(5, 0)
    expect(shown.every(({ look }) => look.length > 0)).toBe(true)
  })

  it('that is found just when everything is due to be looked at leaves that due', () => {
    const camera = new Camera({ options: { fullLookEveryMs: 10_000, calmEveryMs: 0 } }).run(30_000)
    const last = camera.looks.filter(({ look }) => look.includes(wholePicture)).at(-1)?.timeMs ?? Number.NaN
    camera.run(last + 10_000 - camera.timeMs)
    camera.run(40, walker)
    expect(camera.opened).toEqual([last + 10_000])
    // What the decoder shows when it has gone back, first of all that which gave it away once more.
    const again = camera.attention.shown(walker(last + 10_000), last + 10_000)
    expect(again).toEqual({ open: false, look: [wholePicture] })
  })

  it('in the packets opens at once', () => {
    const camera = quiet().run(500)
    camera.packets.now = { active: true, score: 5, blind: false }
    camera.run(200, walker)
    expect(camera.choices[0]).toBe('open')
    expect(camera.count('keep')).toBe(0)
  })

  it('in the packets alone is given up within a second, and is believed less and less', () => {
    const camera = quiet()
    camera.packets.now = { active: true, score: 5, blind: false }
    camera.run(1_000)
    expect(camera.choices[0]).toBe('open')
    expect(camera.attention.isOpen).toBe(false)
    camera.run(60_000)
    expect(camera.opened.length).toBeLessThanOrEqual(6)
    camera.packets.now = { active: true, score: 50, blind: false }
    expect(camera.run(400).opened).toHaveLength(1)
  })

  it('in the sizes of real packets opens within a second', () => {
    const attention = new Attention([], {}, new PacketActivity())
    const send = (from: number, until: number, bytes: number, view: (timeMs: number) => Luma) => {
      for (let timeMs = from; timeMs < until; timeMs += 40) {
        const key = timeMs % 4_000 === 0
        const sliceBytes = Math.round((key ? 20_000 : bytes) * (1 + 0.1 * Math.sin(timeMs)))
        const choice = attention.coded({ timeMs, sliceBytes, key, reference: true, qp: 28, afterLoss: false })
        if (choice === 'open') return timeMs
        if (choice === 'show') attention.shown(view(timeMs), timeMs)
      }
      return undefined
    }
    send(0, 12_000, 300, still)
    expect(send(12_000, 22_000, 300, still)).toBeUndefined()
    expect(attention.isOpen).toBe(false)
    expect(send(22_000, 24_000, 4_000, walker)).toBeLessThan(23_000)
  })

  it('that ends closes the gate some seconds later', () => {
    const camera = quiet().run(6_000, walker).run(1_500)
    expect(camera.attention.isOpen).toBe(true)
    camera.run(8_000)
    expect(camera.attention.isOpen).toBe(false)
  })

  it('is analysed at the rate that was asked for, also where it does not divide the stream', () => {
    for (const [streamFps, fps] of [
      [25, 4],
      [12, 5],
      [7, 5],
      [30, 7],
      [5, 5],
    ]) {
      const camera = quiet(new Camera({ fps: streamFps, options: { fps } }))
        .run(6_000, walker)
        .run(20_000, walker)
      expect(camera.looks.length).toBeGreaterThanOrEqual(20 * fps - 1)
      expect(camera.looks.length).toBeLessThanOrEqual(20 * fps + 1)
    }
  })
})

describe('streams that do not say enough', () => {
  it('without a key picture for twelve seconds are decoded as a whole and glanced at', () => {
    const camera = new Camera({ gopMs: 1e9 }).run(30_000).run(20_000)
    expect(camera.attention.isOpen).toBe(false)
    expect(camera.count('keep')).toBe(0)
    expect(camera.count('show')).toBeGreaterThanOrEqual(19)
    expect(camera.count('show')).toBeLessThanOrEqual(21)
    expect(camera.run(2_000, walker).looks.some(({ look }) => look.length > 0)).toBe(true)
    expect(camera.opened).toEqual([])
    expect(camera.attention.isOpen).toBe(true)
  })

  it('at a constant rate are glanced at within each GOP, and decoded no further than that', () => {
    const camera = new Camera()
    camera.packets.now = { active: false, score: 0, blind: true }
    quiet(camera).run(20_000)
    expect(camera.count('show')).toBe(20)
    // A look 0.7 s after each key picture, so that the next one comes 1.3 s later: 17 of 50 pictures.
    expect(camera.count('keep')).toBeGreaterThan(300)
    expect(camera.attention.isOpen).toBe(false)
  })

  it('with lost packets do not take what the decoder made up for movement', () => {
    const damaged = (timeMs: number) =>
      draw(walker(timeMs), { x: 30, y: 40, w: 150, h: 80, level: timeMs % 256 })
    const camera = new Camera().run(1_000)
    camera.run(1_000, damaged, { afterLoss: true })
    for (const { look, worthless = false } of camera.looks) expect(worthless).toBe(look.length === 0)
    expect(camera.looks.filter(({ look }) => look.length > 0)).toHaveLength(1)
    camera.run(6_000)
    expect(camera.attention.isOpen).toBe(false)
  })

  it('that jump in time are followed anew, and the gate closes again', () => {
    for (const jump of [-1e6, 1e6]) {
      const camera = new Camera()
      camera.timeMs = 2e6
      quiet(camera)
      camera.timeMs += jump
      expect(camera.run(2_000).choices.slice(0, 2)).toEqual(['show', 'decode'])
      expect(camera.attention.isOpen).toBe(true)
      camera.run(6_000)
      expect(camera.attention.isOpen).toBe(false)
      expect(camera.run(4_000, walker).opened).toHaveLength(1)
    }
  })

  it('without coded packets at all still say where to look, and that nothing moves', () => {
    const attention = new Attention([])
    const look = (luma: Luma, timeMs: number) => attention.shown(luma, timeMs).look
    expect(look(still(0), 0)).toEqual([wholePicture])
    const quietLooks = Array.from({ length: 50 }, (_, index) => look(still(index), 200 + index * 200))
    expect(quietLooks.filter((regions) => regions.length > 0)).toHaveLength(1)
    const [crop] = look(walker(11_000), 11_000)
    expect(crop.x2 - crop.x1).toBeLessThan(0.5)
  })
})

describe('another stream of the camera', () => {
  it.each([0, 50_000])(
    'that only comes decoded, with a time from %i, is looked at as little as if it had been the first',
    (from) => {
      const { attention } = quiet()
      attention.begin()
      const looks = Array.from({ length: 50 }, (_, index) => {
        const timeMs = from + index * 200
        return attention.shown(still(timeMs), timeMs).look
      })
      expect(looks[0]).toEqual([wholePicture])
      expect(looks.filter((regions) => regions.length > 0)).toHaveLength(1)
    },
  )

  it('that goes on at the same time asks its new decoder for nothing before a key picture', () => {
    const camera = quiet()
    const facts = { sliceBytes: 1_000, reference: true, qp: undefined, afterLoss: false }
    const next = (key: boolean) => {
      camera.timeMs += 40
      return camera.attention.coded({ ...facts, key, timeMs: camera.timeMs })
    }
    camera.attention.begin()
    expect([next(false), next(false), next(true), next(false)]).toEqual(['keep', 'keep', 'decode', 'decode'])
    expect(camera.attention.isOpen).toBe(true)
  })
})

describe('what is followed', () => {
  it('keeps the gate open while it moves, seen by the motion model or not', () => {
    const camera = quiet().run(3_000, walker)
    for (let step = 0; step < 50; step++) {
      const x = 0.2 + step * 0.01
      const box = { x1: x, y1: 0.5, x2: x + 0.05, y2: 0.75 }
      camera.attention.follow(
        [
          track({
            box,
            anchor: { x: x + 0.025, y: 0.75 },
            lastSeen: 1e6 + step * 200,
            velocity: { x: 0.05, y: 0 },
          }),
        ],
        1e6 + step * 200,
      )
      camera.run(200)
      for (const { look } of camera.looks) expect(look.length).toBeGreaterThan(0)
    }
    expect(camera.attention.isOpen).toBe(true)
  })

  it('and stands, if a person, is looked at about once a second with the gate closed; a parked car is not', () => {
    for (const [label, least, most] of [
      ['person', 8, 12],
      ['vehicle', 0, 1],
    ] as const) {
      const camera = quiet(new Camera({ gopMs: 1_000 }))
      for (let step = 0; step < 60; step++) {
        camera.attention.follow([track({ label, lastSeen: 1e6 + step * 200 })], 1e6 + step * 200)
      }
      camera.run(10_000)
      expect(camera.attention.isOpen).toBe(false)
      const looks = camera.looks.filter(({ look }) => look.length > 0)
      expect(looks.length).toBeGreaterThanOrEqual(least)
      expect(looks.length).toBeLessThanOrEqual(most)
    }
  })
})

it('who stands and stirs is looked at in turn, and at once when leaving', () => {
  const camera = quiet(new Camera({ gopMs: 1_000 }))
  const box = { x1: 0.4, y1: 0.4, x2: 0.5, y2: 0.8 }
  const stand = track({ box, anchor: { x: 0.45, y: 0.8 } })
  const stirring = (timeMs: number) =>
    draw(still(timeMs), { x: 106 + (Math.round(timeMs / 200) % 4) * 3, y: 64, w: 8, h: 30 })
  for (let step = 0; step < 50; step++) {
    camera.attention.follow([{ ...stand, lastSeen: 1e6 + step * 200 }], 1e6 + step * 200)
    camera.run(200, stirring)
  }
  const looks = camera.run(10_000, stirring).looks.filter(({ look }) => look.length > 0)
  expect(looks.length).toBeGreaterThanOrEqual(9)
  expect(looks.length).toBeLessThanOrEqual(13)
  const leaving = (timeMs: number) => draw(still(timeMs), { x: 160, y: 64, w: 10, h: 40 })
  expect(camera.run(400, leaving).looks.some(({ look }) => look.some(({ x2 }) => x2 > 0.66))).toBe(true)
})

describe('where a rule wants objects', () => {
  const left: Rule = { ...rule, kind: 'object-left', labels: ['object'], dwellMs: 0, minShare: 0 }
  const bag = (timeMs: number) => draw(still(timeMs), { x: 100, y: 100, w: 16, h: 14, level: 30 })
  const changes = (camera: Camera) => camera.attention.objects?.things.map(({ change }) => change)

  it('what is left behind a closed gate is found, after the models had a look at it', () => {
    const camera = new Camera({ rules: [left] }).run(30_000)
    expect(camera.attention.isOpen).toBe(false)
    camera.run(20_000, bag)
    // Three seconds after it was put down nothing moves any more, and only a part of the picture is asked for.
    const shows = ({ x1, x2 }: Box) => x1 < 0.4 && x2 > 0.45 && x2 - x1 < 0.6
    const asked = camera.looks.filter(({ timeMs, look }) => timeMs > 35_000 && look.some(shows))
    expect(asked.length).toBeGreaterThanOrEqual(1)
    camera.run(20_000, bag)
    expect(changes(camera)).toEqual(['came'])
    // It is not looked at for ever.
    expect(camera.run(20_000, bag).looks.filter(({ look }) => look.length > 0).length).toBeLessThanOrEqual(2)
  })

  it('is nothing looked for elsewhere', () => {
    expect(quiet().attention.objects).toBeUndefined()
  })

  it('what lies still holds no gate open', () => {
    const camera = quiet(new Camera({ rules: [left] }))
    for (let n = 0; n < 50; n++) {
      camera.attention.follow([track({ label: 'object', lastSeen: 1e6 + n * 200 })], 1e6 + n * 200)
      camera.run(200)
    }
    expect(camera.attention.isOpen).toBe(false)
    expect(camera.attention.fps).toBe(5)
  })
})

describe('load', () => {
  it('lowers the rate smoothly to a floor, and key pictures are looked at all the same', () => {
    const rates = [0, 0.25, 0.5, 0.75, 1].map((strain) => {
      const attention = new Attention([rule])
      attention.strain = strain
      return attention.fps
    })
    expect(rates).toEqual([5, 4, 3, 2, 1])
    const camera = quiet()
    camera.attention.strain = 1
    expect(camera.run(20_000).count('show')).toBe(5)
    expect(camera.run(6_000, walker).attention.isOpen).toBe(true)
    expect(camera.run(10_000, walker).looks).toHaveLength(10)
  })

  it('leaves more to critical rules and to what is followed', () => {
    const critical = new Attention([{ ...rule, severity: 'critical' }])
    critical.strain = 1
    expect(critical.fps).toBe(2)
    const busy = new Attention([rule])
    busy.strain = 1
    busy.follow([track({ lastSeen: 1e6 })], 1e6)
    expect(busy.fps).toBe(2)
  })

  it('is less where no rule is armed, unless somebody watches', () => {
    const schedule = { timeZone: 'UTC', days: ['mon'] as const, hours: [{ from: 60, to: 120 }] }
    const attention = new Attention([{ ...rule, schedule }])
    attention.follow([], Date.UTC(2024, 0, 1, 1, 30))
    expect(attention.fps).toBe(5)
    attention.follow([], Date.UTC(2024, 0, 1, 3))
    expect(attention.fps).toBe(2)
    attention.viewers = 1
    expect(attention.fps).toBe(5)
  })

  it('is more while somebody watches: the gate opens with the next key picture and stays open', () => {
    const camera = quiet()
    camera.attention.viewers = 1
    camera.run(2_000).run(10_000)
    expect(camera.count('show')).toBe(50)
    camera.attention.viewers = 0
    camera.run(8_000)
    expect(camera.attention.isOpen).toBe(false)
  })
})

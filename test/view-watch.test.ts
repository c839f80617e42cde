import { describe, expect, it, vi } from 'vitest'
import type { Alert } from '../src/domain/alert.ts'
import type { Camera } from '../src/domain/camera.ts'
import type { Luma } from '../src/domain/luma.ts'
import type { KeptView, Rememberable } from '../src/domain/view.ts'
import type { Gate } from '../src/ingest/ports.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import type { Picture, Stages } from '../src/pipeline.ts'
import { digestOf, ViewMemory } from '../src/view-memory.ts'
import { ViewWatch } from '../src/view-watch.ts'
import * as pictures from './health/pictures.ts'

const mask = [
  { x: 0, y: 0 },
  { x: 0.1, y: 0 },
  { x: 0.1, y: 0.1 },
]
const camera: Camera = {
  ...{ id: 'yard', name: 'yard', tier: 'public', url: 'rtsp://camera.example/1', enabled: true, tags: [] },
  ...{ grid: {}, masks: [mask], zones: [], lines: [], rules: [] },
}

const jpeg = { jpeg: new Uint8Array(1), width: 1, height: 1, faces: 0 }

/** What the store has on its disk. */
class Disk {
  views: KeptView[] = []
  writes = 0
  full = false

  async keptViews(): Promise<KeptView[]> {
    return JSON.parse(JSON.stringify(this.views))
  }

  async keepView(view: KeptView): Promise<void> {
    if (this.full) throw new Error('full')
    this.writes++
    const isOther = (one: KeptView) => one.camera !== view.camera || one.preset !== view.preset
    this.views = [...this.views.filter(isOther), view]
  }

  async withdrawViews({ known, seen }: Rememberable): Promise<void> {
    this.views = this.views
      .filter(({ camera }) => known.includes(camera))
      .map((view) => (seen.includes(view.camera) ? view : { ...view, outline: undefined }))
  }
}

/** A watch over one camera, with all that it says. Its time is that of the pictures. */
class Trial {
  readonly saved: { alert: Alert; picture: Picture | undefined }[] = []
  readonly told: string[][] = []
  /** Times of pictures that attention saw. */
  readonly passed: number[] = []
  readonly watch: ViewWatch
  readonly memory: ViewMemory
  second = 0
  live = true
  /** As configured. */
  cameras = [camera]

  private constructor(disk: Disk) {
    const log = createLog('silent', new SecretMask())
    this.memory = new ViewMemory({ shelf: disk, cameras: () => this.cameras, log })
    this.watch = new ViewWatch({
      tell: (id) => this.told.push([...this.watch.faults(id)]),
      save: async (_, alert, picture) => {
        this.saved.push({ alert, picture })
      },
      isLive: () => this.live,
      memory: this.memory,
      now: () => this.second * 1_000,
    })
  }

  static async start(disk = new Disk()): Promise<Trial> {
    const trial = new Trial(disk)
    await trial.watch.start()
    return trial
  }

  readonly #attention: Gate = {
    isOpen: false,
    coded: () => 'show',
    shown: (_, timeMs) => {
      this.passed.push(timeMs)
      return { open: false, look: [] }
    },
  }
  readonly #vision: Stages['vision'] = {
    detect: async () => undefined,
    snapshot: async () => jpeg,
    release: () => {},
  }

  show(show: (second: number) => Luma, seconds: number, as = camera): void {
    const gate = this.watch.of(as).over(this.#attention)
    for (const end = this.second + seconds; this.second < end; this.second++)
      gate.shown(show(this.second), this.second * 1_000)
  }

  snapshot(as = camera): Promise<Picture> {
    return this.watch.of(as).guard(this.#vision).snapshot(1, [])
  }

  /** As a command does that was written down. */
  confirm(): string | undefined {
    const why = this.watch.whyNot('yard')
    if (why === undefined) this.watch.confirm(this.watch.confirmed(camera))
    return why
  }

  phases(): string[] {
    return this.saved.map(({ alert }) => alert.phase)
  }
}

/** Its camera under a consent that ends in so many hours. */
const consented = (hours: number): Camera => ({
  ...{ ...camera, tier: 'household' },
  consent: {
    grantedBy: 'Li',
    documentSha256: '00',
    scope: ['alerts', 'snapshots'],
    until: Date.now() + hours * 3_600_000,
  },
})
const withheld = { missing: 'view-moved' }

async function sound(disk?: Disk): Promise<Trial> {
  const trial = await Trial.start(disk)
  trial.show(pictures.healthy, 20)
  expect(trial.saved).toEqual([])
  return trial
}

it('raises one alert for all that is wrong, and ends it when nothing is', async () => {
  const trial = await sound()
  trial.show(pictures.covered, 10)
  trial.show(pictures.healthy, 12)
  expect(trial.phases()).toEqual(['began', 'ended'])
  const [began, ended] = trial.saved.map(({ alert }) => alert)
  expect(began).toMatchObject({ kind: 'camera-tampered', duty: 'system', tamper: { faults: ['covered'] } })
  expect(ended).toMatchObject({ id: began.id, endedBecause: 'cleared' })
  expect(trial.told.slice(1)).toEqual([['covered'], []])
})

it('lets no picture leave once the view moved, and says why, from the first sight on where there are masks', async () => {
  const trial = await sound()
  expect(await trial.snapshot()).toBe(jpeg)
  trial.show(pictures.elsewhere, 1)
  expect(await trial.snapshot()).toEqual(withheld)
  expect(trial.saved).toEqual([])
  trial.show(pictures.elsewhere, 12)
  expect(trial.saved[0]).toMatchObject({
    picture: withheld,
    alert: { tamper: { faults: ['moved'] } },
  })
  expect(await trial.snapshot()).toEqual(withheld)
})

it('says that a view is back, and lets no picture of it leave until somebody has confirmed it', async () => {
  const trial = await sound()
  trial.show(pictures.elsewhere, 12)
  trial.show(pictures.healthy, 30)
  expect(trial.phases()).toEqual(['began', 'updated'])
  expect(trial.saved[1].alert.tamper).toEqual({ faults: ['moved'], back: true })
  expect(await trial.snapshot()).toEqual(withheld)
  expect(trial.confirm()).toBeUndefined()
  expect(await trial.snapshot()).toBe(jpeg)
  expect(trial.saved[2].alert).toMatchObject({ phase: 'ended', endedBecause: 'cleared' })
  expect(trial.told.slice(1)).toEqual([['moved'], []])
})

it('takes the view that was confirmed for its reference', async () => {
  const trial = await sound()
  trial.show(pictures.elsewhere, 12)
  expect(trial.confirm()).toBeUndefined()
  trial.show(pictures.elsewhere, 30)
  expect(trial.phases()).toEqual(['began', 'ended'])
  expect(await trial.snapshot()).toBe(jpeg)
  trial.show(pictures.healthy, 12)
  expect(trial.watch.faults('yard')).toEqual(['moved'])
})

it('confirms no view that nobody can see', async () => {
  const trial = await Trial.start()
  expect(trial.confirm()).toContain('gives no picture now')
  trial.show(pictures.healthy, 20)
  trial.show(pictures.elsewhere, 12)
  trial.show(pictures.dark, 1)
  expect(trial.confirm()).toContain('its view is dark now')
  trial.show(pictures.greyBelow, 1)
  expect(trial.confirm()).toContain('its view is corrupted now')
  trial.show(pictures.elsewhere, 1)
  trial.second += 40
  expect(trial.confirm()).toContain('gives no picture now')
  trial.show(pictures.elsewhere, 1)
  trial.live = false
  expect(trial.confirm()).toContain('gives no picture now')
  expect(await trial.snapshot()).toEqual(withheld)
})

it('says by how much it moved', async () => {
  const trial = await sound()
  trial.show(pictures.shifted(12, 0), 10)
  expect(trial.saved[0].alert.tamper?.shift?.dx).toBeCloseTo(12 / pictures.width, 2)
})

it('trusts a moved view once its masks are changed, and not because its rules or its account are', async () => {
  const trial = await sound()
  trial.show(pictures.shifted(12, 0), 10)
  const other = { ...camera, tags: ['other'], url: 'rtsp://someone:new@camera.example/1' }
  expect(await trial.snapshot(other)).toEqual(withheld)
  const confirmed = { ...camera, masks: [[...mask, { x: 0, y: 0.1 }]] }
  expect(await trial.snapshot(confirmed)).toBe(jpeg)
  expect(trial.saved.at(-1)?.alert).toMatchObject({ phase: 'ended', endedBecause: 'rule-changed' })
  trial.show(pictures.shifted(12, 0), 30, confirmed)
  expect(trial.phases()).toEqual(['began', 'ended'])
})

describe('over a restart', () => {
  it('notices that the camera was turned while the gateway was off', async () => {
    const disk = new Disk()
    await (await sound(disk)).watch.stop()
    const trial = await Trial.start(disk)
    trial.show(pictures.shifted(12, 0), 1)
    expect(await trial.snapshot()).toEqual(withheld)
    trial.show(pictures.shifted(12, 0), 12)
    expect(trial.saved[0].alert.tamper?.shift?.dx).toBeCloseTo(12 / pictures.width, 2)
  })

  it('knows a view that stayed as it was', async () => {
    const disk = new Disk()
    await (await sound(disk)).watch.stop()
    const trial = await Trial.start(disk)
    trial.show(pictures.healthy, 30)
    expect(trial.saved).toEqual([])
  })

  it.each(['stopped', 'killed'])('still distrusts a moved view when the gateway was %s', async (how) => {
    const disk = new Disk()
    const before = await sound(disk)
    before.show(pictures.elsewhere, 12)
    if (how === 'stopped') await before.watch.stop()
    const trial = await Trial.start(disk)
    expect(await trial.snapshot()).toEqual(withheld)
    expect(trial.phases()).toEqual(['began'])
    trial.show(pictures.healthy, 30)
    expect(await trial.snapshot()).toEqual(withheld)
    expect(trial.confirm()).toBeUndefined()
    expect(await trial.snapshot()).toBe(jpeg)
  })

  it('goes on with the alert of a process that died, and with none once its view was confirmed', async () => {
    const disk = new Disk()
    const died = await sound(disk)
    died.show(pictures.shifted(12, 0), 10)
    const { alert } = died.saved[0]
    const trial = await Trial.start(disk)
    expect(trial.watch.adopt(alert, camera)).toBe(true)
    trial.show(pictures.shifted(12, 0), 30)
    expect(trial.watch.faults('yard')).toEqual(['moved'])
    await trial.watch.stop()
    expect(trial.saved.map(({ alert: { id } }) => id)).toEqual(Array(trial.saved.length).fill(alert.id))
    expect(trial.phases().at(-1)).toBe('ended')
    disk.views = [trial.watch.confirmed(camera)]
    expect((await Trial.start(disk)).watch.adopt(alert, camera)).toBe(false)
  })

  it('does not go on with alerts about views that only looked bad', async () => {
    const died = await sound()
    died.show(pictures.covered, 10)
    expect((await Trial.start()).watch.adopt(died.saved[0].alert, camera)).toBe(false)
  })

  it('forgets a camera that was removed', async () => {
    const disk = new Disk()
    const trial = await sound(disk)
    expect(disk.views).toHaveLength(1)
    trial.cameras = []
    await trial.watch.forget('yard')
    expect(disk.views).toEqual([])
  })

  it('still distrusts a moved view when the camera was switched off and on', async () => {
    const trial = await sound()
    trial.show(pictures.elsewhere, 12)
    await trial.watch.forget('yard')
    expect(trial.phases()).toEqual(['began', 'ended'])
    expect(await trial.snapshot()).toEqual(withheld)
  })

  it('still distrusts a moved view whose consent ended and was renewed, and knows nothing else of it', async () => {
    const disk = new Disk()
    const trial = await sound(disk)
    trial.show(pictures.elsewhere, 12)
    trial.cameras = [consented(-1)]
    await trial.watch.forget('yard', 'camera-lost')
    expect(disk.views).toEqual([{ camera: 'yard', of: digestOf(camera), distrusted: true }])
    trial.cameras = [consented(1)]
    trial.show(pictures.elsewhere, 30)
    expect(await trial.snapshot()).toEqual(withheld)
    // What it has learned meanwhile is not what it showed when it was trusted.
    expect(trial.saved.filter(({ alert }) => alert.tamper?.back)).toEqual([])
    expect(disk.views[0].outline).toBeUndefined()
    expect(trial.confirm()).toBeUndefined()
    expect(await trial.snapshot()).toBe(jpeg)
    trial.show(pictures.elsewhere, 20)
    expect(disk.views[0].outline).toBeDefined()
  })

  it('writes no outline again of a camera that was switched off together with its consent', async () => {
    const disk = new Disk()
    const trial = await sound(disk)
    // Enough for a reference that has changed and is not written yet.
    trial.show(pictures.healthy, 600)
    expect(disk.views[0].outline).toBeDefined()
    trial.cameras = [consented(-1)]
    await trial.memory.withdraw()
    await trial.watch.forget('yard')
    expect(disk.views).toEqual([{ camera: 'yard', of: digestOf(camera), distrusted: false }])
  })

  it('writes distrust again that the disk refused, and references each hour at most', async () => {
    const disk = new Disk()
    const trial = await sound(disk)
    expect(disk.writes).toBe(1)
    disk.full = true
    trial.show(pictures.elsewhere, 12)
    await new Promise(setImmediate)
    expect(disk.views[0].distrusted).toBe(false)
    disk.full = false
    trial.show(pictures.elsewhere, 12)
    await vi.waitFor(() => expect(disk.views[0].distrusted).toBe(true))
    expect(disk.writes).toBe(2)
  })

  it('keeps edges, and none that a mask hides', async () => {
    const disk = new Disk()
    const trial = await Trial.start(disk)
    trial.show(pictures.masked(pictures.healthy), 20)
    const { outline } = disk.views[0]
    const edges = outline!.edges.flatMap((x, i, all) => (i % 3 === 0 ? [{ x, y: all[i + 1] }] : []))
    expect(edges.length).toBeGreaterThan(50)
    expect(edges.filter(({ x, y }) => x < 126 && y > 44)).toEqual([])
  })
})

describe('of a camera that turns', () => {
  const preset = (name: string) => ({ name, masks: [mask], zones: [], lines: [], rules: [] })
  const dome: Camera = { ...camera, masks: [], presets: [preset('gate'), preset('dock')] }
  /** Shows what it shows to the decoder: once before it is painted, and once after. */
  const show = (trial: Trial, pictureOf: (second: number) => Luma, seconds: number) => {
    const { turning, seen } = trial.watch.of(dome)
    for (const end = trial.second + seconds; trial.second < end; trial.second++) {
      const [luma, timeMs] = [pictureOf(trial.second), trial.second * 1_000]
      if (turning?.place(luma, timeMs) !== undefined) turning.see(luma, timeMs)
      seen()
    }
    return turning?.at
  }

  it('keeps the view of each preset that was confirmed, and knows it after a restart', async () => {
    const disk = new Disk()
    const trial = await Trial.start(disk)
    expect(show(trial, pictures.healthy, 30)).toBeUndefined()
    expect(trial.watch.whyNot('yard')).toBeUndefined()
    trial.watch.confirm(trial.watch.confirmed(dome, dome.presets?.[0]))
    expect(show(trial, pictures.healthy, 20)).toBe('gate')
    expect(show(trial, pictures.elsewhere, 20)).toBeUndefined()
    await trial.watch.stop()
    expect(disk.views.map((view) => [view.preset, view.outline !== undefined])).toEqual([['gate', true]])
    const again = await Trial.start(disk)
    expect(show(again, pictures.healthy, 6)).toBe('gate')
    expect([...trial.saved, ...again.saved]).toEqual([])
  })

  it('does not go on with the alert of a view that moved when the camera stood still', async () => {
    const disk = new Disk()
    const died = await sound(disk)
    died.show(pictures.elsewhere, 12)
    expect((await Trial.start(disk)).watch.adopt(died.saved[0].alert, dome)).toBe(false)
  })

  it('knows no preset any more whose masks were changed', async () => {
    const disk = new Disk()
    const trial = await Trial.start(disk)
    show(trial, pictures.healthy, 1)
    trial.watch.confirm(trial.watch.confirmed(dome, dome.presets?.[0]))
    expect(show(trial, pictures.healthy, 20)).toBe('gate')
    const changed = { ...dome, presets: [{ ...preset('gate'), masks: [] }, preset('dock')] }
    expect(trial.watch.of(changed).turning?.isLearned).toBe(false)
  })

  it('tells that its view is covered while it stands at a preset', async () => {
    const trial = await Trial.start()
    show(trial, pictures.healthy, 1)
    trial.watch.confirm(trial.watch.confirmed(dome, dome.presets?.[0]))
    show(trial, pictures.healthy, 20)
    show(trial, pictures.covered, 12)
    show(trial, pictures.healthy, 12)
    expect(trial.saved.map(({ alert: { phase, tamper } }) => [phase, tamper?.faults])).toEqual([
      ['began', ['covered']],
      ['ended', ['covered']],
    ])
  })
})

it('keeps corrupted pictures from attention', async () => {
  const trial = await sound()
  const { length } = trial.passed
  trial.show(pictures.greyBelow, 4)
  expect(trial.passed).toHaveLength(length)
  trial.show(pictures.healthy, 1)
  expect(trial.passed).toHaveLength(length + 1)
})

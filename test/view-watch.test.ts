import { expect, it } from 'vitest'
import type { Alert } from '../src/domain/alert.ts'
import type { Camera } from '../src/domain/camera.ts'
import type { Luma } from '../src/domain/luma.ts'
import type { Gate } from '../src/ingest/ports.ts'
import type { Picture, Stages } from '../src/pipeline.ts'
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

/** A watch over one camera, with all that it says. */
class Trial {
  readonly saved: { alert: Alert; picture: Picture | undefined }[] = []
  readonly told: string[][] = []
  /** Times of pictures that attention saw. */
  readonly passed: number[] = []
  readonly watch = new ViewWatch({
    tell: (id) => this.told.push([...this.watch.faults(id)]),
    save: async (_, alert, picture) => {
      this.saved.push({ alert, picture })
    },
  })
  second = 0

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

  phases(): string[] {
    return this.saved.map(({ alert }) => alert.phase)
  }
}

function sound(): Trial {
  const trial = new Trial()
  trial.show(pictures.healthy, 20)
  expect(trial.saved).toEqual([])
  return trial
}

it('raises one alert for all that is wrong, and ends it when nothing is', () => {
  const trial = sound()
  trial.show(pictures.covered, 10)
  trial.show(pictures.healthy, 12)
  expect(trial.phases()).toEqual(['began', 'ended'])
  const [began, ended] = trial.saved.map(({ alert }) => alert)
  expect(began).toMatchObject({ kind: 'camera-tampered', duty: 'system', tamper: { faults: ['covered'] } })
  expect(ended).toMatchObject({ id: began.id, endedBecause: 'cleared' })
  expect(trial.told.slice(1)).toEqual([['covered'], []])
})

it('lets no picture leave while the view is moved, and says why, from the first sight on where there are masks', async () => {
  const trial = sound()
  expect(await trial.snapshot()).toBe(jpeg)
  trial.show(pictures.elsewhere, 1)
  expect(await trial.snapshot()).toEqual({ missing: 'view-moved' })
  expect(trial.saved).toEqual([])
  trial.show(pictures.elsewhere, 12)
  expect(trial.saved[0]).toMatchObject({
    picture: { missing: 'view-moved' },
    alert: { tamper: { faults: ['moved'] } },
  })
  expect(await trial.snapshot()).toEqual({ missing: 'view-moved' })
  trial.show(pictures.healthy, 12)
  expect(await trial.snapshot()).toBe(jpeg)
})

it('says by how much it moved', () => {
  const trial = sound()
  trial.show(pictures.shifted(12, 0), 10)
  expect(trial.saved[0].alert.tamper?.shift?.dx).toBeCloseTo(12 / pictures.width, 2)
})

it('trusts a moved view once its masks are changed, and not because its rules are', async () => {
  const trial = sound()
  trial.show(pictures.shifted(12, 0), 10)
  expect(await trial.snapshot({ ...camera, tags: ['other'] })).toEqual({ missing: 'view-moved' })
  const confirmed = { ...camera, masks: [[...mask, { x: 0, y: 0.1 }]] }
  expect(await trial.snapshot(confirmed)).toBe(jpeg)
  expect(trial.saved.at(-1)?.alert).toMatchObject({ phase: 'ended', endedBecause: 'rule-changed' })
  trial.show(pictures.shifted(12, 0), 30, confirmed)
  expect(trial.phases()).toEqual(['began', 'ended'])
})

it('still distrusts a view that was moved when the gateway died, until it is stopped', async () => {
  const died = sound()
  died.show(pictures.shifted(12, 0), 10)
  const { alert } = died.saved[0]
  const trial = new Trial()
  expect(trial.watch.adopt(alert)).toBe(true)
  trial.show(pictures.shifted(12, 0), 30)
  expect(trial.watch.faults('yard')).toEqual(['moved'])
  expect(await trial.snapshot()).toEqual({ missing: 'view-moved' })
  await trial.watch.stop()
  expect(trial.saved.map(({ alert: { id, phase } }) => ({ id, phase }))).toEqual([
    { id: alert.id, phase: 'ended' },
  ])
})

it('does not go on with alerts about views that only looked bad', () => {
  const died = sound()
  died.show(pictures.covered, 10)
  expect(new ViewWatch({ tell: () => {}, save: async () => {} }).adopt(died.saved[0].alert)).toBe(false)
})

it('keeps corrupted pictures from attention', () => {
  const trial = sound()
  const { length } = trial.passed
  trial.show(pictures.greyBelow, 4)
  expect(trial.passed).toHaveLength(length)
  trial.show(pictures.healthy, 1)
  expect(trial.passed).toHaveLength(length + 1)
})

/** Stays of a camera that turns on one main path: what one left open ends before the next begins. */
import { expect, it, vi } from 'vitest'
import type { Alert, RuleEvent } from '../src/domain/alert.ts'
import type { Frame } from '../src/domain/frame.ts'
import { pipeline, type Stages } from '../src/pipeline.ts'
import { PresetPath, type Stay } from '../src/preset-path.ts'

/** Everything that happened, in order. */
class Trial {
  readonly log: string[] = []
  readonly path: PresetPath
  readonly running: Promise<void>
  #give: (frame: Frame | undefined) => void = () => {}
  /** What the models wait for. */
  hold: Promise<void> = Promise.resolve()

  constructor() {
    const source = { frames: () => this.#frames() }
    this.path = new PresetPath(source, (frame) => this.log.push(`dropped ${frame.preset}`))
    this.running = pipeline(this.path.frames(new AbortController().signal), this.path.stages)
  }

  async *#frames(): AsyncGenerator<Frame> {
    for (;;) {
      const frame = await new Promise<Frame | undefined>((resolve) => {
        this.#give = resolve
      })
      if (!frame) return
      yield frame
    }
  }

  async frame(preset: string | undefined): Promise<void> {
    const frame = { camera: 'dome', frameTime: 0, width: 4, height: 2, preset } as Frame
    const before = this.log.length
    this.#give(frame)
    await vi.waitFor(() => expect(this.log.length).toBeGreaterThan(before))
  }

  async end(): Promise<void> {
    this.#give(undefined)
    await this.running
  }

  stay(preset: string): Stay {
    const say = (what: string) => void this.log.push(`${preset} ${what}`)
    let open = false
    const stages: Stages = {
      vision: {
        detect: async () => {
          await this.hold
          return { handle: 1, detections: [], looked: [] }
        },
        snapshot: async () => ({ missing: 'consent' }),
        release: () => say('done'),
      },
      tracker: { update: () => [] },
      attention: { follow: () => {} },
      rules: {
        evaluate: () => {
          open = true
          return [{} as RuleEvent]
        },
        end: () => (open ? [{} as RuleEvent] : []),
      },
      alerts: { raise: (events) => events.map(() => ({ objects: [], phase: 'ended' }) as unknown as Alert) },
      save: async () => say('saved'),
    }
    return { preset, stages, end: () => say('over') }
  }
}

it('ends what a stay left open once the camera turned, before the next stay begins', async () => {
  const trial = new Trial()
  trial.path.turn(trial.stay('gate'))
  await trial.frame('gate')
  trial.path.turn(undefined)
  await vi.waitFor(() => expect(trial.log).toContain('gate over'))
  trial.path.turn(trial.stay('dock'))
  await trial.frame('dock')
  await trial.end()
  expect(trial.log).toEqual(['gate saved', 'gate done', 'gate saved', 'gate over', 'dock saved', 'dock done'])
})

it('waits for the frame at work, so that no alert ends before it was saved as begun', async () => {
  const trial = new Trial()
  const { promise, resolve } = Promise.withResolvers<void>()
  trial.hold = promise
  trial.path.turn(trial.stay('gate'))
  const frame = trial.frame('gate')
  await new Promise(setImmediate)
  trial.path.turn(trial.stay('dock'))
  await new Promise(setImmediate)
  expect(trial.log).toEqual([])
  resolve()
  await frame
  await vi.waitFor(() => expect(trial.log).toContain('gate over'))
  await trial.end()
  expect(trial.log).toEqual(['gate saved', 'gate done', 'gate saved', 'gate over'])
})

it('gives frames back that are of no stay, or of one that is over', async () => {
  const trial = new Trial()
  await trial.frame('gate')
  trial.path.turn(trial.stay('gate'))
  trial.path.turn(trial.stay('dock'))
  await trial.frame('gate')
  await trial.end()
  expect(trial.log).toEqual(['dropped gate', 'dropped gate'])
})

/** The composition of one camera's parts: its view, its source, and what judges its pictures. */
import { Attention } from './attention/attention.ts'
import { PacketActivity } from './attention/packet-activity.ts'
import type { CameraTelling } from './camera-telling.ts'
import type { Config } from './config/config.ts'
import type { Coverage } from './coverage.ts'
import { atPreset, type Camera, type CameraState } from './domain/camera.ts'
import type { Track } from './domain/track.ts'
import type { Running } from './fleet.ts'
import type { Turning } from './health/turning.ts'
import type { Hosts } from './ingest/hosts.ts'
import type { Networks } from './ingest/networks.ts'
import type { Gate } from './ingest/ports.ts'
import { CameraSource } from './ingest/source.ts'
import type { Log } from './kit/log.ts'
import type { PixelStore } from './kit/pixel-store.ts'
import type { Room } from './kit/room.ts'
import type { Stages } from './pipeline.ts'
import { PresetPath } from './preset-path.ts'
import { nothingSpent, type Spent } from './rules/noise-budget.ts'
import { type StageParts, stagesOf } from './stages.ts'
import type { Stills } from './stills.ts'
import type { CameraStructuring, Structuring } from './structuring.ts'
import { turningGate } from './turning-gate.ts'
import { SharedAttention, TurningState } from './turning-state.ts'
import type { CameraView, ViewWatch } from './view-watch.ts'
import type { VisionPool } from './vision/pool.ts'
import { CameraWatch } from './watch.ts'

/** What all cameras share. */
export interface CameraPartsOptions {
  readonly config: Pick<Config, 'analysis' | 'ingest'>
  readonly vision: VisionPool
  /** Memory of frames, from the decoders to the workers and back. */
  readonly pixels: PixelStore
  readonly burstRoom: Room
  readonly networks: Networks
  readonly hosts: Hosts
  readonly views: ViewWatch
  readonly stills: Stills
  readonly structuring: Structuring
  readonly save: (camera: Camera, ...saved: Parameters<Stages['save']>) => Promise<void>
  /** Hears what is followed in each of its frames. */
  readonly inView: (camera: string, tracks: readonly Track[]) => void
  /** Hears at which preset a camera that turns stands. */
  readonly telling: Pick<CameraTelling, 'stand' | 'tell'>
  readonly log: Log
}

/** Hears how a camera's stream is. */
export type OnState = (state: CameraState, why?: string) => void

interface Judging {
  readonly attention: Attention
  readonly structuring: CameraStructuring
  readonly stages: Stages
}

export class CameraParts {
  readonly #options: CameraPartsOptions

  constructor(options: CameraPartsOptions) {
    this.#options = options
  }

  open(camera: Camera, coverage: Coverage, onState: OnState): Running {
    const view = this.#options.views.of(camera)
    if (camera.presets) return this.#openTurning(camera, view, coverage, onState)
    const { attention, stages, structuring } = this.#judging(camera, view, coverage)
    const source = this.#source(camera, view.over(attention), coverage, onState)
    const watch = new CameraWatch(camera, source, stages, onState, this.#options.log)
    return { attention, source, watch, structuring }
  }

  /** One source for all stays, and for each stay at a preset stages of its own. */
  #openTurning(camera: Camera, view: CameraView, coverage: Coverage, onState: OnState): Running {
    const { pixels, telling, log } = this.#options
    const turning = view.turning as Turning
    const attention = new SharedAttention()
    const spent = nothingSpent()
    const state = new TurningState(turning, (standing, told, why) => {
      telling.stand(camera.id, standing)
      onState(told, why)
      telling.tell(camera.id)
    })
    const turned = (at: string | undefined): Gate | undefined => {
      const preset = camera.presets?.find(({ name }) => name === at)
      const parts = preset && this.#judging(atPreset(camera, preset), view, coverage, spent)
      attention.of = parts?.attention
      path.turn(parts && preset && { preset: preset.name, ...parts, end: () => this.#endStay(camera, parts) })
      state.stands()
      return parts?.attention
    }
    const gate = turningGate({ camera, turning, seen: () => view.seen(), turned })
    const source = this.#source(camera, gate, coverage, (heard, why) => state.hears(heard, why))
    const path = new PresetPath(source, (frame) => pixels.give(frame.pixels))
    const watch = new CameraWatch(camera, path, path.stages, (heard) => state.hears(heard), log)
    return { attention, source, watch, structuring: path }
  }

  #endStay({ id }: Camera, { structuring }: Judging): void {
    structuring.end()
    this.#options.inView(id, [])
  }

  #source(camera: Camera, gate: Gate, coverage: Coverage, onState: OnState): CameraSource {
    const { config, vision, pixels, burstRoom, networks, hosts, log } = this.#options
    const { fps, maxWidth } = config.analysis
    const { silentAfterMs } = config.ingest
    return new CameraSource({
      ...{ camera, gate, fps, maxWidth, silentAfterMs, pixels, burstRoom, networks, hosts, onState, log },
      turn: (signal) => vision.ready(camera.id, signal),
      onMissed: (trouble) => coverage.missed(trouble),
    })
  }

  /** What judges the pictures of a camera, or of one stay at a preset. */
  #judging(camera: Camera, view: CameraView, coverage: Coverage, spent?: Spent): Judging {
    const { config, vision, views, stills, inView } = this.#options
    const { fps, idle, fullLookEveryMs } = config.analysis
    const pace = { fps, idleEveryMs: idle.everyMs, fullLookEveryMs }
    const attention = new Attention(camera.rules, pace, new PacketActivity())
    const structuring = this.#options.structuring.of(camera)
    const save: Stages['save'] = (alert, picture) => this.#options.save(camera, alert, picture)
    const follow: Stages['attention']['follow'] = (tracks, time) => {
      attention.follow(tracks, time)
      inView(camera.id, tracks)
      structuring.follow(tracks, time)
    }
    const objects: StageParts['objects'] = () => {
      // Where something is wrong with the view, what has changed is the view.
      const faults = views.faults(camera.id)
      if (faults.includes('moved')) attention.forgetObjects()
      return faults.length > 0 ? undefined : attention.objects
    }
    const parts = {
      camera,
      vision: stills.over(view.guard(vision)),
      attention: { follow },
      coverage,
      objects,
      spent,
      save,
    }
    return { attention, structuring, stages: stagesOf(parts) }
  }
}

/** The stages of one camera's main path, fresh: tracks and alerts begin anew. The gateway and `replay` share them. */
import { v7 as newId } from 'uuid'
import type { Coverage } from './coverage.ts'
import type { Camera } from './domain/camera.ts'
import type { Detection } from './domain/detection.ts'
import { wholePicture } from './domain/geometry.ts'
import { GatewayError } from './kit/errors.ts'
import { countLooks } from './looks.ts'
import type { Stages } from './pipeline.ts'
import { AlertBook } from './rules/alerts.ts'
import { RuleEngine } from './rules/engine.ts'
import type { Spent } from './rules/noise-budget.ts'
import { Tracker } from './track/tracker.ts'

export interface StageParts {
  readonly camera: Camera
  /** Shared by all cameras. */
  readonly vision: Stages['vision']
  /** Absent where every frame is looked at anyway. */
  readonly attention?: Stages['attention']
  readonly coverage?: Coverage
  /** Things that were left or taken, which no model sees; undefined where nobody looks for them. */
  readonly objects?: () => StaticThings | undefined
  /** Of a camera that turns: the hour of alerts goes on from stay to stay. */
  readonly spent?: Spent
  readonly save: Stages['save']
}

export interface StaticThings {
  readonly things: readonly Detection[]
  /** May it be said that those which are not among them are not there? */
  readonly isSure: boolean
}

type Detect = Stages['vision']['detect']

const everything: Stages['attention'] = { follow: () => {} }

/** What is saved, and where, is the caller's business. */
export function stagesOf(parts: StageParts): Stages {
  const { camera, vision, attention = everything, coverage, objects = () => undefined, spent, save } = parts
  const detect = withThings((frame) => vision.detect(frame).catch(skipFailed), objects)
  return {
    attention,
    vision: {
      detect: coverage ? countLooks(detect, coverage) : detect,
      snapshot: (handle, objects) => vision.snapshot(handle, objects),
      release: (handle) => vision.release(handle),
    },
    tracker: new Tracker(),
    rules: new RuleEngine({ ...camera, spent }),
    alerts: new AlertBook({ camera: camera.id, rules: camera.rules, newId }),
    save,
  }
}

/** What lies still is seen in every frame, also where no model has looked; not in those of the time before. */
function withThings(detect: Detect, objects: NonNullable<StageParts['objects']>): Detect {
  return async (frame) => {
    const sighting = await detect(frame)
    const seen = objects()
    if (!sighting || !seen || frame.burst) return sighting
    const looked = seen.isSure ? [{ ...wholePicture, label: 'object' } as const] : []
    return {
      ...sighting,
      detections: [...sighting.detections, ...seen.things],
      looked: [...sighting.looked, ...looked],
    }
  }
}

/** One frame that cannot be analysed (a worker died with it) costs that frame, not the camera's connection. */
function skipFailed(error: unknown): undefined {
  if (error instanceof GatewayError && error.code === 'VISION_FAILED') return undefined
  throw error
}

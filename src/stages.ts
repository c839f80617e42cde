/** The stages of one camera's main path, fresh: tracks and alerts begin anew. The gateway and `replay` share them. */
import { v7 as newId } from 'uuid'
import type { Coverage } from './coverage.ts'
import type { Camera } from './domain/camera.ts'
import type { Frame } from './domain/frame.ts'
import { GatewayError } from './kit/errors.ts'
import { countLooks } from './looks.ts'
import type { Stages } from './pipeline.ts'
import { AlertBook } from './rules/alerts.ts'
import { RuleEngine } from './rules/engine.ts'
import { Tracker } from './track/tracker.ts'

export interface StageParts {
  readonly camera: Camera
  /** Shared by all cameras. */
  readonly vision: Stages['vision']
  /** Absent where every frame is looked at anyway. */
  readonly attention?: Stages['attention']
  readonly coverage?: Coverage
  readonly save: Stages['save']
}

const everything: Stages['attention'] = { follow: () => {} }

/** What is saved, and where, is the caller's business. */
export function stagesOf({ camera, vision, attention = everything, coverage, save }: StageParts): Stages {
  const detect = (frame: Frame) => vision.detect(frame).catch(skipFailed)
  return {
    attention,
    vision: {
      detect: coverage ? countLooks(detect, coverage) : detect,
      snapshot: (handle, objects) => vision.snapshot(handle, objects),
      release: (handle) => vision.release(handle),
    },
    tracker: new Tracker(),
    rules: new RuleEngine(camera),
    alerts: new AlertBook({ camera: camera.id, rules: camera.rules, newId }),
    save,
  }
}

/** One frame that cannot be analysed (a worker died with it) costs that frame, not the camera's connection. */
function skipFailed(error: unknown): undefined {
  if (error instanceof GatewayError && error.code === 'VISION_FAILED') return undefined
  throw error
}

/** The stages of one camera's main path, fresh: tracks and alerts begin anew. The gateway and `replay` share them. */
import { v7 as newId } from 'uuid'
import type { Camera } from './domain/camera.ts'
import { GatewayError } from './kit/errors.ts'
import type { Stages } from './pipeline.ts'
import { AlertBook } from './rules/alerts.ts'
import { RuleEngine } from './rules/engine.ts'
import { Tracker } from './track/tracker.ts'

/** `vision` is shared by all cameras; what is saved, and where, is the caller's business. */
export function stagesOf(camera: Camera, vision: Stages['vision'], save: Stages['save']): Stages {
  return {
    vision: {
      detect: (frame) => vision.detect(frame).catch(skipFailed),
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

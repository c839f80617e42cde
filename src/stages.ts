/** The stages of one camera's main path, fresh: tracks and alerts begin anew. The gateway and `replay` share them. */
import { v7 as newId } from 'uuid'
import type { Camera } from './domain/camera.ts'
import type { Stages } from './pipeline.ts'
import { AlertBook } from './rules/alerts.ts'
import { RuleEngine } from './rules/engine.ts'
import { Tracker } from './track/tracker.ts'

/** `vision` is shared by all cameras; what is saved, and where, is the caller's business. */
export function stagesOf(camera: Camera, vision: Stages['vision'], save: Stages['save']): Stages {
  return {
    vision,
    tracker: new Tracker(),
    rules: new RuleEngine(camera),
    alerts: new AlertBook({ camera: camera.id, rules: camera.rules, newId }),
    save,
  }
}

/** A further voice says what the gateway knows in the words of another standard. Pure: facts in, messages out. */
import type { InventoryFacts } from '../../contract/inventory-message.ts'
import type { Alert } from '../../domain/alert.ts'
import type { Camera, CameraState } from '../../domain/camera.ts'
import type { Publication } from '../session.ts'
import type { InView } from './in-view.ts'

/** Something that holds or not, since a moment (epoch ms). */
export interface Standing {
  readonly holds: boolean
  readonly since: number
}

/** What is known of one camera. */
export interface CameraView {
  readonly camera: Camera
  /** When the gateway began to know anything of it, epoch ms. */
  readonly since: number
  readonly state?: { readonly state: CameraState; readonly since: number }
  /** By name: is an alert of the rule open? A rule that is absent has raised none. */
  readonly rules: ReadonlyMap<string, Standing>
  /** Absent while nobody knows. */
  readonly inView?: InView
}

/** An empty payload clears what the broker has retained. */
export interface Saying extends Publication {
  readonly payload: string
}

export interface Voice {
  /** What the broker shall hold of the gateway itself. */
  ofGateway(gateway: Pick<InventoryFacts, 'name' | 'version'>): Saying[]
  /** What it shall hold of a camera: always the same topics, those that have nothing to say with an empty payload. */
  ofCamera(view: CameraView): Saying[]
  /** What is said at once of an alert that was just saved; `change`: how its rule stands, where this alert changed that. */
  ofAlert(alert: Alert, change?: Standing): Saying[]
}

/** Alerts with their messages and pictures, for the tests of the store. */
import { v7 as newId } from 'uuid'
import type { Alert } from '../../src/domain/alert.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import type { NewSnapshot, RetentionLimits, SaveAlert } from '../../src/store/ports.ts'

export const dayMs = 86_400_000
export const generous: RetentionLimits = {
  ...{ alertDays: 30, snapshotDays: 7, coverageDays: 7, trackDays: 7 },
  snapshotMaxBytes: 100_000_000,
  ...{
    quotaBytes: { alert: 100_000_000, disposition: 1_000_000, track: 1_000_000, count: 1_000_000 },
    expiryDays: { info: 7, minor: 30 },
  },
}

export const origin = { gateway: 'box-1', prefix: 'skyeye/v1' }

export function alertOf(change: Partial<Alert> = {}): Alert {
  return {
    ...{
      id: newId(),
      camera: 'yard',
      rule: 'gate',
      kind: 'intrusion',
      severity: 'major',
      duty: 'public-order',
    },
    ...{ phase: 'began', began: 1_700_000_000_000.5, time: 1_700_000_000_000.5, objects: [], zone: 'gate' },
    ...change,
  } as Alert
}

/** A save of one alert, with a picture of so many bytes if any. */
export function saveOf(change: Partial<Alert> = {}, pictureBytes = 0): SaveAlert {
  const alert = alertOf(change)
  const data = { alert: alert.id, ...(pictureBytes > 0 && { snapshot: { topic: 'p/s', sha256: 'x' } }) }
  const body = JSON.stringify({ type: 'skyeye.alert', data })
  const contentType = 'application/cloudevents+json'
  const route = { class: 'alert', camera: alert.camera, topic: 'p/alerts/yard' } as const
  const message = { id: newId(), ...route, contentType, body }
  return pictureBytes > 0 ? { alert, message, snapshot: snapshotOf(pictureBytes) } : { alert, message }
}

function snapshotOf(bytes: number): NewSnapshot {
  const jpeg = new Uint8Array(bytes).map((_, i) => i % 251)
  const message = {
    id: newId(),
    class: 'snapshot',
    topic: 'p/snapshots/yard',
    contentType: 'image/jpeg',
  } as const
  return { jpeg, width: 640, height: 360, message: { ...message, sha256: 'ab12' } }
}

/** A log whose lines can be read. */
export function readableLog() {
  const lines: string[] = []
  return { lines, log: createLog('info', new SecretMask(), (line) => lines.push(line)) }
}

/** A camera, an alert and an inventory that fill every field, and the message of the alert. */
import { v7 as newId } from 'uuid'
import { type AlertMessage, alertMessage } from '../../src/contract/alert-message.ts'
import type { InventoryFacts } from '../../src/contract/inventory-message.ts'
import type { Alert } from '../../src/domain/alert.ts'
import type { Camera } from '../../src/domain/camera.ts'

export const sampleCamera: Camera = {
  id: 'yard',
  name: '东门 yard',
  tier: 'public',
  url: 'rtsp://admin:topsecret@192.168.1.10/1',
  enabled: true,
  gbId: '34020000001320000001',
  tags: [],
  grid: { street: '110101001', community: '110101001002', group: '07', unit: '0113' },
  address: { code: 'A-1', text: '1 Gate Road' },
  place: { lon: 116.404, lat: 39.915 },
  masks: [],
  zones: [],
  lines: [],
  rules: [],
}

export function sampleAlert(overrides: Partial<Alert> = {}): Alert {
  const time = Date.UTC(2026, 10, 23, 8, 15, 30, 250)
  return {
    id: newId(),
    camera: 'yard',
    rule: 'night',
    kind: 'intrusion',
    severity: 'major',
    duty: 'public-order',
    phase: 'began',
    began: time,
    time,
    objects: [
      { track: 7, label: 'person', confidence: 0.876543, box: { x1: -0.01, y1: 0.2, x2: 0.3, y2: 1.02 } },
    ],
    zone: 'gate',
    ...overrides,
  }
}

export function sampleMessage(overrides: Partial<Alert> = {}, camera: Camera = sampleCamera): AlertMessage {
  return alertMessage({
    id: newId(),
    gateway: 'box-1',
    prefix: 'skyeye/v1',
    camera,
    alert: sampleAlert(overrides),
    models: ['yolox-nano'],
  })
}

export function sampleInventory(cameras: readonly Camera[] = [sampleCamera]): InventoryFacts {
  const model = { name: 'yolox-nano', sha256: 'ab'.repeat(32), tasks: ['objects'] }
  const gateway = { version: '0.1.0', name: '一号箱', site: '1 Gate Road', epoch: '01937a' }
  return { ...gateway, tier: 'standard', models: [model], cameras }
}

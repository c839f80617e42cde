/** Alerts as a gateway with fifty cameras saves them. */
import { v7 as newId } from 'uuid'
import { alertMessage } from '../../src/contract/alert-message.ts'
import type { Alert } from '../../src/domain/alert.ts'
import type { Camera } from '../../src/domain/camera.ts'
import type { SaveAlert } from '../../src/store/ports.ts'

const cameras = 50

function cameraOf(index: number): Camera {
  return {
    id: `camera-${index}`,
    name: `街口 ${index}`,
    tier: 'public',
    url: '',
    enabled: true,
    tags: [],
    grid: { street: '110101001', community: '110101001002', group: '07', unit: '0113' },
    address: { code: 'A-1', text: '1 Gate Road' },
    place: { lon: 116.404, lat: 39.915 },
    ...{ masks: [], zones: [], lines: [], rules: [] },
  }
}

/** The one of that number; the cameras take turns. */
export function saveOf(index: number, severity: Alert['severity']): SaveAlert {
  const camera = cameraOf(index % cameras)
  const time = Date.now()
  const box = { x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.9 }
  const alert: Alert = {
    ...{ id: newId(), camera: camera.id, rule: 'night', kind: 'intrusion', severity, zone: 'gate' },
    ...{ duty: 'public-order', phase: 'ended', began: time, time, ended: time, endedBecause: 'cleared' },
    objects: [{ track: 7, label: 'person', confidence: 0.876, box }],
  }
  const origin = { gateway: 'bench', prefix: 'skyeye/v1', camera, alert, models: ['yolox-nano', 'yunet-n'] }
  return { alert, message: alertMessage({ ...origin, id: newId() }) }
}

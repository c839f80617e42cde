/** A storm over the cameras of a gateway: pictures go with what is told, and what outlasts it comes late without one. */
import { expect, it } from 'vitest'
import { alertRecord } from '../src/alert-record.ts'
import { finishMessage } from '../src/contract/alert-message.ts'
import { validateMessage } from '../src/contract/validate.ts'
import type { Alert } from '../src/domain/alert.ts'
import type { Camera } from '../src/domain/camera.ts'
import { placeOfAlert } from '../src/outage-watch.ts'
import type { Picture } from '../src/pipeline.ts'
import { StormWatch } from '../src/storm-watch.ts'
import { sampleAlert, sampleCamera } from './support/alert-samples.ts'

const cameras: Camera[] = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, n) => ({
  ...{ ...sampleCamera, id, name: `Camera ${id}` },
  grid: { ...sampleCamera.grid, unit: `011${n}` },
}))
const picture: Picture = { jpeg: new Uint8Array(3), width: 2, height: 2, faces: 0 }

it('tells the first ones with their pictures, one storm for the rest, and what outlasts it without', async () => {
  const told: { alert: Alert; picture?: Picture | undefined }[] = []
  // At work for ten minutes already.
  let ticks = -600_000
  const watch = new StormWatch({
    ...{ least: 5, cameras: () => cameras.length, ticks: () => ticks },
    save: async (_, alert, shown) => void told.push({ alert, picture: shown }),
    saveOf: async (alert, shown) => void told.push({ alert, picture: shown }),
  })
  await watch.look()
  ticks = 0
  for (const camera of cameras) await watch.save(camera, sampleAlert({ camera: camera.id }), picture)
  for (ticks = 5_000; ticks < 180_000; ticks += 5_000) await watch.look()
  const missing = { missing: 'sacrificed' }
  expect(told.map(({ alert, picture: shown }) => [alert.camera, alert.kind, alert.phase, shown])).toEqual([
    ...['a', 'b', 'c', 'd'].map((id) => [id, 'intrusion', 'began', picture]),
    ...[
      ['e', 'storm', 'began', undefined],
      ['e', 'storm', 'updated', undefined],
    ],
    ...[
      ['e', 'storm', 'ended', undefined],
      ['e', 'intrusion', 'began', missing],
    ],
    ['f', 'intrusion', 'began', missing],
  ])
  const { alert } = told[6]
  const camera = placeOfAlert(alert, cameras[4], cameras)
  expect(camera.grid).toEqual({ street: '110101001', community: '110101001002', group: '07' })
  const ids = {
    messageId: '01a20779-75ca-7000-8000-000000000001',
    snapshotId: '01a20779-75ca-7000-8000-000000000002',
  }
  const { message } = alertRecord({
    ...{ gateway: 'box-1', prefix: 'skyeye/v1', models: [], camera, alert, picture: undefined, ...ids },
  })
  const epoch = '01a1f3b2-7c00-7000-8000-000000000001'
  const body = finishMessage(message.body ?? '', { epoch, sequence: 1, sentAt: alert.time })
  expect(validateMessage(JSON.parse(body))).toEqual([])
  expect(JSON.parse(body).data.storm).toMatchObject({ kind: 'intrusion', count: 2 })
})

/** A box that is not well raises one alert, about itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { expect, it, onTestFinished } from 'vitest'
import { BoxReader } from '../src/box-readings.ts'
import { finishMessage } from '../src/contract/alert-message.ts'
import { validateMessage } from '../src/contract/validate.ts'
import { DegradationWatch } from '../src/degradation-watch.ts'
import type { Alert } from '../src/domain/alert.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import { Recorder } from '../src/recorder.ts'
import { Saving } from '../src/saving.ts'
import type { SaveAlert } from '../src/store/ports.ts'
import { sampleCamera } from './support/alert-samples.ts'

/** A box whose temperature and load the test sets; a look is ten seconds later than the one before. */
function box() {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-box-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'thermal_zone0'))
  writeFileSync(join(folder, 'thermal_zone0', 'type'), 'cpu-thermal\n')
  const state = { strain: 0, ticks: 0 }
  const alerts: Alert[] = []
  const watch = new DegradationWatch({
    box: new BoxReader({ dataDir: '/nowhere', thermal: folder, timesync: '/nowhere' }),
    strain: () => state.strain,
    save: async (alert) => void alerts.push(alert),
    ticks: () => state.ticks,
  })
  const run = async (seconds: number, celsius: number, strain = 0) => {
    writeFileSync(join(folder, 'thermal_zone0', 'temp'), `${celsius * 1_000}\n`)
    state.strain = strain
    for (let n = 0; n < seconds / 10; n++, state.ticks += 10_000) await watch.look()
  }
  return { watch, alerts, run }
}

it('begins, says what joins, and ends once all is well', async () => {
  const { watch, alerts, run } = box()
  await run(100, 50)
  expect(alerts).toEqual([])
  expect(watch.newest).toEqual({ reasons: [], temperatureC: 50, strain: 0 })
  await run(100, 91)
  await run(300, 91, 1)
  await run(60, 60, 1)
  await run(600, 60)
  expect(alerts.map(({ phase, degradation }) => [phase, degradation?.reasons.join(' ')])).toEqual([
    ['began', 'hot'],
    ['updated', 'hot overload'],
    ['updated', 'overload'],
    ['ended', 'overload'],
  ])
  expect(new Set(alerts.map(({ id }) => id)).size).toBe(1)
  expect(alerts[0]).toMatchObject({
    kind: 'gateway-degraded',
    camera: '_',
    severity: 'major',
    duty: 'system',
  })
  expect(alerts[0].degradation).toMatchObject({ temperatureC: 91 })
  expect(alerts[3]).toMatchObject({ endedBecause: 'cleared', degradation: { temperatureC: 60 } })
})

it('ends with the gateway', async () => {
  const { watch, alerts, run } = box()
  await run(100, 91)
  await watch.stop()
  expect(alerts.map(({ phase, endedBecause }) => [phase, endedBecause])).toEqual([
    ['began', undefined],
    ['ended', 'gateway-stopped'],
  ])
})

it('is told under the name of the gateway, where all its cameras are, and ended when it died meanwhile', async () => {
  const saved: SaveAlert[] = []
  const { alerts, run } = box()
  await run(100, 91)
  const log = createLog('silent', new SecretMask([]))
  const cameras = [sampleCamera, { ...sampleCamera, id: 'b', grid: { ...sampleCamera.grid, unit: '0114' } }]
  const recorder = new Recorder({
    config: () =>
      ({
        ...{
          gateway: { id: 'box-1', name: 'Gatehouse' },
          broker: { prefix: 'skyeye/v1' },
          tables: {},
          cameras,
        },
      }) as never,
    models: ['yolox-nano'],
    store: {
      saveAlert: async (one: SaveAlert) => void saved.push(one),
      openAlerts: async () => alerts,
    } as never,
    saving: new Saving(log),
    saved: () => {},
    adopt: () => false,
    clockOffsetMs: () => undefined,
    log,
  })
  await recorder.saveOf(alerts[0])
  await recorder.endLeftOver()
  expect(saved.map(({ alert }) => alert.endedBecause)).toEqual([undefined, 'gateway-restarted'])
  const [{ message }] = saved
  expect(message.topic).toBe('skyeye/v1/alerts/box-1/110101001/110101001002/07/_/_/gateway-degraded')
  const body = finishMessage(message.body ?? '', { epoch: newId(), sequence: 1, sentAt: Date.now() })
  expect(validateMessage(JSON.parse(body))).toEqual([])
  const { data } = JSON.parse(body)
  expect(data.camera).toMatchObject({ id: '_', name: 'Gatehouse' })
  expect(data).toMatchObject({ models: [], degradation: { reasons: ['hot'] } })
  expect(data.place ?? data.address).toBeUndefined()
})

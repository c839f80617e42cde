/** Whatever cameras do: an alert begins once and ends once, no camera is missing in two, and nothing is told too early. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Alert } from '../../src/domain/alert.ts'
import { cameraStates } from '../../src/domain/camera.ts'
import { Outages } from '../../src/health/outages.ts'

const offlineAfterMs = 20_000
const settleMs = 5_000
const ids = ['a-1', 'a-2', 'a-3', 'b-1', 'b-2']

const step = fc.oneof(
  fc.record({
    what: fc.constant('hear' as const),
    camera: fc.constantFrom(...ids),
    state: fc.oneof(fc.constantFrom('live' as const, 'offline' as const), fc.constantFrom(...cameraStates)),
  }),
  fc.record({ what: fc.constantFrom('forget' as const, 'expect' as const), camera: fc.constantFrom(...ids) }),
  fc.record({ what: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
)

it('holds for any order of events', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let made = 0
      let ticks = 0
      const outages = new Outages({ offlineAfterMs, settleMs, newId: () => `alert ${++made}` })
      const at = () => ({ ticks, time: 1e12 + ticks })
      const expectIt = (id: string) => outages.expect({ id, name: id, network: id[0] }, at())
      const open = new Map<string, Alert>()
      const wait = (seconds: number) => {
        for (let second = 0; second < seconds; second++) {
          ticks += 1_000
          for (const alert of outages.turn(at()).alerts) follow(alert, open)
        }
      }
      for (const id of ids) expectIt(id)
      for (const one of steps) {
        if (one.what === 'hear') outages.hear(one.camera, one.state, at())
        else if (one.what === 'forget') outages.forget(one.camera, at())
        else if (one.what === 'wait') wait(one.seconds)
        else expectIt(one.camera)
      }
      for (const id of ids) expectIt(id)
      for (const id of ids) outages.hear(id, 'live', at())
      wait(settleMs / 1_000 + 1)
      expect([...open.keys()]).toEqual([])
    }),
    { numRuns: 300 },
  )
})

function follow(alert: Alert, open: Map<string, Alert>): void {
  const { id, phase, outage, began, time } = alert
  const missing = outage!.cameras.filter(({ gapMs }) => gapMs === undefined)
  expect(open.has(id)).toBe(phase !== 'began')
  if (phase === 'began') {
    expect(missing).toHaveLength(outage!.count)
    for (const { since } of missing) expect(time - since).toBeGreaterThanOrEqual(offlineAfterMs)
    const elsewhere = [...open.values()].flatMap((other) => other.outage!.cameras)
    // Of the same loss: one that was back in between may be in two alerts.
    const same = missing.filter(({ id: camera, since }) =>
      elsewhere.some((other) => other.id === camera && other.since === since),
    )
    expect(same).toEqual([])
  } else {
    expect(began).toBe(open.get(id)?.began)
    expect(outage!.missing).toBeLessThan(open.get(id)?.outage?.missing ?? 0)
  }
  if (phase === 'ended') open.delete(id)
  else open.set(id, alert)
}

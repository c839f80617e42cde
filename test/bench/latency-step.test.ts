import { connectAsync } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { Centre } from '../../scripts/bench/centre.ts'
import { sumByCamera } from '../../scripts/bench/gateway-process.ts'

describe("the gateway's counters", () => {
  it('are known by camera, other labels summed, and without those that are of no camera', () => {
    const text = [
      '# HELP skyeye_frames_total Frames decoded.',
      'skyeye_frames_total{camera="a"} 7',
      'skyeye_frames_total{camera="b"} 9',
      'skyeye_gap_seconds_total{camera="a",reason="damaged"} 1.5',
      'skyeye_gap_seconds_total{camera="a",reason="overload"} 2',
      'skyeye_frames_analysed_total 16',
      'process_cpu_seconds_total{camera="a"} 3',
      '',
    ].join('\n')
    expect(sumByCamera(text)).toEqual({
      a: { skyeye_frames_total: 7, skyeye_gap_seconds_total: 3.5 },
      b: { skyeye_frames_total: 9 },
    })
  })
})

describe('the centre of a benchmark', () => {
  it('notes the alerts that its broker has acknowledged, and keeps the newest pictures', async () => {
    const centre = new Centre(1)
    await centre.start()
    const client = await connectAsync(centre.url)
    const before = Date.now()
    const camera = { id: 'gate' }
    const began = '2026-01-02T03:04:05.678Z'
    const snapshot = { topic: 'skyeye/v1/snapshots/bench/gate/alert-2' }
    const data = { alert: 'alert-2', phase: 'began', began, camera, snapshot }
    const publish = (topic: string, body: string) => client.publishAsync(topic, body, { qos: 1 })
    try {
      await publish('skyeye/v1/snapshots/bench/gate/alert-1', 'older')
      await publish(snapshot.topic, 'newer')
      await publish('skyeye/v1/alerts/bench/_/gate/intrusion', JSON.stringify({ time: began, data }))
      await expect.poll(() => centre.alerts).toHaveLength(1)
    } finally {
      await client.endAsync()
      await centre.stop()
    }
    const time = Date.parse(began)
    const [{ arrivedAt, ...alert }] = centre.alerts
    expect(alert).toEqual({
      ...{ id: 'alert-2', camera: 'gate', phase: 'began', pictured: true },
      ...{ began: time, frameTime: time },
    })
    expect(arrivedAt).toBeGreaterThan(before - 1)
    expect([...centre.pictures].map(([id, jpeg]) => [id, jpeg.toString()])).toEqual([['alert-2', 'newer']])
  })
})

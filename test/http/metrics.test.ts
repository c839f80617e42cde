/** The metrics of one gateway: read at the scrape, apart from every other gateway's. */
import { expect, it } from 'vitest'
import { Metrics, type Sample } from '../../src/kit/metrics.ts'

it('reads gauges and counters at each scrape', async () => {
  const metrics = new Metrics()
  const now = { pending: 2, sent: 10 }
  metrics.gauge({ name: 'skyeye_outbox_pending', help: 'Waiting.', read: async () => now.pending })
  metrics.counter({ name: 'skyeye_sent_total', help: 'Sent.', read: () => now.sent })
  expect(await metrics.text()).toMatch(/skyeye_outbox_pending 2\n[\s\S]*skyeye_sent_total 10\n/)
  Object.assign(now, { pending: 0, sent: 12 })
  expect(await metrics.text()).toMatch(/skyeye_outbox_pending 0\n[\s\S]*skyeye_sent_total 12\n/)
})

it('drops the sample of a camera that is gone, and escapes odd names', async () => {
  const metrics = new Metrics()
  let samples: Sample[] = [
    { labels: { camera: 'a"b\n', state: 'live' }, value: 1 },
    { labels: { camera: 'yard', state: 'live' }, value: 1 },
  ]
  metrics.gauge({ name: 'skyeye_camera', help: 'State.', labels: ['camera', 'state'], read: () => samples })
  expect(await metrics.text()).toContain('skyeye_camera{camera="a\\"b\\n",state="live"} 1')
  samples = samples.slice(1)
  const text = await metrics.text()
  expect(text).toContain('skyeye_camera{camera="yard",state="live"} 1')
  expect(text).not.toContain('a\\"b')
})

it('leaves out what cannot be read, counts it, and still shows the rest', async () => {
  const metrics = new Metrics()
  const broken = { name: 'skyeye_broken', help: 'Broken.', read: () => Promise.reject(new Error('closed')) }
  metrics.gauge(broken)
  metrics.gauge({ name: 'skyeye_well', help: 'Well.', read: () => 1 })
  await metrics.text()
  const text = await metrics.text()
  expect(text).not.toMatch(/^skyeye_broken /m)
  expect(text).toContain('skyeye_well 1')
  expect(text).toContain('skyeye_metric_failures_total{metric="skyeye_broken"}')
})

it('keeps two gateways in one process apart', async () => {
  const [one, other] = [new Metrics(), new Metrics()]
  for (const metrics of [one, other]) metrics.watchProcess()
  one.gauge({ name: 'skyeye_mine', help: 'Mine.', read: () => 1 })
  expect(await other.text()).not.toContain('skyeye_mine')
  expect(await other.text()).toContain('process_cpu_seconds_total')
})

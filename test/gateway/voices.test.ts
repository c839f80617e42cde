/** The further voices of a running gateway: true events and numbers of what a simulated camera really shows. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Listener } from '../support/listener.ts'
import { Bench, until } from './bench.ts'

let bench: Bench
let voices: Listener | undefined

beforeEach(async () => {
  bench = await Bench.make()
})

afterEach(async () => {
  await voices?.stop()
  voices = undefined
  await bench.stop()
})

const topics = {
  inside: 'onvif/gw/onvif-ej/RuleEngine/FieldDetector/ObjectsInside/&yard/intrusion-all',
  loss: 'onvif/gw/onvif-ej/VideoSource/SignalLoss/&yard',
  config: 'homeassistant/device/gw/yard/config',
  counts: 'homeassistant/device/gw/yard/counts',
}
const newest = (topic: string) => {
  const told = voices?.arrived.findLast((message) => message.topic === topic)?.payload.toString()
  return told ? JSON.parse(told) : told
}

it('tell that someone is inside and how many are in view, and take it back with the camera', async () => {
  bench.sections.publish = { voices: { onvif: {}, homeAssistant: {} } }
  const gateway = await bench.start(await bench.camera('yard'))
  voices = await Listener.start(bench.brokerUrl, '#')
  await until(() => expect(newest(topics.inside)?.Data).toEqual({ IsInside: true }))
  await until(() => expect(newest(topics.counts)).toEqual({ person: 1, 'two-wheeler': 0, vehicle: 0 }))
  await until(() => expect(newest(topics.loss)?.Data).toEqual({ State: false }))
  expect(newest(topics.config).device).toMatchObject({ name: 'camera yard', via_device: 'skyeye_gw' })
  await gateway.reload(await bench.config())
  for (const topic of Object.values(topics)) await until(() => expect(newest(topic), topic).toBe(''))
})

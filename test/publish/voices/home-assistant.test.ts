/** What Home Assistant is told: device discovery whose templates read the messages of the contract. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cameraStateMessage, presenceMessage } from '../../../src/contract/state-message.ts'
import { type ConsentScope, cameraStates } from '../../../src/domain/camera.ts'
import { homeAssistantVoice } from '../../../src/publish/voices/home-assistant.ts'
import { countInView } from '../../../src/publish/voices/in-view.ts'
import type { Saying } from '../../../src/publish/voices/voice.ts'
import { sampleCamera } from '../../support/alert-samples.ts'

interface Component {
  readonly platform: string
  readonly unique_id: string
  readonly state_topic: string
  readonly value_template: string
  readonly availability?: readonly { readonly topic: string; readonly value_template: string }[]
}
interface Config {
  readonly device: { readonly identifiers: readonly string[] }
  readonly origin: { readonly name: string }
  readonly components: Readonly<Record<string, Component>>
}

const voice = homeAssistantVoice({ discoveryPrefix: 'homeassistant', gateway: 'box-1', prefix: 'skyeye/v1' })
const inView = { person: 2, 'two-wheeler': 0, vehicle: 1 }
const cameraSays = (counts?: typeof inView) =>
  voice.ofCamera({ camera: sampleCamera, since: 0, rules: new Map(), ...(counts ? { inView: counts } : {}) })
const configOf = ({ payload }: Saying) => JSON.parse(payload) as Config
const [gatewaySays] = voice.ofGateway({ name: '一号箱', version: '0.1.0' })
const gateway = configOf(gatewaySays)
const camera = configOf(cameraSays()[0])
const origin = { id: 'i', gateway: 'box-1', prefix: 'skyeye/v1', time: 0 }
const components = [...Object.values(gateway.components), ...Object.values(camera.components)]

/** Jinja renders each template with each payload, as Home Assistant does. */
function render(templates: readonly { readonly template: string; readonly payload: string }[]): string[] {
  const script = `
import json, sys, jinja2
for case in json.load(sys.stdin):
    values = {} if case["payload"] == "" else {"value_json": json.loads(case["payload"])}
    print(jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(case["template"]).render(values))`
  const { stdout, stderr, status } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify(templates),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout.split('\n').slice(0, -1)
}
const jinjaPresent = spawnSync('python3', ['-c', 'import jinja2']).status === 0

describe('Home Assistant', () => {
  it('is told how many are in view of a household only where its consent names tracks', () => {
    const of = (scope: readonly ConsentScope[]) => {
      const consent = { grantedBy: 'owner', until: 9e15, documentSha256: '0', scope }
      const camera = { ...sampleCamera, tier: 'household', consent } as const
      const [told, counts] = voice.ofCamera({ camera, since: 0, rules: new Map(), inView })
      return { sensors: Object.keys(configOf(told).components), counts: counts.payload }
    }
    expect(of(['alerts', 'snapshots'])).toEqual({ sensors: ['state'], counts: '' })
    const told = of(['alerts', 'tracks'])
    expect(told.sensors).toEqual(['state', 'person', 'two_wheeler', 'vehicle'])
    expect(JSON.parse(told.counts)).toEqual(inView)
  })

  it('is told what docs/voices.md shows', () => {
    const page = readFileSync(new URL('../../../docs/voices.md', import.meta.url), 'utf8')
    const [, topic, example] = /^`(homeassistant\/[^`]+)`:\n\n```json\n([^`]+)```/m.exec(page) ?? []
    const other = homeAssistantVoice({ discoveryPrefix: 'homeassistant', gateway: 'box-01', prefix: 'p' })
    const camera = { ...sampleCamera, id: 'east-gate' }
    const said = other.ofCamera({ camera, since: 0, rules: new Map(), inView })[1]
    expect(said.topic).toBe(topic)
    expect(JSON.parse(said.payload)).toEqual(JSON.parse(example))
  })

  it('finds one device for the gateway and one for each camera, all retained', () => {
    expect(gatewaySays.topic).toBe('homeassistant/device/box-1/config')
    expect(cameraSays().map(({ topic }) => topic)).toEqual([
      'homeassistant/device/box-1/yard/config',
      'homeassistant/device/box-1/yard/counts',
    ])
    for (const config of [gateway, camera])
      expect(Object.keys(config)).toEqual(['device', 'origin', 'components'])
    expect([gatewaySays, ...cameraSays()].every(({ retain }) => retain)).toBe(true)
    expect(camera).toMatchObject({
      device: { identifiers: ['skyeye_box-1_yard'], name: '东门 yard', via_device: 'skyeye_box-1' },
      origin: { name: 'Sky-eye' },
      components: {
        state: { platform: 'sensor', device_class: 'enum', options: [...cameraStates] },
        person: { platform: 'sensor', state_class: 'measurement' },
        two_wheeler: {},
        vehicle: {},
      },
    })
    expect(gateway).toMatchObject({
      device: { identifiers: ['skyeye_box-1'], name: '一号箱', sw_version: '0.1.0' },
      origin: { name: 'Sky-eye' },
      components: { presence: { platform: 'binary_sensor', device_class: 'connectivity' } },
    })
  })

  it('gets ids that no other gateway or camera has, and topics it accepts', () => {
    const ids = (id: string, of: string) => {
      const other = homeAssistantVoice({ discoveryPrefix: 'ha', gateway: of, prefix: 'p' })
      const says = other.ofCamera({ camera: { ...sampleCamera, id }, since: 0, rules: new Map() })
      expect(says[0].topic.slice('ha/'.length)).toMatch(/^device\/[a-zA-Z0-9_-]+\/[a-zA-Z0-9_-]+\/config$/)
      return Object.values(configOf(says[0]).components).map(({ unique_id }) => unique_id)
    }
    const all = [...ids('b-c', 'a'), ...ids('c', 'a-b'), ...ids('config', 'a')]
    expect(new Set(all).size).toBe(all.length)
  })

  it('is told how many are in view and nothing else of them', () => {
    expect(cameraSays(inView)[1].payload).toBe('{"person":2,"two-wheeler":0,"vehicle":1}')
    expect(cameraSays()[1].payload).toBe('')
    expect(
      countInView([{ label: 'person' }, { label: 'face' }, { label: 'vehicle' }, { label: 'person' }]),
    ).toEqual(inView)
  })

  it('is told neither pictures nor how and where a camera is reached', () => {
    const text = [gatewaySays, ...cameraSays(inView)].map(({ payload }) => payload).join()
    expect(text).not.toMatch(/rtsp|topsecret|192\.168|Gate Road|116\.4|snapshot/)
  })

  it.skipIf(!jinjaPresent)(
    'reads presence, state and counts as the contract tells them (skipped where python3 has no jinja2)',
    () => {
      const online = presenceMessage(origin, 'online').body
      const live = cameraStateMessage(origin, 'yard', { state: 'live', since: 1 }).body
      const offline = cameraStateMessage(origin, 'yard', { state: 'offline', since: 1 }).body
      const { presence } = gateway.components
      const { state, person, two_wheeler } = camera.components
      const counts = cameraSays(inView)[1].payload
      const cases: readonly (readonly [string, string, string])[] = [
        [presence.value_template, online, 'ON'],
        [presence.value_template, presenceMessage(origin, 'stopped').body, 'OFF'],
        [presence.value_template, '', 'OFF'],
        [state.value_template, live, 'live'],
        [state.value_template, '', ''],
        [person.value_template, counts, '2'],
        [two_wheeler.value_template, counts, '0'],
        [person.value_template, '', ''],
        [person.availability?.[0].value_template ?? '', online, 'online'],
        [person.availability?.[0].value_template ?? '', presenceMessage(origin, 'stopped').body, 'offline'],
        [person.availability?.[1].value_template ?? '', live, 'online'],
        [person.availability?.[1].value_template ?? '', offline, 'offline'],
        [person.availability?.[1].value_template ?? '', '', 'offline'],
      ]
      expect(render(cases.map(([template, payload]) => ({ template, payload })))).toEqual(
        cases.map(([, , expected]) => expected),
      )
    },
  )

  it('reads topics that the contract or this voice tells', () => {
    const told = [
      presenceMessage(origin, 'online').topic,
      cameraStateMessage(origin, 'yard', { state: 'live', since: 1 }).topic,
      cameraSays(inView)[1].topic,
    ]
    for (const { state_topic, availability = [] } of components) {
      expect(told).toContain(state_topic)
      for (const { topic } of availability) expect(told).toContain(topic)
    }
  })
})

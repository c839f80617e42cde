/**
 * Home Assistant finds the gateway and its cameras by device discovery (2024.11 or newer). Presence and camera state are read
 * from the topics of the contract by templates; only how many are in view has a topic of its own.
 */
import { cameraStateTopic, presenceTopic, safeLevel } from '../../contract/topics.ts'
import { cameraStates, mayStructure } from '../../domain/camera.ts'
import { counted } from './in-view.ts'
import type { Saying, Voice } from './voice.ts'

const maker = 'Sky-eye'

const names: Record<(typeof counted)[number], string> = {
  person: 'People in view',
  'two-wheeler': 'Two-wheelers in view',
  vehicle: 'Vehicles in view',
}

/** Templates also meet the empty payload that clears a topic: `value_json` is not defined then. */
const onlyIf = (condition: string) => `value_json is defined and value_json.data.${condition}`

export interface HomeAssistantVoiceOptions {
  readonly discoveryPrefix: string
  readonly gateway: string
  /** Beginning of the topics of the contract. */
  readonly prefix: string
}

export function homeAssistantVoice({ discoveryPrefix, gateway, prefix }: HomeAssistantVoiceOptions): Voice {
  // No id has an underscore, so that no two devices share one.
  const gatewayId = `skyeye_${gateway}`
  const base = `${discoveryPrefix}/device/${safeLevel(gateway)}`
  const isOnline = {
    topic: presenceTopic(prefix, gateway),
    value_template: `{{ 'online' if ${onlyIf("presence == 'online'")} else 'offline' }}`,
  }
  // Home Assistant refuses a device with any other key beside these three.
  const config = (path: string, device: object, components: object): Saying => ({
    topic: `${base}/${path}`,
    payload: JSON.stringify({ device, origin: { name: maker }, components }),
    retain: true,
    contentType: 'application/json',
  })
  return {
    ofGateway({ name = gateway, version }) {
      const device = {
        identifiers: [gatewayId],
        name,
        manufacturer: maker,
        model: 'gateway',
        sw_version: version,
      }
      return [config('config', device, { presence: presence(gatewayId, isOnline.topic) })]
    },
    ofCamera({ camera, inView }) {
      const id = `${gatewayId}_${camera.id}`
      const mayCount = mayStructure(camera)
      const topics = {
        state: cameraStateTopic(prefix, gateway, camera.id),
        counts: `${base}/${safeLevel(camera.id)}/counts`,
      }
      const device = {
        identifiers: [id],
        name: camera.name,
        manufacturer: maker,
        model: `${camera.tier} camera`,
        via_device: gatewayId,
      }
      return [
        config(`${safeLevel(camera.id)}/config`, device, {
          state: { ...state(id, topics.state), availability: [isOnline] },
          ...(mayCount && counts(id, topics.counts, [isOnline, isLive(topics.state)])),
        }),
        { ...countsMessage(topics.counts), payload: mayCount && inView ? JSON.stringify(inView) : '' },
      ]
    },
    ofAlert: () => [],
  }
}

function countsMessage(topic: string): Omit<Saying, 'payload'> {
  return { topic, retain: true, contentType: 'application/json' }
}

function presence(id: string, topic: string): object {
  return {
    platform: 'binary_sensor',
    unique_id: `${id}_presence`,
    name: 'Presence',
    device_class: 'connectivity',
    entity_category: 'diagnostic',
    state_topic: topic,
    value_template: `{{ 'ON' if ${onlyIf("presence == 'online'")} else 'OFF' }}`,
  }
}

function state(id: string, topic: string): object {
  return {
    platform: 'sensor',
    unique_id: `${id}_state`,
    name: 'State',
    device_class: 'enum',
    options: [...cameraStates],
    entity_category: 'diagnostic',
    state_topic: topic,
    value_template: '{{ value_json.data.state if value_json is defined }}',
  }
}

function isLive(topic: string): object {
  return { topic, value_template: `{{ 'online' if ${onlyIf("state == 'live'")} else 'offline' }}` }
}

function counts(id: string, topic: string, availability: readonly object[]): object {
  const sensors = counted.map((label) => {
    const key = label.replace('-', '_')
    const sensor = {
      platform: 'sensor',
      unique_id: `${id}_${key}`,
      name: names[label],
      state_class: 'measurement',
      state_topic: topic,
      value_template: `{{ value_json['${label}'] if value_json is defined }}`,
      availability,
      availability_mode: 'all',
    }
    return [key, sensor]
  })
  return Object.fromEntries(sensors)
}

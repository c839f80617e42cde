/** docs/contract/asyncapi.yaml: topics, messages and examples in one machine-readable document. */
import type { TSchema } from 'typebox'
import { stringify } from 'yaml'
import { verbs } from '../../src/contract/command-schema.ts'
import { eventContentType } from '../../src/contract/envelope.ts'
import {
  alertTopic,
  answerTopic,
  cameraStateTopic,
  commandTopic,
  countsTopic,
  dispositionTopic,
  healthTopic,
  inventoryTopic,
  presenceTopic,
  receiptTopic,
  snapshotTopic,
  tombstoneTopic,
  tracksTopic,
} from '../../src/contract/topics.ts'
import { contractExamples, type Example } from './contract-examples.ts'

const prefix = 'skyeye/v1'

/** Every level of a topic that is not fixed. */
const levels: Readonly<Record<string, string>> = {
  gateway: 'Id of the gateway.',
  camera: 'Id of the camera, unique within its gateway.',
  street: 'Grid code of the sub-district, `_` where unknown.',
  community: 'Grid code of the community, `_` where unknown.',
  group: "Grid code of the residents' group, `_` where unknown.",
  unit: 'Grid code of the unit, `_` where unknown.',
  kind: 'Kind, such as `intrusion` or `camera-offline`; kinds may be added within v1.',
  alert:
    'Id of the alert, one over began, updated and ended; of a picture that was asked for, an id of its own.',
  verb: 'What is asked for.',
}
const { gateway, camera, street, community, group, unit, kind, alert, verb } = Object.fromEntries(
  Object.keys(levels).map((level) => [level, `{${level}}`]),
)
const grid = { street, community, group, unit }

interface Channel {
  readonly address: string
  readonly description: string
  readonly retained: boolean
  /** From the centre to the gateway. */
  readonly isHeard?: true
  /** The same; the answer goes to the channel of that name. */
  readonly answeredOn?: string
  /** Names of its messages; examples belong to the message whose name they begin with. */
  readonly messages: readonly string[]
}

const channels: Readonly<Record<string, Channel>> = {
  presence: {
    address: presenceTopic(prefix, gateway),
    description: 'Is the gateway there? Also its last will.',
    retained: true,
    messages: ['presence'],
  },
  health: {
    address: healthTopic(prefix, gateway),
    description: 'How it is, each minute. Counts only while its presence is `online`.',
    retained: true,
    messages: ['health'],
  },
  inventory: {
    address: inventoryTopic(prefix, gateway),
    description: 'What it consists of.',
    retained: true,
    messages: ['inventory'],
  },
  'camera-state': {
    address: cameraStateTopic(prefix, gateway, camera),
    description: 'How a camera is. Counts only while the presence of its gateway is `online`.',
    retained: true,
    messages: ['camera-state', 'camera-cleared'],
  },
  alert: {
    address: alertTopic(prefix, { gateway, grid, camera, kind }),
    description: 'Alerts, numbered without gaps. One subscription serves one community.',
    retained: false,
    messages: ['alert'],
  },
  snapshot: {
    address: snapshotTopic(prefix, gateway, camera, alert),
    description: 'The redacted picture of an alert, sent before the alert.',
    retained: false,
    messages: ['snapshot'],
  },
  disposition: {
    address: dispositionTopic(prefix, gateway, camera, alert),
    description: 'What was decided about alerts, numbered without gaps.',
    retained: false,
    messages: ['disposition'],
  },
  track: {
    address: tracksTopic(prefix, gateway, camera),
    description: 'Finished tracks, numbered without gaps.',
    retained: false,
    messages: ['track'],
  },
  counts: {
    address: countsTopic(prefix, gateway, camera),
    description: 'What a camera saw in a minute, numbered without gaps.',
    retained: false,
    messages: ['counts'],
  },
  tombstone: {
    address: tombstoneTopic(prefix, gateway),
    description: 'Which numbers of the other classes do not come, numbered without gaps.',
    retained: false,
    messages: ['tombstone'],
  },
  receipt: {
    address: receiptTopic(prefix, gateway),
    description:
      'Up to which number the centre has stored everything. Heard where `publish.receipts` is `required`.',
    retained: false,
    isHeard: true,
    messages: ['receipt'],
  },
  command: {
    address: commandTopic(prefix, gateway, verb),
    description: 'What the centre asks of a gateway. Never retained.',
    retained: false,
    answeredOn: 'answer',
    messages: verbs.map((name) => `command-${name}`),
  },
  answer: {
    address: answerTopic(prefix, gateway),
    description:
      'What became of a command, with its correlation data. A response topic below this one is used in its place.',
    retained: false,
    messages: ['answer'],
  },
}

export type Schemas = Readonly<Record<string, TSchema>>

/** The document as plain values; `schemas` by the names under which they are published. */
function asyncapi(schemas: Schemas): object {
  const byId = new Map(Object.entries(schemas).map(([name, schema]) => [idOf(schema) ?? name, name]))
  return {
    asyncapi: '3.0.0',
    id: 'urn:skyeye:v1',
    info: {
      title: 'Sky-eye edge gateway',
      version: '1.0.0',
      description:
        'What a gateway tells the centre over MQTT, and what it hears from there. Within v1 fields, kinds and messages are only added: ignore what you do not know. The prefix `skyeye/v1` is configurable. Duplicates, order and gaps: see README.md beside this document.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [{ name: 'gateway' }, { name: 'alerts' }, { name: 'commands' }],
    },
    defaultContentType: eventContentType,
    servers: {
      broker: {
        host: 'broker.example:8883',
        protocol: 'secure-mqtt',
        protocolVersion: '5',
        description: 'The broker of the centre. MQTT 3.1.1 works too, without user properties.',
      },
    },
    channels: Object.fromEntries(Object.entries(channels).map(([name, one]) => [name, channelOf(one)])),
    operations: Object.fromEntries(
      Object.entries(channels).flatMap(([name, one]) => operationsOf(name, one)),
    ),
    components: {
      parameters: Object.fromEntries(
        Object.entries(levels).map(([level, description]) => [level, { description }]),
      ),
      messages: messagesOf(schemas),
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [name, embedded(schema, byId, true)]),
      ),
    },
  }
}

/** The text of the document. */
export function asyncapiText(schemas: Schemas): string {
  const text = stringify(asyncapi(schemas), { aliasDuplicateObjects: false, lineWidth: 110 })
  return `# Generated from src/contract by \`npm run docs\`.\n${text}`
}

const reference = (...path: string[]) => ({ $ref: `#/${path.join('/')}` })

function channelOf({ address, description, messages }: Channel): object {
  const named = [...address.matchAll(/\{(\w+)\}/g)].map(([, level]) => level)
  return {
    address,
    description,
    messages: Object.fromEntries(messages.map((name) => [name, reference('components', 'messages', name)])),
    parameters: Object.fromEntries(named.map((name) => [name, reference('components', 'parameters', name)])),
  }
}

/** What is asked for is an operation for each verb: its answer belongs to it. */
function operationsOf(name: string, channel: Channel): [string, object][] {
  const { answeredOn, isHeard, messages } = channel
  if (answeredOn === undefined) {
    const action = isHeard ? 'receive' : 'send'
    return [[`${action}-${name}`, operationOf(action, name, channel)]]
  }
  const reply = {
    address: {
      location: '$message.header#/responseTopic',
      description: 'Of MQTT 5, where it begins with the answer topic of the gateway; otherwise that topic.',
    },
    channel: reference('channels', answeredOn),
    messages: [reference('channels', answeredOn, 'messages', answeredOn)],
  }
  return messages.map((message) => [
    `receive-${message}`,
    { ...operationOf('receive', name, { ...channel, messages: [message] }), reply },
  ])
}

function operationOf(
  action: 'send' | 'receive',
  channel: string,
  { description, retained, messages }: Channel,
): object {
  return {
    action,
    channel: reference('channels', channel),
    summary: description,
    messages: messages.map((name) => reference('channels', channel, 'messages', name)),
    bindings: { mqtt: { qos: 1, retain: retained, bindingVersion: '0.2.0' } },
  }
}

function messagesOf(schemas: Schemas): object {
  const names = [
    'presence',
    'health',
    'inventory',
    'camera-state',
    'disposition',
    'track',
    'counts',
    'tombstone',
    'answer',
    'alert',
  ]
  const events = [...names, ...channels.command.messages].map((name) => {
    const { title, description } = schemas[name] as { title?: string; description?: string }
    const payload = reference('components', 'schemas', name)
    return [name, { name, title, description, contentType: eventContentType, payload, ...examplesOf(name) }]
  })
  const { alert, ...states } = Object.fromEntries(events)
  const oneAlert = {
    location: '$message.payload#/data/alert',
    description: 'Ties began, updated and ended together.',
  }
  return {
    ...states,
    alert: { ...alert, correlationId: oneAlert },
    snapshot: {
      name: 'snapshot',
      title: 'Snapshot',
      description: 'JPEG bytes: faces in it are unrecoverable.',
      contentType: 'image/jpeg',
      headers: reference('components', 'schemas', 'snapshot-headers'),
      payload: { type: 'string', format: 'binary' },
      ...examplesOf('snapshot'),
    },
    receipt: {
      name: 'receipt',
      title: 'Receipt',
      description: (schemas.receipt as { description?: string }).description,
      contentType: 'application/json',
      payload: reference('components', 'schemas', 'receipt'),
      ...examplesOf('receipt'),
    },
    'camera-cleared': {
      name: 'camera-cleared',
      title: 'A camera is gone',
      description:
        'No bytes at all: the camera was removed or disabled, and the broker retains nothing of it.',
      contentType: 'application/octet-stream',
      payload: { type: 'string', maxLength: 0 },
    },
  }
}

function examplesOf(message: string): { examples: object[] } {
  const own = Object.entries(contractExamples).filter(
    ([name]) => name === message || name.startsWith(`${message}-`),
  )
  return { examples: own.map(([name, { headers, payload }]) => exampleOf(name, { headers, payload })) }
}

function exampleOf(name: string, { headers, payload }: Pick<Example, 'headers' | 'payload'>): object {
  return { name, ...(headers ? { headers } : {}), ...(payload ? { payload } : {}) }
}

/** A schema without its `$id`; those that are published themselves become references. */
function embedded(value: unknown, byId: ReadonlyMap<string, string>, isRoot = false): unknown {
  if (Array.isArray(value)) return value.map((item) => embedded(item, byId))
  if (typeof value !== 'object' || value === null) return value
  const published = byId.get(idOf(value) ?? '')
  if (published && !isRoot) return reference('components', 'schemas', published)
  const { $id: _, ...rest } = value as Record<string, unknown>
  return Object.fromEntries(Object.entries(rest).map(([key, field]) => [key, embedded(field, byId)]))
}

function idOf(schema: object): string | undefined {
  const { $id } = schema as { $id?: unknown }
  return typeof $id === 'string' ? $id : undefined
}

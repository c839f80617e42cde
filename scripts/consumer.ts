/** A centre in a few lines: stores every message once, says which numbers are missing or given up, confirms what it has. */
import { parseArgs } from 'node:util'
import { connect } from 'mqtt'
import type { AlertEvent } from '../src/contract/alert-schema.ts'
import type { TombstoneData } from '../src/contract/tombstone-schema.ts'
import { validateMessage, validateSnapshotHeaders } from '../src/contract/validate.ts'
import { openNumbers, type Stream } from './consumer/numbers.ts'

const options = {
  broker: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
  prefix: { type: 'string', default: 'skyeye/v1' },
  database: { type: 'string', default: 'centre.db' },
  receipts: { type: 'boolean', default: false },
} as const
const { broker, prefix, database, receipts } = parseArgs({ options }).values

// Whoever confirms has to store all that is numbered: what is never confirmed, the gateways keep until they have no room.
const confirmed = receipts ? ['snapshots', 'dispositions', 'tracks', 'counts'] : []
const topics = ['alerts', 'tombstones', ...confirmed].map((kinds) => `${prefix}/${kinds}/#`)
const numbers = openNumbers(database, receipts)

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    return error
  }
}

/** What the line about it says. */
function words(kind: string, { data }: { data: unknown }): string[] {
  if (kind === 'alert') {
    const { severity, kind, phase, grid, address, camera } = data as AlertEvent['data']
    const where = [grid.street, grid.community, grid.group, grid.unit].join('/')
    return [severity, kind, phase, where, address?.text ?? 'no address', camera.name]
  }
  if (kind !== 'tombstone') return [kind]
  const gone = data as TombstoneData
  const ranges = gone.ranges.map(({ first, last }) => `${first} to ${last}`)
  return [`given up (${gone.because}): ${gone.class} ${ranges.join(', ')}`]
}

// One client id and no clean session: the broker keeps what is published while this program is away. Only MQTT 5 brings the
// numbers of pictures.
const session = { clientId: 'skyeye-consumer', clean: false }
const client = receipts
  ? connect(broker, { ...session, protocolVersion: 5, properties: { sessionExpiryInterval: 7 * 86_400 } })
  : connect(broker, { ...session, protocolVersion: 4 })
client.on('connect', async () => {
  await client.subscribeAsync(topics, { qos: 1 })
  console.error(`listening to ${topics.join(' ')}, storing in ${database}`)
})
client.on('error', ({ message }) => console.error(message))

// Where something came since the last receipt, repeats included: who repeats has not heard it. At first everywhere.
const touched = new Map<string, Stream>()
const touch = (stream: Stream) => touched.set(`${stream.gateway} ${stream.epoch} ${stream.class}`, stream)
if (receipts) for (const stream of numbers.streams()) touch(stream)

/** One receipt for all that came in this second. */
function confirm(): void {
  if (!client.connected) return
  for (const stream of touched.values()) {
    const { gateway, epoch, class: kind } = stream
    const sequence = numbers.complete(stream)
    const receipt = JSON.stringify({ epoch, class: kind, sequence })
    if (sequence) client.publish(`${prefix}/receipts/${gateway}`, receipt, { qos: 1 })
  }
  touched.clear()
}
if (receipts) setInterval(confirm, 1_000)

// Stored before this returns, acknowledged after it has returned: a crash in between brings the message again.
client.on('message', (topic, payload, { properties }) => {
  const [kinds, gateway] = topic.slice(prefix.length + 1).split('/')
  const kind = kinds.slice(0, -1)
  const isPicture = kind === 'snapshot'
  const event = (isPicture ? { ...properties?.userProperties } : parse(payload.toString())) as AlertEvent
  // It will not become better: it is acknowledged like the others, or it would come for ever.
  if ((isPicture ? validateSnapshotHeaders(event) : validateMessage(event)).length > 0)
    return console.error(`not understood: ${topic} ${isPicture ? '' : payload.toString().slice(0, 200)}`)
  const { time = new Date().toISOString(), id, epoch, sequence } = event
  const message = { id, gateway, epoch, class: kind, sequence: Number(sequence) }
  const gone = kind === 'tombstone' ? (event.data as unknown as TombstoneData) : undefined
  const note = numbers.store(message, payload, gone)
  if (receipts) for (const stream of [message, ...(gone ? [{ ...gone, gateway }] : [])]) touch(stream)
  console.log([time, gateway, sequence, ...words(kind, event), note].join('  ').trimEnd())
})

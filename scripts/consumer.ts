/** A centre in a few lines: stores every alert once, says which numbers are missing, prints what came. */
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { connect } from 'mqtt'
import type { AlertEvent } from '../src/contract/alert-schema.ts'
import { validateMessage } from '../src/contract/validate.ts'

const options = {
  broker: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
  prefix: { type: 'string', default: 'skyeye/v1' },
  database: { type: 'string', default: 'centre.db' },
} as const
const { broker, prefix, database } = parseArgs({ options }).values

const db = new Database(database)
db.exec(`CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, gateway TEXT, epoch TEXT, sequence INTEGER, body TEXT);
  CREATE TABLE IF NOT EXISTS heard (gateway TEXT, epoch TEXT, newest INTEGER, PRIMARY KEY (gateway, epoch));`)
const known = db.prepare('SELECT 1 FROM heard WHERE gateway = ?').pluck()
const newest = db.prepare('SELECT newest FROM heard WHERE gateway = ? AND epoch = ?').pluck()
const hear = db.prepare(`INSERT INTO heard VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest)`)
const keep = db.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)')

/** Stores an alert, in one transaction; says what is to be known of its number. */
const store = db.transaction(({ id, source, epoch, sequence }: AlertEvent, body: string): string => {
  const gateway = source.split('/')[2]
  // Of a gateway never heard of, nothing is missing before its first message; in a new epoch, all from 1 on.
  const last = (newest.get(gateway, epoch) as number | undefined) ?? (known.get(gateway) ? 0 : sequence - 1)
  if (keep.run(id, gateway, epoch, sequence, body).changes === 0) return 'repeated'
  hear.run(gateway, epoch, sequence)
  if (sequence > last + 1) return `missing before it: ${last + 1} to ${sequence - 1}`
  return sequence < last ? 'late' : ''
})

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    return error
  }
}

// One client id and no clean session: the broker keeps what is published while this program is away.
const client = connect(broker, { protocolVersion: 4, clientId: 'skyeye-consumer', clean: false })
client.on('connect', async () => {
  await client.subscribeAsync(`${prefix}/alerts/#`, { qos: 1 })
  console.error(`listening to ${prefix}/alerts/#, storing in ${database}`)
})
client.on('error', ({ message }) => console.error(message))
// Stored before this returns, acknowledged after it has returned: a crash in between brings the message again.
client.on('message', (topic, payload) => {
  const body = payload.toString()
  const event = parse(body) as AlertEvent
  // It will not become better: it is acknowledged like the others, or it would come for ever.
  if (validateMessage(event).length > 0)
    return console.error(`not understood: ${topic} ${body.slice(0, 200)}`)
  const { time, source, sequence, data } = event
  const { street, community, group, unit } = data.grid
  const where = [street, community, group, unit].join('/')
  const what = [
    data.severity,
    data.kind,
    data.phase,
    where,
    data.address?.text ?? 'no address',
    data.camera.name,
  ]
  console.log([time, source.split('/')[2], sequence, ...what, store(event, body)].join('  ').trimEnd())
})

/** One connection to the broker, from CONNECT to its end; nothing is sent twice within it. */
import type { MqttClient } from 'mqtt'
import { sleep } from '../kit/retry.ts'
import { Inbox, type Listener, toIncoming } from './incoming.ts'
import { type Outcome, refusal } from './outcome.ts'
import type { ValidUntil } from './tls.ts'

/** MQTT 5, or 4 as the standard numbers its version 3.1.1. */
export type Protocol = 4 | 5

/** Fits the in-flight limit of any broker we know; a broker that says less is obeyed. */
export const mostInFlight = 32

export interface Publication {
  readonly topic: string
  readonly payload: string | Buffer
  readonly retain: boolean
  readonly contentType?: string
  /** MQTT 5 only, like all below. The broker forgets what nobody took by then. */
  readonly expirySeconds?: number
  readonly correlationData?: Buffer
  readonly userProperties?: Readonly<Record<string, string>>
}

/** Why a session is over. */
export interface SessionEnd {
  /** `broker`: it said so or closed in good order; `us`: stopped or given up; `network`: anything else. */
  readonly by: 'broker' | 'us' | 'network'
  readonly why: string
  /** What the broker gave as its reason, in MQTT 5. */
  readonly code?: number
}

/** The library's words, and ours. */
const deadLink = new Map([
  ['Keepalive timeout', 'the broker answers no ping: the link is dead, though nobody closed it'],
])

interface Job {
  readonly publication: Publication
  resolve(outcome: Outcome): void
}

export class Session {
  readonly protocol: Protocol
  /** Of the certificates that were used. */
  readonly validUntil: ValidUntil
  readonly #client: MqttClient
  readonly #limit: number
  readonly #maxPacket: number
  readonly #over = new AbortController()
  readonly #queue: Job[] = []
  /** A list, and so few: a Set that jobs pass through keeps them alive for long (see noStore). */
  readonly #inFlight: Job[] = []
  readonly #inboxes: Inbox[] = []
  readonly #watchdog: NodeJS.Timeout
  #progressAt = performance.now()
  #end: SessionEnd | undefined

  /** Around a connected client; `openSession` makes both. */
  constructor(client: MqttClient, protocol: Protocol, ackTimeoutMs: number, validUntil: ValidUntil = {}) {
    this.protocol = protocol
    this.validUntil = validUntil
    this.#client = client
    const { receiveMaximum = mostInFlight, maximumPacketSize } = client.serverProperties ?? {}
    this.#limit = Math.min(mostInFlight, receiveMaximum)
    this.#maxPacket = maximumPacketSize ?? Number.POSITIVE_INFINITY
    client.on('disconnect', ({ reasonCode = 0 }) => {
      this.#end ??= {
        by: 'broker',
        code: reasonCode,
        why: `the broker disconnected with reason code 0x${reasonCode.toString(16)}`,
      }
    })
    client.on('error', (error) => {
      this.#end ??= { by: 'network', why: deadLink.get(error.message) ?? error.message }
    })
    client.on('message', (topic, payload, packet) => {
      this.#inboxes.find((inbox) => inbox.wants(topic))?.put(toIncoming(topic, payload, packet))
    })
    client.on('close', () => this.#conclude({ by: 'broker', why: 'the broker closed the connection' }))
    // An accepted connection that never answers looks alive to TCP and, where pings are answered, to MQTT.
    this.#watchdog = setInterval(() => {
      if (this.#inFlight.length === 0 || performance.now() - this.#progressAt < ackTimeoutMs) return
      this.drop(`the broker acknowledged nothing for ${Math.round(ackTimeoutMs / 1_000)} s`)
    }, ackTimeoutMs / 8)
    if (!client.connected) this.drop('the connection ended as soon as it began')
  }

  /** How many messages the broker takes before it has acknowledged the first of them. */
  get limit(): number {
    return this.#limit
  }

  /** Fires when the connection is over, with a SessionEnd as its reason. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  /** QoS 1, sent in the order of the calls. Never rejects. Waits while the broker has enough to acknowledge. */
  publish(publication: Publication): Promise<Outcome> {
    if (this.over.aborted) return Promise.resolve({ kind: 'lost' })
    const size = packetSize(publication)
    if (size > this.#maxPacket) {
      const why = `packet too large: about ${size} bytes, the broker takes ${this.#maxPacket}`
      return Promise.resolve({ kind: 'refused', verdict: 'final', why })
    }
    return new Promise((resolve) => {
      this.#queue.push({ publication, resolve })
      this.#send()
    })
  }

  /** Subscribes at QoS 1, for this session. Never rejects. */
  async listen(listener: Listener): Promise<Outcome> {
    if (this.over.aborted) return { kind: 'lost' }
    // Before the subscription: what is retained may arrive with its answer.
    this.#inboxes.push(new Inbox(listener))
    try {
      await this.#client.subscribeAsync([...listener.filters], { qos: 1 })
      return { kind: 'accepted' }
    } catch (error) {
      const { granted = [] } = (error as { packet?: { granted?: unknown[] } }).packet ?? {}
      const code = granted.find((one) => typeof one === 'number' && one >= 0x80)
      return code === undefined ? { kind: 'lost' } : refusal(code as number)
    }
  }

  /** Leaves in good order, so that the broker keeps the last will to itself. */
  async close(deadlineMs: number): Promise<void> {
    this.#end ??= { by: 'us', why: 'stopped' }
    await Promise.race([this.#client.endAsync().catch(() => undefined), sleep(deadlineMs, this.over)])
    this.drop('stopped')
  }

  /** Cuts the connection; the broker sends the last will. */
  drop(why: string): void {
    this.#end ??= { by: 'us', why }
    this.#client.end(true)
    // `end` leaves the socket alone where an orderly end is already under way.
    this.#client.stream.destroy()
    this.#conclude({ by: 'us', why })
  }

  #send(): void {
    while (this.#inFlight.length < this.#limit) {
      const job = this.#queue.shift()
      if (!job) return
      if (this.#inFlight.length === 0) this.#progressAt = performance.now()
      this.#inFlight.push(job)
      const { topic, payload, retain } = job.publication
      const properties = this.protocol === 5 ? propertiesOf(job.publication) : undefined
      this.#client.publish(topic, payload, { qos: 1, retain, properties }, (error) => {
        if (!error) this.#settle(job, { kind: 'accepted' })
        else if ('code' in error && typeof error.code === 'number') this.#settle(job, refusal(error.code))
        else this.#settle(job, { kind: 'lost' })
      })
    }
  }

  #settle(job: Job, outcome: Outcome): void {
    const at = this.#inFlight.indexOf(job)
    if (at < 0) return
    this.#inFlight.splice(at, 1)
    this.#progressAt = performance.now()
    job.resolve(outcome)
    if (!this.over.aborted) this.#send()
  }

  #conclude(end: SessionEnd): void {
    if (this.over.aborted) return
    clearInterval(this.#watchdog)
    this.#end ??= end
    this.#over.abort(this.#end)
    const unanswered = [...this.#inFlight.splice(0), ...this.#queue.splice(0)]
    for (const { resolve } of unanswered) resolve({ kind: 'lost' })
    for (const inbox of this.#inboxes) inbox.clear()
  }
}

function propertiesOf({ contentType, expirySeconds, correlationData, userProperties }: Publication) {
  return {
    ...(expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(userProperties === undefined ? {} : { userProperties: { ...userProperties } }),
  }
}

/** Bytes on the wire, a little more rather than less: each length and id field counts as at most five. */
function packetSize(publication: Publication): number {
  const { topic, payload, contentType = '', correlationData, userProperties = {} } = publication
  const properties = Object.entries(userProperties).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 5,
    0,
  )
  return (
    Buffer.byteLength(topic) +
    Buffer.byteLength(payload) +
    Buffer.byteLength(contentType) +
    (correlationData?.length ?? 0) +
    properties +
    25
  )
}

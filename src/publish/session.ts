/** One connection to the broker, from CONNECT to its end; nothing is sent twice within it. */
import { readFile } from 'node:fs/promises'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { GatewayError } from '../kit/errors.ts'
import { sleep } from '../kit/retry.ts'
import { type Outcome, refusal } from './outcome.ts'
import type { BrokerOptions } from './ports.ts'

/** MQTT 5, or 4 as the standard numbers its version 3.1.1. */
export type Protocol = 4 | 5

/** Fits the in-flight limit of any broker we know; a broker that says less is obeyed. */
const mostInFlight = 32

export interface Publication {
  readonly topic: string
  readonly payload: string | Buffer
  readonly retain: boolean
  readonly contentType?: string
  /** MQTT 5 only. */
  readonly userProperties?: Readonly<Record<string, string>>
}

export interface SessionOptions {
  readonly broker: BrokerOptions
  readonly clientId: string
  readonly protocol: Protocol
  /** Sent by the broker, retained, when the connection ends without a word. */
  readonly will: { readonly topic: string; readonly payload: string }
  readonly connectTimeoutMs: number
  /** So long nothing may be acknowledged while something is in flight. */
  readonly ackTimeoutMs: number
}

/** Why a session is over. */
export interface SessionEnd {
  /** `broker`: it said so or closed in good order; `us`: stopped or given up; `network`: anything else. */
  readonly by: 'broker' | 'us' | 'network'
  readonly why: string
}

interface Job {
  readonly publication: Publication
  resolve(outcome: Outcome): void
}

export class Session {
  readonly protocol: Protocol
  readonly #client: MqttClient
  readonly #limit: number
  readonly #maxPacket: number
  readonly #over = new AbortController()
  readonly #queue: Job[] = []
  readonly #inFlight = new Set<Job>()
  readonly #watchdog: NodeJS.Timeout
  #progressAt = performance.now()
  #end: SessionEnd | undefined

  /** Use `openSession`. */
  constructor(client: MqttClient, protocol: Protocol, ackTimeoutMs: number) {
    this.protocol = protocol
    this.#client = client
    const { receiveMaximum = mostInFlight, maximumPacketSize } = client.serverProperties ?? {}
    this.#limit = Math.min(mostInFlight, receiveMaximum)
    this.#maxPacket = maximumPacketSize ?? Number.POSITIVE_INFINITY
    client.on('disconnect', ({ reasonCode = 0 }) => {
      this.#end ??= {
        by: 'broker',
        why: `the broker disconnected with reason code 0x${reasonCode.toString(16)}`,
      }
    })
    client.on('error', (error) => {
      this.#end ??= { by: 'network', why: error.message }
    })
    client.on('close', () => this.#conclude({ by: 'broker', why: 'the broker closed the connection' }))
    // An accepted connection that never answers looks alive to TCP and, where pings are answered, to MQTT.
    this.#watchdog = setInterval(() => {
      if (this.#inFlight.size === 0 || performance.now() - this.#progressAt < ackTimeoutMs) return
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
    while (this.#inFlight.size < this.#limit) {
      const job = this.#queue.shift()
      if (!job) return
      if (this.#inFlight.size === 0) this.#progressAt = performance.now()
      this.#inFlight.add(job)
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
    if (!this.#inFlight.delete(job)) return
    this.#progressAt = performance.now()
    job.resolve(outcome)
    if (!this.over.aborted) this.#send()
  }

  #conclude(end: SessionEnd): void {
    if (this.over.aborted) return
    clearInterval(this.#watchdog)
    this.#end ??= end
    this.#over.abort(this.#end)
    for (const { resolve } of [...this.#inFlight, ...this.#queue.splice(0)]) resolve({ kind: 'lost' })
    this.#inFlight.clear()
  }
}

/** The broker speaks another version of MQTT; `certain` where it said so. */
export class OtherProtocol extends GatewayError {
  readonly certain: boolean

  constructor(certain: boolean, why: string) {
    super('BROKER_REFUSED', why)
    this.certain = certain
  }
}

/**
 * Connects. Waits for the broker's CONNACK.
 * @throws OtherProtocol where MQTT 5 was asked for and refused; GatewayError BROKER_REFUSED for all else.
 */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Session> {
  const { broker, protocol, ackTimeoutMs } = options
  const client = connect(broker.url, await clientOptions(options))
  // Stays for good: an emitter without a listener for `error` ends the process.
  client.on('error', () => undefined)
  try {
    await connected(client, protocol, broker.url, signal)
  } catch (error) {
    client.end(true)
    throw error
  }
  return new Session(client, protocol, ackTimeoutMs)
}

function connected(client: MqttClient, protocol: Protocol, url: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const refuse = (why: string) => reject(new GatewayError('BROKER_REFUSED', `broker ${url}: ${why}`))
  const aborted = () => refuse('stopped while connecting')
  signal.addEventListener('abort', aborted)
  if (signal.aborted) aborted()
  client.once('connect', () => resolve())
  client.once('error', (error) => {
    const fault = protocol === 5 ? protocolFault(error) : undefined
    if (fault) reject(new OtherProtocol(fault === 'certain', `broker ${url}: ${error.message}`))
    else refuse(advice(error))
  })
  client.once('close', () => {
    const why = 'closed the connection instead of answering'
    if (protocol === 5) reject(new OtherProtocol(false, `broker ${url}: ${why}`))
    else refuse(why)
  })
  return promise.finally(() => signal.removeEventListener('abort', aborted))
}

/** 1 is how a 3.1.1 broker, 0x84 how a 5 broker refuses a version; a 3.1.1 answer may also be unreadable as 5. */
function protocolFault(error: Error & { code?: unknown }): 'certain' | 'possible' | undefined {
  if (error.code === 1 || error.code === 0x84) return 'certain'
  if (error.code === 'ECONNRESET' || /cannot parse|packet|malformed/i.test(error.message)) return 'possible'
  return undefined
}

/** A sentence for the installer. */
function advice(error: Error & { code?: unknown }): string {
  const { code, message } = error
  if (code === 4 || code === 5 || code === 0x86 || code === 0x87)
    return `${message}: check broker.username and broker.password`
  if (typeof code !== 'string') return message
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code)) {
    return `its certificate is not accepted (${message}): check broker.tls.ca and the name in broker.url`
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `no TLS there (${message}): check the port in broker.url`
  return message || code
}

async function clientOptions(options: SessionOptions): Promise<IClientOptions> {
  const { broker, clientId, protocol, will, connectTimeoutMs } = options
  const { username, password } = broker
  return {
    clientId,
    protocolVersion: protocol,
    clean: true,
    // Supervision is ours, and so is what to send again: the library's own store would send behind the outbox's back.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    keepalive: 20,
    connectTimeout: connectTimeoutMs,
    will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true },
    rejectUnauthorized: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(await pemFiles(broker)),
  }
}

async function pemFiles({ url, tls = {} }: BrokerOptions): Promise<Partial<IClientOptions>> {
  if (!url.startsWith('mqtts:')) return {}
  const read = async (key: 'ca' | 'cert' | 'key') => {
    const path = tls[key]
    if (path === undefined) return {}
    try {
      return { [key]: await readFile(path) }
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? 'unreadable'
      throw new GatewayError('BROKER_REFUSED', `broker.tls.${key}: ${path} cannot be read (${why})`)
    }
  }
  return { ...(await read('ca')), ...(await read('cert')), ...(await read('key')) }
}

function propertiesOf({ contentType, userProperties }: Publication) {
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(userProperties === undefined ? {} : { userProperties: { ...userProperties } }),
  }
}

/** Bytes on the wire, a little more rather than less: each length and id field counts as at most five. */
function packetSize({ topic, payload, contentType = '', userProperties = {} }: Publication): number {
  const properties = Object.entries(userProperties).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 5,
    0,
  )
  return (
    Buffer.byteLength(topic) + Buffer.byteLength(payload) + Buffer.byteLength(contentType) + properties + 20
  )
}

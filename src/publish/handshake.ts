/** Opens a session: TLS, account, protocol version, last will; and says in a sentence why the broker did not agree. */
import { readFile } from 'node:fs/promises'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { GatewayError } from '../kit/errors.ts'
import { noStore } from './no-store.ts'
import type { BrokerOptions } from './ports.ts'
import { type Protocol, Session } from './session.ts'

/** Bytes of a message to us that the broker may send (MQTT 5); what is longer it drops. Commands and receipts are far shorter. */
const maximumPacketSize = 2 ** 20

export interface SessionOptions {
  readonly broker: BrokerOptions
  readonly clientId: string
  readonly protocol: Protocol
  /** Sent by the broker, retained, when the connection ends without a word; absent for a mere try. */
  readonly will?: { readonly topic: string; readonly payload: string }
  readonly connectTimeoutMs: number
  /** So long nothing may be acknowledged while something is in flight. */
  readonly ackTimeoutMs: number
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
  const client = await openClient(options, signal)
  return new Session(client, options.protocol, options.ackTimeoutMs)
}

/** The bare client, connected, for whoever reads. Throws as `openSession` does. */
export async function openClient(options: SessionOptions, signal: AbortSignal): Promise<MqttClient> {
  const { broker, protocol } = options
  const client = connect(broker.url, await clientOptions(options))
  // Stays for good: an emitter without a listener for `error` ends the process.
  client.on('error', () => undefined)
  try {
    await connected(client, protocol, broker.url, signal)
  } catch (error) {
    client.end(true)
    throw error
  }
  return client
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
    outgoingStore: noStore,
    incomingStore: noStore,
    queueQoSZero: false,
    keepalive: 20,
    connectTimeout: connectTimeoutMs,
    ...(protocol === 5 ? { properties: { maximumPacketSize } } : {}),
    ...(will ? { will: { ...will, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } } : {}),
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

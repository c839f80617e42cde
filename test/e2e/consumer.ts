/** The centre of a test: a durable MQTT 5 subscriber that keeps every message it gets, in order. */
import { connectAsync, type MqttClient } from 'mqtt'

export interface Received {
  readonly topic: string
  readonly payload: Buffer
  /** MQTT 5 user properties. */
  readonly properties: Record<string, string | string[]>
}

export interface AlertEvent {
  readonly id: string
  readonly type: string
  readonly epoch: string
  readonly sequence: number
  readonly data: {
    readonly alert: string
    readonly kind: string
    readonly rule: string
    readonly phase: string
    readonly time?: string
    readonly began: string
    readonly sentAt: string
    readonly endedBecause?: string
    readonly camera: { readonly id: string }
    readonly snapshot?: { readonly topic: string; readonly sha256: string }
    readonly snapshotMissing?: string
    readonly models: readonly string[]
  }
}

export class Consumer {
  readonly received: Received[] = []
  #client: MqttClient | undefined

  /** Connects with a session that outlives the connection, so that nothing published meanwhile is missed. */
  async start(url: string): Promise<void> {
    this.#client = await connectAsync(url, {
      protocolVersion: 5,
      clientId: 'centre',
      clean: false,
      properties: { sessionExpiryInterval: 3_600 },
      reconnectPeriod: 200,
    })
    this.#client.on('error', () => {})
    this.#client.on('message', (topic, payload, packet) => {
      this.received.push({ topic, payload, properties: { ...packet.properties?.userProperties } })
    })
    await this.#client.subscribeAsync('skyeye/v1/#', { qos: 1 })
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true)
  }

  /** Every alert message, repeats included. */
  alerts(): AlertEvent[] {
    return this.received
      .filter(({ topic }) => topic.startsWith('skyeye/v1/alerts/'))
      .map(({ payload }) => JSON.parse(payload.toString()) as AlertEvent)
  }
}

/** The first of each id: what a consumer that ignores repeats has. */
export function distinct(events: readonly AlertEvent[]): AlertEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.id, event])).values()].toReversed()
}

/** What the centre would see: every message below a topic, as it arrives. */
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'

export interface Arrived {
  readonly topic: string
  readonly payload: Buffer
  readonly retain: boolean
  readonly packet: IPublishPacket
}

export class Listener {
  readonly arrived: Arrived[] = []
  readonly #client: MqttClient

  private constructor(client: MqttClient) {
    this.#client = client
    client.on('message', (topic, payload, packet) => {
      this.arrived.push({ topic, payload, retain: packet.retain, packet })
    })
  }

  /** Stays subscribed when the broker is restarted. */
  static async start(url: string, filter = 'skyeye/#', options: IClientOptions = {}): Promise<Listener> {
    const client = await connectAsync(url, { reconnectPeriod: 50, ...options })
    const listener = new Listener(client)
    await client.subscribeAsync(filter, { qos: 1 })
    return listener
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true)
  }

  /** Parsed payloads of the topics that match. */
  events<Event = Record<string, unknown>>(topics: RegExp): Event[] {
    const matching = this.arrived.filter(({ topic, payload }) => topics.test(topic) && payload.length > 0)
    return matching.map(({ payload }) => JSON.parse(payload.toString()) as Event)
  }
}

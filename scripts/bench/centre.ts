/** The centre of a benchmark: a broker, and somebody who notes when each alert arrives. Neither is part of what is measured. */
import { connectAsync, type MqttClient } from 'mqtt'
import { EmbeddedBroker } from '../../src/publish/embedded-broker.ts'

/** An alert as it arrived; times are epoch ms of the one clock that gateway and centre share here. */
export interface ArrivedAlert {
  readonly camera: string
  readonly phase: 'began' | 'updated' | 'ended'
  /** Time of the frame in which it began. */
  readonly began: number
  readonly arrivedAt: number
}

/** Far more than a benchmark raises; beyond it the oldest are forgotten. */
const mostAlerts = 100_000

export class Centre {
  readonly alerts: ArrivedAlert[] = []
  readonly #broker = new EmbeddedBroker({ port: 0 })
  #client: MqttClient | undefined

  get url(): string {
    return this.#broker.url
  }

  async start(): Promise<void> {
    await this.#broker.start()
    this.#client = await connectAsync(this.url)
    this.#client.on('message', (_, payload) => this.#note(payload))
    await this.#client.subscribeAsync('skyeye/v1/alerts/#', { qos: 1 })
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true)
    await this.#broker.stop()
  }

  #note(payload: Buffer): void {
    const arrivedAt = performance.timeOrigin + performance.now()
    const { data } = JSON.parse(payload.toString()) as {
      data: { phase: ArrivedAlert['phase']; began: string; camera: { id: string } }
    }
    this.alerts.push({ camera: data.camera.id, phase: data.phase, began: Date.parse(data.began), arrivedAt })
    if (this.alerts.length > mostAlerts) this.alerts.shift()
  }
}

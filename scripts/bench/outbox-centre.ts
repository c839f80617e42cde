/** The centre of bench:outbox: subscribes, and notes what came when, in which order. */
import { connectAsync, type MqttClient } from 'mqtt'

export class OutboxCentre {
  /** First arrival of each id, epoch ms. */
  readonly arrivedAt = new Map<string, number>()
  duplicates = 0
  /** Messages of a camera that came after a later one; critical ones may. */
  reordered = 0
  readonly #newest = new Map<string, number>()
  #client: MqttClient | undefined

  async start(url: string): Promise<void> {
    this.#client = await connectAsync(url, { protocolVersion: 5, clientId: 'centre' })
    this.#client.on('message', (_topic, payload) => this.#note(payload))
    await this.#client.subscribeAsync('skyeye/v1/alerts/#', { qos: 1 })
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true)
  }

  #note(payload: Buffer): void {
    const { id, sequence, data } = JSON.parse(payload.toString()) as {
      id: string
      sequence: number
      data: { severity: string; camera: { id: string } }
    }
    if (this.arrivedAt.has(id)) {
      this.duplicates++
      return
    }
    this.arrivedAt.set(id, performance.timeOrigin + performance.now())
    if (data.severity === 'critical') return
    if (sequence < (this.#newest.get(data.camera.id) ?? 0)) this.reordered++
    else this.#newest.set(data.camera.id, sequence)
  }
}

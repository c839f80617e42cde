/** The centre of a benchmark: a broker that notes when it has acknowledged each alert. No part of what is measured. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

/** An alert as the broker took it; times are epoch ms of the one clock that gateway and centre share here. */
export interface ArrivedAlert {
  readonly camera: string
  readonly phase: 'began' | 'updated' | 'ended'
  /** Time of the frame in which it began. */
  readonly began: number
  /** When the broker had acknowledged it. */
  readonly arrivedAt: number
}

/** The same with what only some benchmarks ask for. */
export interface NotedAlert extends ArrivedAlert {
  /** One id over began, updated and ended. */
  readonly id: string
  /** Time of the frame that decided this phase. */
  readonly frameTime: number
  /** Whether a redacted picture goes with it. */
  readonly pictured: boolean
}

/** Far more than a benchmark raises; beyond it the oldest are forgotten. */
const mostAlerts = 100_000
const host = '127.0.0.1'
const topics = { alerts: 'skyeye/v1/alerts/', snapshots: 'skyeye/v1/snapshots/' }

export class Centre {
  readonly alerts: NotedAlert[] = []
  /** The newest pictures by id of their alerts, as many as the centre is told to keep. */
  readonly pictures = new Map<string, Buffer>()
  readonly #mostPictures: number
  readonly #server = createServer()
  #aedes: Aedes | undefined

  constructor(mostPictures = 0) {
    this.#mostPictures = mostPictures
  }

  get url(): string {
    const { port } = this.#server.address() as { port: number }
    return `mqtt://${host}:${port}`
  }

  async start(): Promise<void> {
    const aedes = await Aedes.createBroker()
    // Aedes says so once the acknowledgement has been written to the socket of whoever published.
    aedes.on('publish', ({ topic, payload }, client) => {
      if (!client) return
      if (topic.startsWith(topics.alerts)) this.#note(payload as Buffer)
      if (topic.startsWith(topics.snapshots)) this.#keep(topic, payload as Buffer)
    })
    this.#aedes = aedes
    this.#server.on('connection', (socket) => void aedes.handle(socket))
    this.#server.listen(0, host)
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    await new Promise<void>((resolve) => this.#aedes!.close(resolve))
    await closed
  }

  #note(payload: Buffer): void {
    const arrivedAt = performance.timeOrigin + performance.now()
    const { time, data } = JSON.parse(payload.toString()) as {
      time: string
      data: {
        alert: string
        phase: ArrivedAlert['phase']
        began: string
        camera: { id: string }
        snapshot?: object
        outage?: object
      }
    }
    // No rule raised it, and no picture belongs to it.
    if (data.outage) return
    this.alerts.push({
      id: data.alert,
      camera: data.camera.id,
      phase: data.phase,
      began: Date.parse(data.began),
      frameTime: Date.parse(time),
      pictured: data.snapshot !== undefined,
      arrivedAt,
    })
    if (this.alerts.length > mostAlerts) this.alerts.shift()
  }

  #keep(topic: string, jpeg: Buffer): void {
    if (this.#mostPictures === 0) return
    this.pictures.set(topic.slice(topic.lastIndexOf('/') + 1), jpeg)
    if (this.pictures.size > this.#mostPictures) this.pictures.delete(this.pictures.keys().next().value!)
  }
}

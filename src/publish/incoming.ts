/** What the broker sends to us: messages as listeners get them, one after the other, never more waiting than agreed. */
import type { IPublishPacket } from 'mqtt'

/** A message from the broker. */
export interface Incoming {
  readonly topic: string
  readonly payload: Buffer
  /** It lay at the broker before we subscribed. */
  readonly retain: boolean
  /** MQTT 5 only, like all below. */
  readonly responseTopic?: string
  readonly correlationData?: Buffer
  /** Seconds, what is left of them. */
  readonly messageExpiryInterval?: number
  readonly userProperties?: Readonly<Record<string, string | string[]>>
}

/** Whoever wants to hear. */
export interface Listener {
  /** Topic filters; `+` and `#` mean what they mean in MQTT. */
  readonly filters: readonly string[]
  /** Messages that wait while one is being heard; what comes beyond them is dropped. */
  readonly mostWaiting: number
  /** One message after the other. Must not reject. */
  hear(message: Incoming): Promise<void>
  /** Too many waited. The broker has its acknowledgement already, so the sender gets no answer and tries again. */
  dropped(message: Incoming): void
}

/**
 * The messages of one listener. They are acknowledged as they arrive: mqtt.js reads nothing, not even acknowledgements of
 * our own messages, while it waits for us to acknowledge one, so a slow command would stop all publishing.
 */
export class Inbox {
  readonly #listener: Listener
  readonly #waiting: Incoming[] = []
  #working = false

  constructor(listener: Listener) {
    this.#listener = listener
  }

  wants(topic: string): boolean {
    return this.#listener.filters.some((filter) => matches(filter, topic))
  }

  put(message: Incoming): void {
    if (this.#waiting.length >= this.#listener.mostWaiting) {
      this.#listener.dropped(message)
      return
    }
    this.#waiting.push(message)
    if (!this.#working) void this.#work()
  }

  /** Nobody can be answered any more. */
  clear(): void {
    this.#waiting.length = 0
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let message = this.#waiting.shift(); message; message = this.#waiting.shift()) {
      await this.#listener.hear(message)
    }
    this.#working = false
  }
}

export function toIncoming(topic: string, payload: Buffer, { retain, properties }: IPublishPacket): Incoming {
  const { responseTopic, correlationData, messageExpiryInterval, userProperties } = properties ?? {}
  return {
    ...{ topic, payload, retain },
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(messageExpiryInterval === undefined ? {} : { messageExpiryInterval }),
    ...(userProperties === undefined ? {} : { userProperties: { ...userProperties } }),
  }
}

/** MQTT 5 §4.7. */
function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  if (wanted.at(-1) === '#') {
    wanted.pop()
    if (levels.length < wanted.length) return false
    levels.length = wanted.length
  }
  return levels.length === wanted.length && wanted.every((level, i) => level === '+' || level === levels[i])
}

/** Hears the commands of the centre and sends the answers, where they may go. */
import { eventContentType } from '../contract/envelope.ts'
import { answerTopic, commandFilter } from '../contract/topics.ts'
import { type Log, oncePer } from '../kit/log.ts'
import type { Incoming } from './incoming.ts'
import type { Commands } from './ports.ts'
import type { Session } from './session.ts'

/** Commands that wait for the one before them. */
const mostWaiting = 32

/** It waits for a frame, so others go on meanwhile; beyond so many at once the next one is waited for. */
const slowVerb = 'snapshot-now'
const mostSlow = 16

const longestTopic = 256

export interface CommandEarOptions {
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly commands: Commands
  readonly log: Log
}

export class CommandEar {
  readonly #options: CommandEarOptions
  readonly #answers: string
  readonly #grumble = oncePer(10_000)
  #slow = 0

  constructor(options: CommandEarOptions) {
    this.#options = options
    this.#answers = answerTopic(options.prefix, options.gateway)
  }

  /** Until the session is over. */
  async listen(session: Session): Promise<void> {
    const { prefix, gateway, commands, log } = this.#options
    const outcome = await session.listen({
      filters: [commandFilter(prefix, gateway)],
      mostWaiting,
      hear: (message) => this.#hear(session, message),
      dropped: () => {
        commands.missed()
        this.#grumble('missed', () => log.warn('too many commands at once: some were not heard'))
      },
    })
    if (outcome.kind === 'refused') {
      log.error({ why: outcome.why }, 'the broker forbids to hear commands: mend its access list')
    }
  }

  async #hear(session: Session, message: Incoming): Promise<void> {
    const verb = message.topic.slice(message.topic.lastIndexOf('/') + 1)
    const isSlow = verb === slowVerb && this.#slow < mostSlow
    if (isSlow) this.#slow++
    const answering = this.#answer(session, message, verb).finally(() => {
      if (isSlow) this.#slow--
    })
    if (!isSlow) await answering
  }

  async #answer(session: Session, message: Incoming, verb: string): Promise<void> {
    const { payload, retain, correlationData } = message
    const answer = await this.#options.commands.answer({ verb, payload, retain })
    const outcome = await session.publish({
      topic: this.#topicFor(message),
      payload: answer,
      retain: false,
      contentType: eventContentType,
      correlationData,
    })
    if (outcome.kind === 'refused') {
      const { why } = outcome
      this.#grumble('refused', () => this.#options.log.warn({ verb, why }, 'the broker refused an answer'))
    }
  }

  /** Below the gateway's own answers, whatever the centre asks for: otherwise it could make the gateway speak anywhere. */
  #topicFor({ responseTopic = '' }: Incoming): string {
    const isOwn = responseTopic.startsWith(`${this.#answers}/`) && !/[+#\0]/.test(responseTopic)
    return isOwn && responseTopic.length <= longestTopic ? responseTopic : this.#answers
  }
}

/** Plays planned days to a broker: one connection for each gateway, each step at its time, faster than life. */
import { v7 as newId } from 'uuid'
import { eventContentType } from '../../contract/envelope.ts'
import { presenceMessage } from '../../contract/state-message.ts'
import type { Presence } from '../../contract/state-schema.ts'
import { presenceTopic } from '../../contract/topics.ts'
import { GatewayError } from '../../kit/errors.ts'
import { sleep } from '../../kit/retry.ts'
import { openSession, type SessionOptions } from '../../publish/handshake.ts'
import { isNamesakeOnline } from '../../publish/namesake.ts'
import type { Outcome } from '../../publish/outcome.ts'
import type { Protocol, Publication, Session, SessionEnd } from '../../publish/session.ts'
import type { Plan, Step } from './day.ts'

const timeoutMs = 15_000
const farewellMs = 2_000

export interface Stage {
  /** `{gateway}` in it stands for the name of the gateway, where each has an account of its own. */
  readonly url: string
  readonly prefix: string
  readonly protocol: Protocol
  /** Seconds of the simulated day in one second. */
  readonly speed: number
  /** Called for what is worth telling: when in the simulated day (epoch ms), who, what. */
  tell(at: number, gateway: string, what: string): void
}

/** What a gateway has really done. */
export interface Played {
  readonly plan: Plan
  /** In their order, and each acknowledged by the broker. */
  readonly done: readonly Step[]
}

export class Player {
  readonly #stage: Stage
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  /** Topics that the broker may have retained, by gateway. */
  readonly #retained = new Map<string, Set<string>>()

  /** `stopped`: leave in good order, whatever is left to play. */
  constructor(stage: Stage, stopped: AbortSignal) {
    this.#stage = stage
    this.#signal = AbortSignal.any([stopped, this.#over.signal])
  }

  /** Names under which somebody is online at the broker. */
  async online(names: readonly string[]): Promise<string[]> {
    const found = await Promise.all(
      names.map((name) => {
        const topic = presenceTopic(this.#stage.prefix, name)
        return isNamesakeOnline(this.#options(name), topic, saysOnline, this.#signal)
      }),
    )
    return names.filter((_, i) => found[i])
  }

  /**
   * Plays to the end of the day, or until stopped.
   * @throws GatewayError PLAY_FAILED where the broker goes away or refuses something: all gateways have left by then.
   */
  async play(plans: readonly Plan[]): Promise<Played[]> {
    const began = performance.now()
    const first = Math.min(...plans.map(({ steps }) => steps[0].at))
    const until = (at: number) => {
      const waitMs = (at - first) / this.#stage.speed - (performance.now() - began)
      return waitMs > 0 ? sleep(waitMs, this.#signal) : undefined
    }
    const played = await Promise.all(plans.map((plan) => this.#playOne(plan, until)))
    if (this.#over.signal.aborted) throw this.#over.signal.reason
    return played
  }

  /** Takes back what the broker has retained. Returns the gateways of which it could not be taken back. */
  async clear(): Promise<string[]> {
    const held = [...this.#retained]
    const cleared = await Promise.allSettled(
      held.map(async ([gateway, topics]) => {
        const session = await this.#open(gateway, undefined, AbortSignal.timeout(timeoutMs))
        await Promise.all([...topics].map((topic) => session.publish({ topic, payload: '', retain: true })))
        await session.close(farewellMs)
      }),
    )
    return held.flatMap(([gateway], i) => (cleared[i].status === 'rejected' ? [gateway] : []))
  }

  async #playOne(plan: Plan, until: (at: number) => Promise<void> | undefined): Promise<Played> {
    const done: Step[] = []
    let session: Session | undefined
    const unanswered: Promise<void>[] = []
    const settled = () => Promise.all(unanswered.splice(0))
    try {
      for (const step of plan.steps) {
        await until(step.at)
        if (this.#signal.aborted) break
        this.#noteRetained(plan.gateway, step)
        if (step.kind === 'connect') session = await this.#open(plan.gateway, step.will, this.#signal)
        else if (step.kind === 'publish' && session) {
          unanswered.push(this.#publish(plan.gateway, session, step, done))
          continue
        } else {
          await settled()
          if (step.kind === 'lose') session?.drop('as planned')
          else await session?.close(farewellMs)
          session = undefined
        }
        done.push(step)
        if ('told' in step && step.told) this.#stage.tell(step.at, plan.gateway, step.told)
      }
    } catch (error) {
      this.#over.abort(error)
    }
    await settled()
    if (session) await this.#leave(plan, session, done.at(-1)?.at ?? plan.steps[0].at)
    return { plan, done }
  }

  #publish(
    gateway: string,
    session: Session,
    step: Extract<Step, { kind: 'publish' }>,
    done: Step[],
  ): Promise<void> {
    return session.publish(step.publication).then((outcome) => {
      if (outcome.kind === 'accepted') done.push(step)
      else if (!this.#over.signal.aborted) this.#over.abort(this.#failure(gateway, session, outcome, step))
    })
  }

  #failure(
    gateway: string,
    session: Session,
    outcome: Exclude<Outcome, { kind: 'accepted' }>,
    { publication: { topic } }: Extract<Step, { kind: 'publish' }>,
  ): GatewayError {
    if (outcome.kind === 'lost') {
      const { why } = session.over.reason as SessionEnd
      return new GatewayError(
        'PLAY_FAILED',
        `${gateway} has lost its connection: ${why}; start the play again`,
      )
    }
    const advice =
      outcome.verdict === 'forbidden'
        ? `; this account must be allowed to write as ${gateway} (or write {gateway} into the URL, where each has an account of its own)`
        : ''
    return new GatewayError('PLAY_FAILED', `${gateway}: the broker refused ${topic}: ${outcome.why}${advice}`)
  }

  #noteRetained(gateway: string, step: Step): void {
    const said = step.kind === 'connect' ? step.will : step.kind === 'publish' ? step.publication : undefined
    if (!said?.retain) return
    const topics = this.#retained.get(gateway) ?? new Set()
    this.#retained.set(gateway, topics.add(said.topic))
  }

  async #leave(plan: Plan, session: Session, now: number): Promise<void> {
    const { prefix } = this.#stage
    const origin = { id: newId(), gateway: plan.gateway, prefix, time: Math.round(now) }
    const { topic, body } = presenceMessage(origin, 'stopped')
    await session.publish({ topic, payload: body, retain: true, contentType: eventContentType })
    await session.close(farewellMs)
  }

  #open(gateway: string, will: Publication | undefined, signal: AbortSignal): Promise<Session> {
    const options = this.#options(gateway)
    const last = will && { topic: will.topic, payload: String(will.payload) }
    return openSession({ ...options, ...(last ? { will: last } : {}) }, signal)
  }

  /** The client id of a real gateway of that name: the broker lets one of them in. */
  #options(gateway: string): Omit<SessionOptions, 'will'> {
    const { url, prefix, protocol } = this.#stage
    const broker = { url: urlOf(url, gateway), prefix }
    const timeouts = { connectTimeoutMs: timeoutMs, ackTimeoutMs: timeoutMs }
    return { broker, protocol, clientId: `skyeye-${gateway}`, ...timeouts }
  }
}

/** Each gateway may have an account of its own. */
export function urlOf(url: string, gateway: string): string {
  return url.replaceAll('{gateway}', gateway)
}

function saysOnline(presence: string): boolean {
  try {
    return (JSON.parse(presence) as { data: { presence: Presence } }).data.presence === 'online'
  } catch {
    return false
  }
}

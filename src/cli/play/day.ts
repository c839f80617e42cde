/** A day of one simulated gateway, as a list of what it does at the broker and when. Pure: the same for the same dice. */
import type { Alert } from '../../domain/alert.ts'
import { toPublication } from '../../publish/publication.ts'
import type { Publication } from '../../publish/session.ts'
import { alertsOf, minuteMs, type Phase } from './alerts.ts'
import type { SimulatedGateway } from './cast.ts'
import type { Dice } from './dice.ts'
import { type Fate, fateOf, isWithin, type Stay, type Trouble } from './fate.ts'
import { type Committed, commitAll, type Pictures, type Sending, sendAll } from './outbox.ts'
import { StateTeller } from './state.ts'

/** Between two health messages: a real gateway tells each minute, which would be most of what a fast play publishes. */
const healthEveryMs = 15 * minuteMs

/** From the start of a box to the end of the alerts that were open when it broke. */
const restartMs = 5_000

/** `at`: epoch ms of the simulated day. `told`: for whoever watches. */
export type Step =
  | { readonly at: number; readonly kind: 'connect'; readonly will: Publication; readonly told?: string }
  /** `message` is absent for state, which has no numbers. */
  | {
      readonly at: number
      readonly kind: 'publish'
      readonly publication: Publication
      readonly message?: Committed
    }
  /** Without a word: the broker sends the last will. */
  | { readonly at: number; readonly kind: 'lose'; readonly told?: string }
  /** `stopped` has been said. */
  | { readonly at: number; readonly kind: 'leave' }

export interface Plan {
  readonly gateway: string
  readonly troubles: readonly Trouble[]
  /** In their order. */
  readonly steps: readonly Step[]
}

export interface DaySetting {
  readonly gateway: SimulatedGateway
  readonly troubles: readonly Trouble[]
  /** Midnight at which the day begins, epoch ms. */
  readonly from: number
  /** Beginning of every topic. */
  readonly prefix: string
  /** Of the program. */
  readonly version: string
  readonly pictures: Pictures
  readonly dice: Dice
}

export function planDay({ gateway, troubles, from, prefix, version, pictures, dice }: DaySetting): Plan {
  const cameras = gateway.cameras.map(({ id }) => id)
  const fate = fateOf(troubles, cameras, from, dice.split())
  const { restoredAt = Number.POSITIVE_INFINITY } = fate
  const epochs = { first: dice.id(from), second: dice.id(fate.restoredAt ?? from) }
  const phases = survivors(alertsOf(gateway.cameras, from, dice.split()), fate)
  const messages = commitAll(phases, fate, { gateway, prefix, pictures, epochs }, dice.split())
  const sendings = sendAll(messages, fate, dice.split())
  const waiting = (at: number) => stillWaiting(messages, sendings.flat(), at)
  const epoch = (at: number) => (at < restoredAt ? epochs.first : epochs.second)
  const teller = new StateTeller({ gateway, prefix, from, version, epoch, waiting }, fate, dice.split())
  const steps = fate.stays.flatMap((stay, i) => {
    const back = fate.stays[i - 1]?.story?.back
    return stepsOf(stay, back, sendings[i], teller, fate)
  })
  return { gateway: gateway.id, troubles, steps }
}

/** A box that does not run sees nothing, a camera that is offline shows nothing; alerts that were open then end with the restart. */
function survivors(phases: readonly Phase[], { down, blind }: Fate): Phase[] {
  const downAt = (time: number) => down.find((span) => isWithin(span, time))
  const seen = phases.filter(
    ({ camera, alert }) =>
      !downAt(alert.began) && !(camera.id === blind.camera && isWithin(blind, alert.began)),
  )
  const kept = seen.flatMap((phase) => {
    const span = downAt(phase.alert.time)
    if (!span) return phase
    if (phase.alert.phase !== 'ended' || span.to === Number.POSITIVE_INFINITY) return []
    const time = span.to + restartMs
    const alert: Alert = { ...phase.alert, time, ended: time, endedBecause: 'gateway-restarted' }
    return { ...phase, alert }
  })
  return kept.sort((one, other) => one.alert.time - other.alert.time)
}

/** When they were saved. */
function stillWaiting(messages: readonly Committed[], sendings: readonly Sending[], at: number): number[] {
  const gone = new Set(sendings.filter((sending) => sending.at <= at).map(({ message }) => message))
  return messages
    .filter((message) => message.delivery.createdAt <= at && !gone.has(message))
    .map(({ delivery }) => delivery.createdAt)
}

function stepsOf(
  stay: Stay,
  back: string | undefined,
  sendings: readonly Sending[],
  teller: StateTeller,
  { blind }: Fate,
): Step[] {
  const { from, to, end, story } = stay
  const state = (at: number, publication: Publication): Step => ({ at, kind: 'publish', publication })
  const changes = [blind.from, blind.to].filter((at) => isWithin(stay, at))
  const during: Step[] = [
    ...sendings.map(({ at, message }) => {
      const publication = toPublication(message.delivery, Math.round(at))
      return { at, kind: 'publish' as const, publication, message }
    }),
    ...changes.map((at) => state(at, teller.camera(at, blind.camera))),
    ...ticks(stay).map((at) => state(at, teller.health(at))),
  ]
  return [
    { at: from, kind: 'connect', will: teller.presence(from, 'offline'), told: back },
    ...teller.greeting(from).map((publication) => state(from, publication)),
    ...during.sort((one, other) => one.at - other.at),
    ...(end === 'lost'
      ? [{ at: to, kind: 'lose' as const, told: story?.lost }]
      : [state(to, teller.presence(to, 'stopped')), { at: to, kind: 'leave' as const }]),
  ]
}

function ticks({ from, to }: Stay): number[] {
  const count = Math.floor((to - from - 1) / healthEveryMs)
  return Array.from({ length: count }, (_, i) => from + (i + 1) * healthEveryMs)
}

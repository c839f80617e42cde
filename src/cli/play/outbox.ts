/** The outbox of a simulated gateway: which messages its day makes, with their numbers, and when each of them leaves. */
import { alertMessage, snapshotMessage } from '../../contract/alert-message.ts'
import { tombstoneMessage } from '../../contract/tombstone-message.ts'
import type { Alert, SnapshotMissing } from '../../domain/alert.ts'
import { mayShow } from '../../domain/camera.ts'
import type { Delivery } from '../../publish/ports.ts'
import type { Phase } from './alerts.ts'
import { type SimulatedGateway, simulatedModels, tableVersions } from './cast.ts'
import type { Dice } from './dice.ts'
import { type Fate, isWithin, type Stay } from './fate.ts'

/** From the end of an alert's frame to the commit, and from there to the sending, where nothing is in the way. */
const commitMs = 400
const promptMs = 300
const spacingMs = 50

/** After a connect, for the state that goes first. */
const greetingMs = 2_000

/** How many the gateway sends again when its connection was lost: they may have been on their way. */
const repeats = { least: 2, most: 4 }

/** A drawn JPEG for each camera. */
export type Pictures = ReadonlyMap<string, { readonly jpeg: Uint8Array; readonly sha256: string }>

/** A message that was saved. */
export interface Committed {
  readonly delivery: Delivery
  /** Of the alert that it is about; a tombstone is about none. */
  readonly alert?: string
}

/** One leaving of a message. */
export interface Sending {
  /** Epoch ms. */
  readonly at: number
  readonly message: Committed
}

export interface Origin {
  readonly gateway: SimulatedGateway
  readonly prefix: string
  readonly pictures: Pictures
  /** Of the database, before and after it was restored. */
  readonly epochs: { readonly first: string; readonly second: string }
}

/** Gives every message its number, also those that are given up: theirs never come, and tombstones say so. */
export function commitAll(phases: readonly Phase[], fate: Fate, origin: Origin, dice: Dice): Committed[] {
  const { restoredAt = Number.POSITIVE_INFINITY, givenUp } = fate
  const numbers = new Map<string, number>()
  let rowId = 0
  const commit = (message: Message, createdAt: number, alert?: Alert): Committed => {
    const epoch = createdAt < restoredAt ? origin.epochs.first : origin.epochs.second
    const key = `${epoch} ${message.class}`
    const sequence = (numbers.get(key) ?? 0) + 1
    numbers.set(key, sequence)
    const numbered = { rowId: ++rowId, epoch, sequence, createdAt, attempts: 0 }
    const urgent = alert?.severity === 'critical'
    return { alert: alert?.id, delivery: { ...message, ...numbered, urgent } }
  }
  const isGivenUp = ({ alert }: Phase) =>
    alert.severity === 'info' && givenUp !== undefined && isWithin(givenUp, alert.time + commitMs)
  const gone: Committed[] = []
  const kept = phases.flatMap((phase) => {
    const { alert } = phase
    const messages = messagesOf(phase, origin, dice).map((message) =>
      commit(message, alert.time + commitMs, alert),
    )
    if (!isGivenUp(phase)) return messages
    gone.push(...messages)
    return []
  })
  const at = givenUp?.to ?? 0
  return [...kept, ...tombstonesOf(gone, origin, at, dice).map((message) => commit(message, at))]
}

/** One for each class. What is given up in a play is all of one epoch. */
function tombstonesOf(gone: readonly Committed[], origin: Origin, time: number, dice: Dice): Message[] {
  const { gateway, prefix } = origin
  const classes = [...new Set(gone.map(({ delivery }) => delivery.class))]
  return classes.map((name) => {
    const lost = gone.filter(({ delivery }) => delivery.class === name).map(({ delivery }) => delivery)
    const ranges = rangesOf(lost.map(({ sequence }) => sequence))
    const about = { class: name, epoch: lost[0].epoch, because: 'quota' as const, ranges }
    return tombstoneMessage({ id: dice.id(time), gateway: gateway.id, prefix, time }, about)
  })
}

/** `numbers`: ascending. */
function rangesOf(numbers: readonly number[]): { first: number; last: number }[] {
  const ranges: { first: number; last: number }[] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range?.last === number - 1) range.last = number
    else ranges.push({ first: number, last: number })
  }
  return ranges
}

type Message = Omit<Delivery, 'rowId' | 'epoch' | 'sequence' | 'createdAt' | 'attempts' | 'urgent'>

/** The picture, where there is one, then the alert. */
function messagesOf({ camera, alert }: Phase, { gateway, prefix, pictures }: Origin, dice: Dice): Message[] {
  const origin = { gateway: gateway.id, prefix, camera, alert }
  const facts = { ...origin, models: simulatedModels.map(({ name }) => name), versions: tableVersions }
  const id = dice.id(alert.time + commitMs)
  const picture = pictures.get(camera.id)
  const missing = whyNoPicture(alert, mayShow(camera), dice)
  if (alert.phase !== 'began' || missing || !picture)
    return [alertMessage({ ...facts, id, snapshotMissing: missing })]
  const image = snapshotMessage({ ...origin, id: dice.id(alert.time + commitMs), sha256: picture.sha256 })
  return [{ ...image, body: picture.jpeg }, alertMessage({ ...facts, id, snapshot: image })]
}

function whyNoPicture({ phase }: Alert, mayBeShown: boolean, dice: Dice): SnapshotMissing | undefined {
  if (phase !== 'began') return undefined
  if (!mayBeShown) return 'consent'
  return dice.roll() < 0.05 ? 'redaction-failed' : undefined
}

/** What leaves in each stay, in its order. What is saved too late for all of them leaves never. */
export function sendAll(messages: readonly Committed[], fate: Fate, dice: Dice): Sending[][] {
  const sent = new Set<Committed>()
  const all: Sending[][] = []
  for (const stay of fate.stays) {
    const again = all.at(-1)?.slice(-dice.whole(repeats.least, repeats.most)) ?? []
    const waiting = messages.filter((message) => !sent.has(message) && message.delivery.createdAt < stay.to)
    const leaving = inOrder([...again.map(({ message }) => message), ...waiting], stay, fate)
    for (const { message } of leaving) sent.add(message)
    all.push(leaving)
  }
  return all
}

/** What waited: the urgent first. What comes meanwhile: at once. */
function inOrder(messages: readonly Committed[], stay: Stay, fate: Fate): Sending[] {
  const ready = (message: Committed) => Math.max(stay.from + greetingMs, readyAt(message, fate))
  const behind = (message: Committed) =>
    ready(message) === stay.from + greetingMs && !message.delivery.urgent ? 1 : 0
  const queue = [...messages].sort((one, other) => ready(one) - ready(other) || behind(one) - behind(other))
  let at = 0
  const leaving: Sending[] = []
  for (const message of queue) {
    at = Math.max(at + spacingMs, ready(message))
    if (at < stay.to) leaving.push({ at, message })
  }
  return leaving
}

/** An access list forbids a topic: pictures have one of their own. */
function readyAt({ delivery }: Committed, { forbidden }: Fate): number {
  const { createdAt, camera } = delivery
  const hold =
    delivery.class === 'alert' &&
    forbidden.find((span) => span.camera === camera && isWithin(span, createdAt))
  return hold ? hold.to : createdAt + promptMs
}

/** What was really published, so that whoever programs a centre can compare it with what theirs has found. */
import type { TombstoneData } from '../../contract/tombstone-schema.ts'
import type { Delivery } from '../../publish/ports.ts'
import type { Trouble } from './fate.ts'
import type { Committed } from './outbox.ts'
import type { Played } from './player.ts'

/** Numbers that did not come, both ends included. */
export interface Gap {
  readonly epoch: string
  readonly first: number
  readonly last: number
  /** A tombstone has said so. */
  readonly tombstone: boolean
}

/** Messages of one class. */
export interface ClassSummary {
  /** Each counted once. */
  readonly messages: number
  /** Sent more than once, under the same id. */
  readonly repeated: number
  /** Came for the first time after a higher number of their epoch. */
  readonly late: number
  /** Between the lowest and the highest number of each epoch. */
  readonly gaps: readonly Gap[]
}

export interface GatewaySummary {
  readonly gateway: string
  readonly troubles: readonly Trouble[]
  /** In the order of their first message. */
  readonly epochs: readonly string[]
  /** Distinct ones, whatever was told of them. */
  readonly alerts: number
  readonly classes: Readonly<Record<string, ClassSummary>>
  /** Last wills that the broker was left to send. */
  readonly lost: number
}

export function summarise({ plan, done }: Played): GatewaySummary {
  const sent = done.flatMap((step) => (step.kind === 'publish' && step.message ? step.message : []))
  const classes = [...new Set(sent.map(({ delivery }) => delivery.class))].sort()
  return {
    gateway: plan.gateway,
    troubles: plan.troubles,
    epochs: [...new Set(sent.map(({ delivery }) => delivery.epoch))],
    alerts: new Set(sent.flatMap(({ alert }) => alert ?? [])).size,
    classes: Object.fromEntries(classes.map((name) => [name, ofClass(name, sent)])),
    lost: done.filter(({ kind }) => kind === 'lose').length,
  }
}

function ofClass(name: string, all: readonly Committed[]): ClassSummary {
  const sent = all.filter(({ delivery }) => delivery.class === name)
  const ids = new Set<string>()
  const numbers = new Map<string, Set<number>>()
  let late = 0
  for (const { delivery } of sent) {
    const { id, epoch, sequence } = delivery
    if (ids.has(id)) continue
    ids.add(id)
    const known = numbers.get(epoch) ?? new Set()
    numbers.set(epoch, known)
    if (sequence < Math.max(0, ...known)) late++
    known.add(sequence)
  }
  const tombstones = all.flatMap(({ delivery }) => (delivery.class === 'tombstone' ? toldBy(delivery) : []))
  const isTold = (epoch: string, first: number, last: number) =>
    tombstones.some((told) => told.class === name && told.epoch === epoch && covers(told.ranges, first, last))
  const gaps = [...numbers].flatMap(([epoch, known]) =>
    gapsOf(known).map(({ first, last }) => ({ epoch, first, last, tombstone: isTold(epoch, first, last) })),
  )
  return { messages: ids.size, repeated: sent.length - ids.size, late, gaps }
}

function toldBy({ body }: Delivery): TombstoneData {
  return (JSON.parse(String(body)) as { data: TombstoneData }).data
}

function covers(ranges: TombstoneData['ranges'], first: number, last: number): boolean {
  return ranges.some((range) => range.first <= first && range.last >= last)
}

function gapsOf(known: ReadonlySet<number>): { first: number; last: number }[] {
  const gaps: { first: number; last: number }[] = []
  let next = 1
  for (const number of [...known].sort((one, other) => one - other)) {
    if (number > next) gaps.push({ first: next, last: number - 1 })
    next = number + 1
  }
  return gaps
}

/** What was really published, so that whoever programs a centre can compare it with what theirs has found. */
import type { Chapter } from './fate.ts'
import type { Committed } from './outbox.ts'
import type { Played } from './player.ts'

/** Numbers that never came, both ends included. */
export interface Gap {
  readonly epoch: string
  readonly first: number
  readonly last: number
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
  readonly chapters: readonly Chapter[]
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
    chapters: plan.chapters,
    epochs: [...new Set(sent.map(({ delivery }) => delivery.epoch))],
    alerts: new Set(sent.map(({ alert }) => alert)).size,
    classes: Object.fromEntries(
      classes.map((name) => [name, ofClass(sent.filter(({ delivery }) => delivery.class === name))]),
    ),
    lost: done.filter(({ kind }) => kind === 'lose').length,
  }
}

function ofClass(sent: readonly Committed[]): ClassSummary {
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
  const gaps = [...numbers].flatMap(([epoch, known]) => gapsOf(epoch, known))
  return { messages: ids.size, repeated: sent.length - ids.size, late, gaps }
}

function gapsOf(epoch: string, known: ReadonlySet<number>): Gap[] {
  const gaps: Gap[] = []
  let next = 1
  for (const number of [...known].sort((one, other) => one - other)) {
    if (number > next) gaps.push({ epoch, first: next, last: number - 1 })
    next = number + 1
  }
  return gaps
}

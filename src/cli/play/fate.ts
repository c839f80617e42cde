/** What befalls a simulated gateway in a day: when it is connected, when it does not run, and what becomes of what it had to tell. */
import { hourMs, minuteMs } from './alerts.ts'
import type { Dice } from './dice.ts'

/**
 * `outage` the link is away at night · `quota` it is away in the morning, and what is least severe is given up · `forbidden` the
 * access list of the broker forbids one camera for three hours · `restored` the box breaks and comes back with a database
 * from its backup · `dies` the box is gone in the evening and stays away.
 */
export const troubles = ['nothing', 'outage', 'quota', 'forbidden', 'restored', 'dies'] as const
export type Trouble = (typeof troubles)[number]

/** Epoch ms, `to` excluded. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One connection to the broker. */
export interface Stay extends Span {
  /** `lost`: without a word, so the broker sends the last will. */
  readonly end: 'stopped' | 'lost'
  /** What people are told when it ends, and when the next one begins. */
  readonly story?: { readonly lost: string; readonly back: string }
}

export interface Fate {
  readonly stays: readonly Stay[]
  /** The box does not run: it sees nothing. */
  readonly down: readonly Span[]
  /** A camera that is offline for a while. */
  readonly blind: Span & { readonly camera: string }
  /** What is of severity `info` and saved then is given up. */
  readonly givenUp?: Span
  /** Alerts of these cameras that are saved then leave only at its end. */
  readonly forbidden: readonly (Span & { readonly camera: string })[]
  /** From then on with a new epoch. */
  readonly restoredAt?: number
}

interface Break extends Span {
  readonly story?: Stay['story']
}

/** Each trouble occurs, however few gateways there are; with many, each gateway has one. */
export function troublesOf(index: number, gateways: number): Trouble[] {
  const share = Math.min(gateways, troubles.length)
  return troubles.filter((_, trouble) => trouble % share === (index % troubles.length) % share)
}

/** The troubles keep to hours of their own, so that a gateway may have several. `from`: midnight. */
export function fateOf(
  befalls: readonly Trouble[],
  cameras: readonly string[],
  from: number,
  dice: Dice,
): Fate {
  const at = (hour: number) => Math.round(from + hour * hourMs + dice.between(-10, 10) * minuteMs)
  const span = (one: number, other: number): Span => ({ from: at(one), to: at(other) })
  const has = (trouble: Trouble) => befalls.includes(trouble)
  const any = () => cameras[dice.whole(0, cameras.length - 1)]

  const outage = span(2, 6.5)
  const quota = span(7, 11)
  const forbidden = { ...span(11.5, 14), camera: any() }
  // The link goes first: what is saved from then on waits in the backup.
  const unlinked = at(14.5)
  const broken = span(17, 17.5)
  // So that the old epoch is not over when the new one has begun.
  const lingering = { from: unlinked, to: broken.to + hourMs / 2, camera: any() }
  const blink = at(20)
  const death = at(21.5)
  const breaks: Break[] = [
    ...(has('outage') ? [{ ...outage, story: stories.outage }] : []),
    ...(has('quota') ? [{ ...quota, story: stories.quota }] : []),
    ...(has('restored') ? [{ from: unlinked, to: broken.to, story: stories.restored }] : []),
    { from: blink, to: blink + dice.between(20_000, 60_000) },
    ...(has('dies') ? [{ from: death, to: Number.POSITIVE_INFINITY, story: stories.dies }] : []),
  ]
  return {
    stays: staysBetween(breaks, from + dice.between(0, 2 * minuteMs), from + 24 * hourMs),
    down: [
      ...(has('restored') ? [broken] : []),
      ...(has('dies') ? [{ from: death, to: Number.POSITIVE_INFINITY }] : []),
    ],
    blind: { ...span(18.5, 19.5), camera: any() },
    ...(has('quota') ? { givenUp: quota } : {}),
    forbidden: [...(has('forbidden') ? [forbidden] : []), ...(has('restored') ? [lingering] : [])],
    ...(has('restored') ? { restoredAt: broken.to } : {}),
  }
}

const stories = {
  outage: { lost: 'lost its link', back: 'is back with all that waited' },
  quota: { lost: 'lost its link', back: 'is back and has given up what was least severe' },
  restored: { lost: 'lost its link; then the box breaks', back: 'is back with a restored database' },
  dies: { lost: 'died and stays away', back: '' },
} as const

/** `breaks` in their order. */
function staysBetween(breaks: readonly Break[], from: number, to: number): Stay[] {
  const stays: Stay[] = []
  let began = from
  for (const { story, ...gap } of breaks) {
    stays.push({ from: began, to: gap.from, end: 'lost', story })
    began = gap.to
  }
  if (began < to) stays.push({ from: began, to, end: 'stopped' })
  return stays
}

export function isWithin({ from, to }: Span, time: number): boolean {
  return time >= from && time < to
}

/** The play: who is where at which second, on each stage. It begins and ends with an empty stage, so that it can be looped. */
import type { Variant } from './backdrop.ts'
import type { Look } from './person.ts'

/** Second, foot point in pixels, height of a person there in pixels. */
export type Mark = readonly [second: number, x: number, y: number, height: number]

export type Role =
  | { readonly kind: 'person'; readonly look: Look }
  | { readonly kind: 'car'; readonly paint: string }
  | { readonly kind: 'bicycle'; readonly look: Look; readonly paint: string }

export interface Actor {
  readonly id: string
  readonly role: Role
  /** From the first mark to the last it is on stage; vehicles start and brake gently between marks. */
  readonly marks: readonly Mark[]
}

/** Seconds of one performance; nobody is on stage in the first and last three. */
export const playSeconds = 30

const [blue, red, green, grey]: Look[] = [
  { skin: '#d9a27e', hair: '#231a15', top: '#2f5d8a', trousers: '#2b2d33' },
  { skin: '#c98e68', hair: '#1a1512', top: '#a53a35', trousers: '#39424f', longHair: true },
  { skin: '#e0b08e', hair: '#30231a', top: '#4f7a4a', trousers: '#4b4238' },
  { skin: '#d49b76', hair: '#1d1815', top: '#c9c4b6', trousers: '#30343b' },
]

export const plays: Record<Variant, readonly Actor[]> = {
  street: [
    {
      id: 'walker',
      role: { kind: 'person', look: blue },
      marks: [
        [3, -60, 474, 182],
        [11.5, 1340, 474, 182],
      ],
    },
    {
      id: 'shopper',
      role: { kind: 'person', look: red },
      marks: [
        [6, 1340, 690, 212],
        [14.5, -70, 690, 212],
      ],
    },
    {
      id: 'car',
      role: { kind: 'car', paint: '#b8bcc0' },
      marks: [
        [8, -300, 606, 190],
        [11, 430, 606, 190],
        [21.5, 430, 606, 190],
        [24.5, 1580, 606, 190],
      ],
    },
    {
      id: 'bicycle',
      role: { kind: 'bicycle', look: green, paint: '#2c6f73' },
      marks: [
        [14.5, -120, 690, 205],
        [19, 1400, 690, 205],
      ],
    },
    {
      id: 'visitor',
      role: { kind: 'person', look: grey },
      marks: [
        [16, 1020, 462, 178],
        [22.5, 860, 905, 620],
        [24, 860, 915, 640],
        [26.5, 1560, 930, 650],
      ],
    },
  ],
  yard: [
    {
      id: 'walker',
      role: { kind: 'person', look: green },
      marks: [
        [3.5, 1340, 470, 186],
        [12, -60, 470, 186],
      ],
    },
    {
      id: 'visitor',
      role: { kind: 'person', look: red },
      marks: [
        [6, 645, 372, 150],
        [12.5, 420, 890, 610],
        [14, 420, 900, 625],
        [16.5, -320, 920, 640],
      ],
    },
    {
      id: 'car',
      role: { kind: 'car', paint: '#8f2f2b' },
      marks: [
        [9, -300, 640, 200],
        [12.5, 860, 640, 200],
        [23, 860, 640, 200],
        [25.5, 1620, 640, 200],
      ],
    },
    {
      id: 'bicycle',
      role: { kind: 'bicycle', look: blue, paint: '#7a2f52' },
      marks: [
        [17, -120, 500, 190],
        [22, 1400, 500, 190],
      ],
    },
    {
      id: 'neighbour',
      role: { kind: 'person', look: grey },
      marks: [
        [18, 1340, 430, 170],
        [26.5, -60, 430, 170],
      ],
    },
  ],
}

/** An actor at one moment: where it stands, its size, how far it has come and which way it goes. */
export interface Stance {
  readonly actor: Actor
  readonly x: number
  readonly y: number
  /** Height of a person here, pixels. */
  readonly height: number
  /** Way along x since entering, pixels, signed. */
  readonly way: number
  /** Pixels per second along x and y between the present marks. */
  readonly speed: { readonly x: number; readonly y: number }
}

/** Constant pace on foot; a vehicle's stop or start eases in a parabola. */
function paced(actor: Actor, part: number, from: number): number {
  if (actor.role.kind !== 'car') return part
  return from === 0 ? 1 - (1 - part) ** 2 : part ** 2
}

function stance(actor: Actor, second: number): Stance | undefined {
  const from = actor.marks.findLastIndex(([at]) => at <= second)
  const [begin, end] = [actor.marks[from], actor.marks[from + 1]]
  if (!begin || !end) return undefined
  const part = paced(actor, (second - begin[0]) / (end[0] - begin[0]), from)
  const mix = (n: 1 | 2 | 3) => begin[n] + (end[n] - begin[n]) * part
  const speed = { x: (end[1] - begin[1]) / (end[0] - begin[0]), y: (end[2] - begin[2]) / (end[0] - begin[0]) }
  return { actor, x: mix(1), y: mix(2), height: mix(3), way: mix(1) - actor.marks[0][1], speed }
}

/** Everyone on stage at that second of the play, the farthest first. */
export function onStage(variant: Variant, second: number): Stance[] {
  return plays[variant]
    .map((actor) => stance(actor, second))
    .filter((found) => found !== undefined)
    .sort((a, b) => a.y - b.y)
}

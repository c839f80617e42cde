/** Figures of the drawn street in other clothes, colours, sizes and places, with what is to be found in each. */
import { figure } from '../../scripts/scene/draw.ts'
import type { Look } from '../../scripts/scene/person.ts'
import type { Role, Stance } from '../../scripts/scene/play.ts'
import type { Chance } from './chance.ts'
import type { Class } from './label-lines.ts'

/** A rectangle on the stage. */
export interface Rect {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Something that a detector shall find in a figure: at most within this rectangle. */
export interface Part {
  readonly class: Class
  readonly rect: Rect
  /** Drawn too crudely to be learnt from. */
  readonly ignore: boolean
}

export interface Figure {
  readonly svg: string
  readonly parts: readonly Part[]
}

/** Where the stage's figures reach, in their own units; what is outside is shadow. */
const reach = {
  person: { left: -40, top: -104, right: 40, bottom: 6 },
  car: { left: -224, top: -150, right: 224, bottom: 4 },
  bicycle: { left: -90, top: -106, right: 92, bottom: 4 },
  rider: { left: -38, top: -184, right: 42, bottom: -12 },
  riderFace: { left: -1, top: -177, right: 20, bottom: -153 },
}
/** Half the width of a face, its upper and its lower end. */
const face = { half: 5.3, top: -98, bottom: -85.4 }

function onStage({ x, y }: Stance, scale: number, flip: number, rect: Rect): Rect {
  const [a, b] = [x + rect.left * scale * flip, x + rect.right * scale * flip]
  return {
    left: Math.min(a, b),
    right: Math.max(a, b),
    top: y + rect.top * scale,
    bottom: y + rect.bottom * scale,
  }
}

/** The side a person is turned to, as the stage draws it: towards the camera, or -1 left, 1 right. */
function sideOf({ speed }: Stance): number {
  if (Math.abs(speed.y) > Math.abs(speed.x) || (speed.x === 0 && speed.y === 0)) return 0
  return speed.x < 0 ? -1 : 1
}

/** A figure as the demo draws it; `second` moves its limbs. `averted` shows a person's hair instead of the face. */
export function drawnFigure(stance: Stance, second: number, averted = false): Figure {
  const { role } = stance.actor
  const svg = figure(stance, second)
  if (role.kind === 'person') {
    const scale = stance.height / 100
    const middle = 2.4 * sideOf(stance)
    const rect = { left: middle - face.half, right: middle + face.half, top: face.top, bottom: face.bottom }
    const body = { class: 'person' as const, rect: onStage(stance, scale, 1, reach.person), ignore: false }
    if (!averted) {
      return { svg, parts: [body, { class: 'face', rect: onStage(stance, scale, 1, rect), ignore: false }] }
    }
    const hair = `<ellipse cx="${middle * 0.85}" cy="-92" rx="6.6" ry="7.6" fill="${role.look.hair}"/>`
    const place = `translate(${stance.x},${stance.y}) scale(${scale})`
    return { svg: `${svg}<g transform="${place}">${hair}</g>`, parts: [body] }
  }
  const scale = stance.height / 175
  const flip = stance.speed.x < 0 ? -1 : 1
  const part = (kind: Class, rect: Rect, ignore = false) => ({
    class: kind,
    rect: onStage(stance, scale, flip, rect),
    ignore,
  })
  if (role.kind === 'car') return { svg, parts: [part('vehicle', reach.car)] }
  // As in VOC and COCO: the two-wheeler without its rider, who is a person.
  const parts = [
    part('two-wheeler', reach.bicycle),
    part('person', reach.rider),
    part('face', reach.riderFace, true),
  ]
  return { svg, parts }
}

const skins = ['#d9a27e', '#c98e68', '#e0b08e', '#d49b76', '#f0c8a8', '#a06a48', '#7a4c32', '#54331f']
const hairs = ['#231a15', '#1a1512', '#30231a', '#5b3a22', '#8d6b45', '#b9b4ac', '#121010']
const paints = [
  '#b8bcc0',
  '#8f2f2b',
  '#e9e9e6',
  '#17191c',
  '#2f4f7d',
  '#4a4e53',
  '#a08a5c',
  '#27573c',
  '#c9a227',
]

function look(chance: Chance): Look {
  return {
    skin: chance.one(skins),
    hair: chance.one(hairs),
    top: chance.colour([0, 70], [15, 85]),
    trousers: chance.is(0.7) ? chance.colour([0, 25], [12, 40]) : chance.colour([0, 50], [30, 75]),
    longHair: chance.is(0.35),
  }
}

function role(chance: Chance, kind: Role['kind']): Role {
  const paint = chance.is(0.7) ? chance.one(paints) : chance.colour([20, 80], [20, 70])
  if (kind === 'car') return { kind, paint }
  return kind === 'bicycle' ? { kind, look: look(chance), paint } : { kind, look: look(chance) }
}

/** A figure of chance that stands at (x, y) and whose people are `height` tall there. */
export function chanceFigure(
  chance: Chance,
  kind: Role['kind'],
  place: { readonly x: number; readonly y: number; readonly height: number },
): Figure {
  const sideways = kind !== 'person' || chance.is(0.55)
  const speed = sideways ? { x: chance.one([-60, 60]), y: 0 } : { x: 0, y: 40 }
  const actor = { id: kind, role: role(chance, kind), marks: [] }
  const stance = { ...place, actor, speed, way: chance.between(0, 400) }
  return drawnFigure(stance, chance.between(0, 10), kind === 'person' && !sideways && chance.is(0.4))
}

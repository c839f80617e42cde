/** Which scene the picture of a seed shows: a moment of the demo, other people on its stage, or another street. */
import { backdrop, sceneSize, type Variant } from '../../scripts/scene/backdrop.ts'
import { onStage, playSeconds, type Role } from '../../scripts/scene/play.ts'
import { Chance } from './chance.ts'
import { street } from './drawn-backdrop.ts'
import { chanceFigure, drawnFigure, type Figure } from './drawn-figures.ts'
import type { Scene, Size } from './drawn-picture.ts'

/** Longest side of a picture, as in the other sets. */
const longSide = 432
const variants: readonly Variant[] = ['street', 'yard']

/** A moment of the play, exactly as the demo shows it. */
export function demoMoment(variant: Variant, second: number): Scene {
  const figures = onStage(variant, second).map((stance) => drawnFigure(stance, second))
  return { stage: sceneSize, backdrop: backdrop(variant), figures, light: '' }
}

/** How tall a person is whose feet are at `y`. */
type Perspective = (y: number) => number

interface Ground extends Size {
  /** Feet are from here to the lower edge. */
  readonly top: number
  readonly tall: Perspective
}

interface Placed {
  readonly y: number
  readonly figure: Figure
}

const kinds: readonly Role['kind'][] = ['person', 'person', 'person', 'person', 'car', 'car', 'bicycle']

function placed(chance: Chance, kind: Role['kind'], x: number, y: number, height: number): Placed {
  return { y, figure: chanceFigure(chance, kind, { x, y, height: Math.max(36, height) }) }
}

/** Some walk alone, some stand close enough to hide each other, and now and then a face is near the camera. */
function people(chance: Chance, ground: Ground): Figure[] {
  if (chance.is(0.14)) return []
  const { width, height, top, tall } = ground
  const somewhere = () => top + (height * 1.05 - top) * chance.unit() ** 1.4
  const all = Array.from({ length: chance.whole(1, 6) }, () => {
    const y = somewhere()
    return placed(chance, chance.one(kinds), chance.between(-20, width + 20), y, tall(y))
  })
  if (chance.is(0.35)) {
    const [x, y] = [chance.between(0.1, 0.9) * width, somewhere()]
    for (let n = chance.whole(2, 5); n > 0; n--) {
      const foot = y + chance.between(-0.06, 0.06) * tall(y)
      all.push(placed(chance, 'person', x + chance.between(-0.5, 0.5) * tall(y), foot, tall(foot)))
    }
  }
  if (chance.is(0.25)) {
    const size = height * chance.between(0.9, 3.2)
    const foot = chance.between(0.02, 0.45) * height + size
    all.push(placed(chance, 'person', chance.between(0.1, 0.9) * width, foot, size))
  }
  return all.sort((a, b) => a.y - b.y).map(({ figure }) => figure)
}

function light(chance: Chance, { width, height }: Size): string {
  const over = (fill: string, opacity: number) =>
    `<rect width="${width}" height="${height}" fill="${fill}" opacity="${opacity}"/>`
  if (chance.is(0.25)) {
    const lamp = `cx="${chance.unit()}" cy="${chance.between(0, 0.7)}" r="${chance.between(0.4, 0.9)}"`
    const dark = chance.between(0.5, 0.76)
    return `<defs><radialGradient id="lamp" ${lamp}><stop offset="0" stop-color="#ffd9a0" stop-opacity="0.12"/><stop offset="1" stop-color="#05070f" stop-opacity="${dark}"/></radialGradient></defs>${over('url(#lamp)', 1)}`
  }
  return chance.is(0.3)
    ? over(chance.one(['#fff', '#cfd8e0', '#ffe2b0', '#000']), chance.between(0.05, 0.3))
    : ''
}

function otherPeople(chance: Chance): Scene {
  const variant = chance.one(variants)
  const top = variant === 'street' ? 420 : 372
  const tall = (y: number) => 155 + (y - 400) * 0.2
  const figures = people(chance, { ...sceneSize, top, tall })
  return { stage: sceneSize, backdrop: backdrop(variant), figures, light: light(chance, sceneSize) }
}

function otherStreet(chance: Chance): Scene {
  const stage = chance.one([
    { width: 1280, height: 720 },
    { width: 1280, height: 960 },
    { width: 960, height: 1280 },
  ])
  const { svg, horizon } = street(chance, stage)
  const nearest = stage.height * chance.between(0.12, 0.9)
  const farthest = chance.between(36, 90)
  const part = (y: number) => Math.max(0, (y - horizon) / (stage.height - horizon))
  const ground = {
    ...stage,
    top: horizon + 6,
    tall: (y: number) => farthest + (nearest - farthest) * part(y),
  }
  return { stage, backdrop: svg, figures: people(chance, ground), light: light(chance, stage) }
}

/** The scene of a seed, and the size of its picture. */
export function sceneOf(seed: number): { readonly scene: Scene; readonly size: Size } {
  const chance = new Chance(seed)
  const kind = chance.unit()
  const moment = () => demoMoment(chance.one(variants), chance.between(2, playSeconds - 2))
  const scene = kind < 0.3 ? moment() : kind < 0.5 ? otherPeople(chance) : otherStreet(chance)
  const { width, height } = scene.stage
  const scale = longSide / Math.max(width, height)
  return { scene, size: { width: Math.round(width * scale), height: Math.round(height * scale) } }
}

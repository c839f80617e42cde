/** Empty streets of chance: sky or wall, ground, houses, poles, trees and things that are none of our classes. */
import type { Chance } from './chance.ts'

export interface Street {
  readonly svg: string
  /** Where the ground ends. */
  readonly horizon: number
}

type Size = { readonly width: number; readonly height: number }

const some = (count: number, draw: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => draw(n)).join('')

const box = (x: number, y: number, width: number, height: number, fill: string, more = '') =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" ${more}/>`

function house(chance: Chance, x: number, width: number, top: number, foot: number): string {
  const wall = chance.colour([2, 35], [30, 80])
  const glass = chance.colour([5, 30], [20, 60])
  const [columns, rows] = [chance.whole(1, 5), chance.whole(1, 4)]
  const [dx, dy] = [width / columns, (foot - top) / rows]
  const panes = some(columns * rows, (n) => {
    const [column, row] = [n % columns, Math.floor(n / columns)]
    return chance.is(0.15)
      ? ''
      : box(
          x + dx * (column + 0.2),
          top + dy * (row + 0.2),
          dx * 0.6,
          dy * 0.55,
          glass,
          'stroke="#ddd" stroke-width="3"',
        )
  })
  return `${box(x, top, width, foot - top, wall)}${panes}`
}

function tree(chance: Chance, x: number, y: number, size: number): string {
  const leaf = `hsl(${chance.whole(70, 130)},${chance.whole(15, 40)}%,${chance.whole(18, 45)}%)`
  const crown = some(5, () => {
    const [dx, dy] = [chance.between(-40, 40), chance.between(-200, -120)]
    return `<circle cx="${x + dx * size}" cy="${y + dy * size}" r="${chance.between(28, 52) * size}" fill="${leaf}"/>`
  })
  return `${box(x - 6 * size, y - 140 * size, 13 * size, 140 * size, '#4d3c30')}${crown}`
}

/** Posts, bins, signs and hydrants: upright things that are nobody. */
function furniture(chance: Chance, x: number, y: number, size: number): string {
  const paint = chance.colour([0, 80], [15, 75])
  const pole = box(x, y - 220 * size, 8 * size, 220 * size, '#55585a')
  switch (chance.whole(0, 3)) {
    case 0:
      return `${pole}<circle cx="${x + 4 * size}" cy="${y - 220 * size}" r="${32 * size}" fill="${paint}" stroke="#eee" stroke-width="${5 * size}"/>`
    case 1:
      return `${box(x, y - 95 * size, 55 * size, 95 * size, paint, `rx="${8 * size}"`)}${box(x - 4, y - 104 * size, 62 * size, 12 * size, '#333')}`
    case 2:
      return `${pole}${box(x - 30 * size, y - 215 * size, 70 * size, 46 * size, paint)}`
    default:
      return some(4, (n) => box(x + n * 60 * size, y - 70 * size, 12 * size, 70 * size, paint))
  }
}

function ground(chance: Chance, horizon: number, { width, height }: Size): string {
  const shade = chance.colour([0, 14], [25, 70])
  const lines = some(chance.whole(0, 10), () => {
    const [from, to] = [chance.between(-200, width + 200), chance.between(-900, width + 900)]
    const stroke = chance.one(['#00000030', '#ffffff50', '#e8e4d0'])
    return `<path d="M${from},${horizon} L${to},${height}" stroke="${stroke}" stroke-width="${chance.between(1, 8)}"/>`
  })
  const kerb = horizon + (height - horizon) * chance.between(0.1, 0.6)
  const road = chance.is(0.6)
    ? `${box(0, kerb, width, height - kerb, chance.colour([0, 6], [22, 50]))}${box(0, kerb - 8, width, 9, '#c4bfb3')}`
    : ''
  const patches = some(chance.whole(0, 6), () => {
    const [rx, ry] = [chance.between(30, 260), chance.between(6, 40)]
    const [x, y] = [chance.between(0, width), chance.between(horizon, height)]
    return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="#000" opacity="${chance.between(0.05, 0.3)}"/>`
  })
  return `${box(0, horizon, width, height - horizon, shade)}${lines}${road}${patches}`
}

export function street(chance: Chance, size: Size): Street {
  const { width, height } = size
  // A high camera sees no sky, a low one much of it.
  const horizon = height * chance.between(0.05, 0.6)
  const sky = box(0, 0, width, horizon + 1, chance.colour([5, 45], [55, 90]))
  let houses = ''
  for (let x = chance.between(-200, 0); x < width; ) {
    const wide = chance.between(120, 420)
    if (chance.is(0.8)) houses += house(chance, x, wide, chance.between(-300, horizon * 0.6), horizon)
    x += wide
  }
  const things = some(chance.whole(0, 5), () => {
    const near = chance.unit()
    const place = [chance.between(0, width), horizon + (height - horizon) * near * 0.8, 0.4 + near] as const
    return chance.is(0.4) ? tree(chance, ...place) : furniture(chance, ...place)
  })
  return { svg: `${sky}${houses}${ground(chance, horizon, size)}${things}`, horizon }
}

/** Draws a person, standing on (0, 0) and 100 units high, who walks across the picture or towards the camera. */

/** Colours of one person, as CSS. */
export interface Look {
  readonly skin: string
  readonly hair: string
  readonly top: string
  readonly trousers: string
  readonly longHair?: boolean
}

export interface Pose {
  /** Where the step is, radians; a whole double step is 2π. */
  readonly step: number
  /** Walking to the left, to the right, or towards the camera. */
  readonly facing: 'left' | 'right' | 'camera'
}

/** Reach of the drawing from its foot point, units: what a detector's box is expected to hold. */
export const personReach = { left: 17, right: 17, top: 100, bottom: 3 }

interface Spot {
  readonly x: number
  readonly y: number
}

/** The end of a limb that hangs from `from` and swings by `angle` (0 straight down, positive to the right). */
function swing(from: Spot, length: number, angle: number): Spot {
  return { x: from.x + length * Math.sin(angle), y: from.y + length * Math.cos(angle) }
}

const line = (from: Spot, to: Spot, width: number, colour: string) =>
  `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`

function leg(hip: Spot, angle: number, bend: number, trousers: string, towards: number): string {
  const knee = swing(hip, 23.5, angle)
  const ankle = swing(knee, 22.5, angle - bend)
  const shoe = { x: ankle.x + towards * 2.4, y: ankle.y + 2.2 }
  return `${line(hip, knee, 9.4, trousers)}${line(knee, ankle, 7.2, trousers)}
<ellipse cx="${shoe.x}" cy="${shoe.y}" rx="${towards ? 5 : 3.6}" ry="2.5" fill="#23211f"/>`
}

function arm(shoulder: Spot, angle: number, bend: number, look: Look): string {
  const elbow = swing(shoulder, 15.5, angle)
  const wrist = swing(elbow, 13.5, angle + bend)
  return `${line(shoulder, elbow, 6.4, look.top)}${line(elbow, wrist, 5.2, look.top)}
<circle cx="${wrist.x}" cy="${wrist.y}" r="2.7" fill="${look.skin}"/>`
}

/** A head of 13 units with hair, brows, eyes, nose and mouth, turned a little towards where the person walks. */
function head(look: Look, turn: number): string {
  const long = look.longHair
    ? `<path d="M-6.4,-93 C-8.2,-82 -6.6,-79 -4.4,-79 L4.4,-79 C6.6,-79 8.2,-82 6.4,-93 Z" fill="${look.hair}"/>`
    : ''
  const eye = (x: number) => `<ellipse cx="${x}" cy="-93" rx="1.15" ry="0.62" fill="#f4efe9"/>
<circle cx="${x + turn * 0.2}" cy="-93" r="0.58" fill="#2a1c14"/>
<path d="M${x - 1.5},-94.6 Q${x},-95.5 ${x + 1.5},-94.6" stroke="${look.hair}" stroke-width="0.6" fill="none"/>`
  return `${long}<rect x="-2.6" y="-88" width="5.2" height="6" rx="2" fill="${look.skin}"/>
<path d="M-2.6,-85.6 Q0,-83.6 2.6,-85.6 L2.6,-86.8 L-2.6,-86.8 Z" fill="#000" opacity="0.18"/>
<ellipse cx="-5.1" cy="-92.2" rx="0.9" ry="1.7" fill="${look.skin}"/><ellipse cx="5.1" cy="-92.2" rx="0.9" ry="1.7" fill="${look.skin}"/>
<ellipse cx="0" cy="-92.4" rx="5.2" ry="6.8" fill="${look.skin}"/>
<path d="M2.2,-98 Q5.6,-92 2.6,-86.4 Q5.2,-88.6 5.2,-92.4 Q5.2,-96.4 2.2,-98 Z" fill="#000" opacity="0.13"/>
<g transform="translate(${turn * 0.9},0)">${eye(-2.1)}${eye(2.1)}
<path d="M-0.2,-93 L-0.85,-90.4 Q0,-89.8 0.85,-90.4" stroke="#7a4f3a" stroke-width="0.45" fill="none" opacity="0.8"/>
<path d="M-1.9,-88.3 Q0,-87.4 1.9,-88.3 Q0,-88.9 -1.9,-88.3 Z" fill="#9c4a44"/></g>
<path d="M-5.5,-92.6 C-6.4,-100.6 -2.6,-100.4 0,-100 C3.6,-100.6 6.3,-99.4 5.5,-92.6 C5,-95.6 3.6,-96.6 1,-96.7 C-2,-96.6 -4.8,-96.4 -5.5,-92.6 Z" fill="${look.hair}"/>`
}

/** The SVG of the person; its shadow lies to the lower right. */
export function person(look: Look, { step, facing }: Pose): string {
  const side = facing === 'camera' ? 0 : facing === 'left' ? -1 : 1
  const stride = side === 0 ? 0.07 : 0.46 * side
  const lift = (at: number) => Math.max(0, Math.sin(at)) * (side === 0 ? 0.1 : 0.55 * side)
  const spread = side === 0 ? 4.4 : 1.8
  const swingOf = (at: number) => stride * Math.sin(at)
  const bob = 0.8 * Math.cos(2 * step)
  const far = step + Math.PI
  const dark = `<g style="filter:brightness(0.8)">`
  const shoulders = side === 0 ? 11.5 : 8.6
  const lean = side === 0 ? 0 : 0.05 * side
  const armSpread = side === 0 ? 0.1 : 0
  return `<ellipse cx="7" cy="1.5" rx="21" ry="4" fill="#000" opacity="0.3"/><g transform="translate(0,${bob})">
${dark}${arm({ x: -shoulders, y: -79 }, -0.8 * swingOf(far) - armSpread, 0.3 * side, look)}
${leg({ x: -spread, y: -49 }, swingOf(far) - armSpread * 0.2, lift(far + 1.2), look.trousers, side)}</g>
${leg({ x: spread, y: -49 }, swingOf(step) + armSpread * 0.2, lift(step + 1.2), look.trousers, side)}
<path d="M${-shoulders - 2},-80 Q${-shoulders},-84 -3,-84.6 L3,-84.6 Q${shoulders},-84 ${shoulders + 2},-80 L${shoulders - 1.4},-62 L${shoulders - 1},-46 L${1 - shoulders},-46 L${1.4 - shoulders},-62 Z" fill="${look.top}" transform="rotate(${lean * 30})"/>
<path d="M${shoulders - 4},-83 L${shoulders + 1.4},-80 L${shoulders - 1.4},-62 L${shoulders - 1},-46 L${shoulders - 5},-46 Z" fill="#000" opacity="0.16"/>
${arm({ x: shoulders, y: -79 }, -0.8 * swingOf(step) + armSpread, 0.3 * side, look)}
<g transform="translate(${lean * 40},0)">${head(look, side)}</g></g>`
}

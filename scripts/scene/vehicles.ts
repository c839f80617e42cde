/** Draws a car and a bicycle with its rider from the side, driving to the right, wheels on (0, 0), in hundredths of a metre. */
import type { Look } from './person.ts'

/** Reach from the middle of the wheel base, units. */
export const carReach = { left: 222, right: 222, top: 148, bottom: 4 }
export const bicycleReach = { left: 88, right: 90, top: 181, bottom: 4 }

function wheel(x: number, radius: number, turn: number): string {
  const spokes = [0, 1, 2, 3, 4].map((n) => {
    const angle = turn + (n * 2 * Math.PI) / 5
    const [dx, dy] = [Math.cos(angle) * radius * 0.58, Math.sin(angle) * radius * 0.58]
    return `<line x1="${x}" y1="${-radius}" x2="${x + dx}" y2="${-radius + dy}" stroke="#6d7278" stroke-width="${radius * 0.16}"/>`
  })
  return `<circle cx="${x}" cy="${-radius}" r="${radius}" fill="#17181a"/><circle cx="${x}" cy="${-radius}" r="${radius * 0.64}" fill="#c3c8cc"/>
${spokes.join('')}<circle cx="${x}" cy="${-radius}" r="${radius * 0.17}" fill="#4a4e53"/>`
}

/** `turn` is the wheels' angle in radians. */
export function car(paint: string, turn: number): string {
  return `<ellipse cx="10" cy="0" rx="238" ry="17" fill="#000" opacity="0.38"/>
<path d="M-218,-62 Q-221,-88 -200,-93 L-150,-99 Q-112,-142 -62,-146 L26,-146 Q66,-143 106,-101 L176,-90 Q214,-84 219,-56 L219,-30 Q216,-22 206,-22 L-206,-22 Q-218,-24 -218,-36 Z" fill="${paint}"/>
<path d="M-218,-62 L219,-56 L219,-30 Q216,-22 206,-22 L-206,-22 Q-218,-24 -218,-36 Z" fill="#000" opacity="0.2"/>
<path d="M-136,-100 Q-104,-134 -64,-137 L-30,-137 L-30,-100 Z" fill="#25313b"/><path d="M-22,-137 L24,-137 Q56,-134 88,-100 L-22,-100 Z" fill="#25313b"/>
<path d="M-118,-104 Q-96,-130 -66,-134 L-50,-134 L-92,-104 Z" fill="#9db4c4" opacity="0.45"/><path d="M4,-104 L28,-134 L40,-130 L22,-104 Z" fill="#9db4c4" opacity="0.45"/>
<path d="M-26,-100 L-26,-30 M92,-98 Q98,-60 84,-30 M-138,-98 Q-120,-66 -112,-60" stroke="#000" stroke-opacity="0.35" stroke-width="2.4" fill="none"/>
<path d="M-212,-74 L214,-70" stroke="#fff" stroke-opacity="0.25" stroke-width="3"/>
<rect x="-14" y="-84" width="22" height="5" rx="2.5" fill="#000" opacity="0.45"/><rect x="-122" y="-86" width="22" height="5" rx="2.5" fill="#000" opacity="0.45"/>
<path d="M96,-104 q10,-8 16,0 l-2,10 l-12,0 z" fill="${paint}" stroke="#000" stroke-opacity="0.4"/>
<path d="M184,-84 Q210,-80 214,-64 L190,-66 Z" fill="#f6efcf"/><path d="M-216,-84 L-196,-86 L-198,-64 L-219,-62 Z" fill="#b3201c"/>
<rect x="-210" y="-30" width="420" height="9" rx="4" fill="#1d1e20"/>
<path d="M-184,-24 A44 44 0 0 1 -96,-24 Z M94,-24 A44 44 0 0 1 182,-24 Z" fill="#0e0f10"/>${wheel(-140, 33, turn)}${wheel(138, 33, turn)}`
}

const stroke = (points: string, thickness: number, colour: string) =>
  `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="${thickness}" stroke-linecap="round" stroke-linejoin="round"/>`

function spokedWheel(x: number, turn: number): string {
  const spokes = Array.from({ length: 10 }, (_, n) => {
    const angle = turn + (n * Math.PI) / 5
    return `<line x1="${x}" y1="-34" x2="${x + 31 * Math.cos(angle)}" y2="${-34 + 31 * Math.sin(angle)}" stroke="#b9bdc0" stroke-width="1.2"/>`
  })
  return `${spokes.join('')}<circle cx="${x}" cy="-34" r="32" fill="none" stroke="#141414" stroke-width="5"/><circle cx="${x}" cy="-34" r="29" fill="none" stroke="#a9adb0" stroke-width="1.6"/><circle cx="${x}" cy="-34" r="4" fill="#444"/>`
}

/** Hip and pedal fixed, both bones as long as they are: where the knee must be. */
function knee(pedal: { x: number; y: number }): { x: number; y: number } {
  const [hipX, hipY, bone] = [-20, -98, 43]
  const [dx, dy] = [pedal.x - hipX, pedal.y - 4 - hipY]
  const half = Math.hypot(dx, dy) / 2
  const out = Math.sqrt(Math.max(0, bone ** 2 - half ** 2))
  return { x: hipX + dx / 2 + (dy / (2 * half)) * out, y: hipY + dy / 2 - (dx / (2 * half)) * out }
}

function cyclingLeg(angle: number, colour: string): string {
  const pedal = { x: 2 + 16 * Math.cos(angle), y: -32 + 16 * Math.sin(angle) }
  const bent = knee(pedal)
  return `${stroke(`2,-32 ${pedal.x},${pedal.y}`, 3.5, '#555')}${stroke(`-20,-98 ${bent.x},${bent.y}`, 14, colour)}${stroke(`${bent.x},${bent.y} ${pedal.x},${pedal.y - 6}`, 10.5, colour)}
<ellipse cx="${pedal.x + 4}" cy="${pedal.y - 3}" rx="11" ry="4.6" fill="#222"/>`
}

/** A bicycle with its rider, who pedals as the wheels turn. */
export function bicycle(look: Look, paint: string, turn: number): string {
  const pedals = turn / 2.4
  return `<ellipse cx="6" cy="0" rx="92" ry="8" fill="#000" opacity="0.34"/>${cyclingLeg(pedals + Math.PI, look.trousers)}${spokedWheel(-53, turn)}${spokedWheel(55, turn)}
${stroke('-53,-34 -22,-80 36,-82 2,-32 -53,-34', 4.6, paint)}${stroke('-25,-90 2,-32', 4.6, paint)}${stroke('55,-34 36,-82 33,-96', 4.6, paint)}${stroke('22,-100 33,-97 42,-101', 4, '#222')}
<path d="M-40,-93 q16,-5 26,1 l-2,5 l-18,0 z" fill="#1b1b1b"/><circle cx="2" cy="-32" r="8" fill="none" stroke="#555" stroke-width="3"/>
<path d="M-34,-92 Q-34,-136 -8,-150 Q8,-152 8,-142 Q0,-116 -8,-91 Z" fill="${look.top}"/>
${cyclingLeg(pedals, look.trousers)}${stroke('2,-141 10,-116 33,-102', 9, look.top)}<circle cx="35" cy="-101" r="5" fill="${look.skin}"/>
<rect x="0" y="-158" width="9" height="12" rx="4" fill="${look.skin}" transform="rotate(14 4 -152)"/><ellipse cx="9" cy="-165" rx="9.5" ry="12" fill="${look.skin}"/>
<circle cx="14.5" cy="-166" r="1.2" fill="#222"/><path d="M18,-166 l3,4.5 l-4,1 z" fill="${look.skin}"/><path d="M13,-158 q3,0.8 5,-0.5" stroke="#9c4a44" stroke-width="1.3" fill="none"/>
<path d="M-2,-163 Q-4,-181 10,-181 Q21,-180 19.5,-170 L10,-171 Q5,-170 4.5,-161 Z" fill="${look.hair}"/>`
}

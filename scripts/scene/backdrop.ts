/** Draws what stands still: a street with shops, and a yard with a gate and parking bays. */

export const sceneSize = { width: 1280, height: 720 }

export type Variant = 'street' | 'yard'

const times = (count: number, draw: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => draw(n)).join('')

const gradient = (id: string, from: string, to: string) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`

const tree = (x: number, y: number, size: number) =>
  `<g transform="translate(${x},${y}) scale(${size})"><ellipse cx="14" cy="2" rx="52" ry="9" fill="#000" opacity="0.25"/><path d="M-7,0 L-4,-120 L6,-120 L9,0 Z" fill="#5b4636"/>
<g fill="#4c6b3c"><circle cx="-34" cy="-140" r="42"/><circle cx="30" cy="-146" r="46"/><circle cx="-4" cy="-186" r="50"/></g><g fill="#5f8049"><circle cx="-22" cy="-168" r="30"/><circle cx="20" cy="-184" r="28"/></g></g>`

function window(x: number, y: number, width: number, height: number): string {
  return `<rect x="${x - 5}" y="${y - 5}" width="${width + 10}" height="${height + 10}" fill="#d8d2c4"/><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#glass)"/>
<path d="M${x + width / 2},${y} v${height} M${x},${y + height * 0.4} h${width}" stroke="#d8d2c4" stroke-width="4"/>`
}

function shop(index: number): string {
  const x = index * 330 - 20
  const awning = ['#8c3b33', '#3d6177', '#6b6a3a', '#7a4f6d'][index]
  const stripes = times(8, (n) =>
    n % 2 ? '' : `<path d="M${x + 30 + n * 34},196 h34 l4,34 h-34 z" fill="#e8e2d4" opacity="0.8"/>`,
  )
  return `<rect x="${x}" y="0" width="330" height="400" fill="${['#b9ab97', '#a8a49c', '#bda58f', '#a79f91'][index]}"/>${window(x + 50, 40, 80, 100)}${window(x + 190, 40, 80, 100)}
<path d="M${x + 30},196 h272 l6,34 h-272 z" fill="${awning}"/>${stripes}
<rect x="${x + 38}" y="240" width="170" height="132" fill="url(#glass)" stroke="#4d4a45" stroke-width="6"/>
<rect x="${x + 226}" y="236" width="72" height="160" fill="#4f4339"/><rect x="${x + 236}" y="248" width="52" height="88" fill="url(#glass)"/>`
}

const definitions = `<defs>${gradient('glass', '#43525c', '#6d7d86')}${gradient('road', '#6c6d6e', '#58595b')}${gradient('paving', '#a9a397', '#b8b2a5')}${gradient('wall', '#94705c', '#a37d67')}${gradient('concrete', '#97968f', '#83827c')}</defs>`

function street(): string {
  const slabs = times(
    24,
    (n) => `<path d="M${n * 58 - 40},490 L${n * 58 + 40},392" stroke="#8d877b" stroke-width="1.5"/>`,
  )
  return `${definitions}${times(4, shop)}<rect x="0" y="392" width="1280" height="100" fill="url(#paving)"/>${slabs}<path d="M0,440 H1280" stroke="#8d877b" stroke-width="1.5"/>
<rect x="0" y="488" width="1280" height="12" fill="#c4bfb3"/><rect x="0" y="500" width="1280" height="220" fill="url(#road)"/><rect x="0" y="500" width="1280" height="7" fill="#000" opacity="0.25"/>
${times(7, (n) => `<path d="M${n * 200 + 20},688 h110 l-6,9 h-112 z" fill="#d9d6cc" opacity="0.8"/>`)}
${tree(318, 482, 1.05)}${tree(978, 482, 0.95)}<path d="M640,470 V60" stroke="#4c5053" stroke-width="9"/><path d="M640,64 q6,-34 60,-30" stroke="#4c5053" stroke-width="7" fill="none"/>`
}

function yard(): string {
  const bricks = times(
    13,
    (row) =>
      `<path d="M0,${row * 22 + 60} H1280" stroke="#7c5d4c" stroke-width="2"/>${times(28, (n) => `<path d="M${n * 48 + (row % 2) * 24},${row * 22 + 38} v22" stroke="#7c5d4c" stroke-width="2"/>`)}`,
  )
  const bays = times(
    6,
    (n) =>
      `<path d="M${n * 250 - 40},720 L${n * 230 + 30},520" stroke="#d8d4c4" stroke-width="6" opacity="0.75"/>`,
  )
  return `${definitions}<rect width="1280" height="60" fill="#b7c4cd"/><rect x="0" y="38" width="1280" height="306" fill="url(#wall)"/>${bricks}<rect x="0" y="28" width="1280" height="16" fill="#8b8982"/>
<rect x="520" y="20" width="250" height="330" fill="#8b8982"/><rect x="545" y="60" width="200" height="290" fill="#3f4a4f"/>${times(9, (n) => `<path d="M${556 + n * 22},66 V346" stroke="#2b3438" stroke-width="5"/>`)}
<rect x="0" y="344" width="1280" height="376" fill="url(#concrete)"/><rect x="0" y="344" width="1280" height="10" fill="#000" opacity="0.22"/>${bays}
${tree(150, 372, 1)}${tree(1130, 380, 1.1)}<rect x="860" y="230" width="120" height="80" fill="#d9d5c8"/><path d="M872,252 h96 M872,270 h96 M872,288 h60" stroke="#6a6a66" stroke-width="5"/>`
}

/** The whole empty picture as SVG. */
export function backdrop(variant: Variant): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${sceneSize.width}" height="${sceneSize.height}">${variant === 'street' ? street() : yard()}</svg>`
}

/** The pictures of a simulated day: drawn, and clearly so. */
import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { SimulatedGateway } from './cast.ts'
import type { Pictures } from './outbox.ts'

const [width, height] = [320, 180]

/** One for each camera; gateways share them, because nobody looks at all. */
export async function drawPictures({ cameras }: SimulatedGateway): Promise<Pictures> {
  const drawn = await Promise.all(
    cameras.map(async ({ id }, i) => {
      const jpeg = await sharp(Buffer.from(drawing(id, (i * 360) / cameras.length)))
        .jpeg({ quality: 70 })
        .toBuffer()
      return [id, { jpeg, sha256: createHash('sha256').update(jpeg).digest('hex') }] as const
    }),
  )
  return new Map(drawn)
}

/** Stripes as on a construction fence, two dummies, and the word: no street looks like that. */
function drawing(title: string, hue: number): string {
  const stripes = Array.from({ length: 12 }, (_, i) => {
    const x = i * 40 - 80
    return `<path d="M${x} ${height}l60 -${height}h20l-60 ${height}z" fill="hsl(${hue},60%,55%)"/>`
  })
  const dummies = [110, 190].map(
    (x) =>
      `<circle cx="${x}" cy="80" r="11" fill="#fff"/><rect x="${x - 12}" y="94" width="24" height="46" fill="#fff"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${hue},40%,35%)"/>${stripes.join('')}${dummies.join('')}
    <text x="50%" y="30" text-anchor="middle" font-family="sans-serif" font-size="22" fill="#fff">SIMULATED</text>
    <text x="50%" y="168" text-anchor="middle" font-family="sans-serif" font-size="18" fill="#fff">${title}</text>
  </svg>`
}

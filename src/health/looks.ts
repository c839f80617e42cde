/** Is there anything to see in a picture, and is it sharp? Compared with what its cells usually look like. */
import type { Texture } from './texture.ts'

/** So much of the picture is black, or white, and hardly anything can be seen in it. */
const blackShare = 0.94
const whiteShare = 0.85
/** A cell usually has something to see, grey levels; the second counts in a view that has too little else, like an empty car park. */
const textured = [2, 1.25]
/** Fewer such cells prove nothing. */
const leastTextured = 8
/** What is left of a cell's texture where something hides it. */
const left = 0.33
/** From this share of the cells on the view is covered; darkness and light hide nearly all. */
const coveredShare = 0.65
const blindShare = 0.9
/** With so much of the picture black, or white, no part of the view is left beside something that covers it. */
const wholly = 0.98
/** With nothing to compare with: in so many cells there is nothing at all. */
const flat = { texture: 0.8, share: 0.97 }
/**
 * Of fine texture so much is left, by itself and compared with coarse texture, and as the product of both: fog and dusk take both
 * alike, a lens out of focus takes the fine one. Each limit lies midway between the clips that were blurred (a hundredth of their width) and
 * those that became dimmer or brighter: 0.82 against 0.90 of the ratio, 0.47 against 0.67 of both.
 */
const blurred = { fine: 0.75, ratio: 0.86, both: 0.55 }

/** Undefined where there is enough to see. */
export function judgeLight(
  now: Texture,
  usual: Texture | undefined,
): 'dark' | 'bright' | 'covered' | undefined {
  const hidden = hiddenShare(now, usual)
  if (hidden < coveredShare) return undefined
  const leastBlind = hidden >= blindShare ? 0 : wholly
  if (now.blackShare >= Math.max(blackShare, leastBlind)) return 'dark'
  return now.whiteShare >= Math.max(whiteShare, leastBlind) ? 'bright' : 'covered'
}

/** Of the cells in which there usually is something to see: the share in which there is nothing. */
function hiddenShare(now: Texture, usual: Texture | undefined): number {
  const cells = usual ? texturedCells(usual) : []
  if (usual && cells.length >= leastTextured) {
    const lost = cells.filter(
      (cell) => fine(now, cell) < left * fine(usual, cell) && now.coarse[cell] < left * usual.coarse[cell],
    )
    return lost.length / cells.length
  }
  const empty = now.coarse.filter((texture) => texture < flat.texture)
  return empty.length >= flat.share * now.coarse.length ? 1 : 0
}

/** Is it out of focus? */
export function judgeSharpness(now: Texture, usual: Texture): boolean {
  const cells = texturedCells(usual)
  if (cells.length < leastTextured) return false
  const kept = median(cells, (cell) => fine(now, cell) / fine(usual, cell))
  const ratio = median(cells, (cell) => fineness(now, cell) / fineness(usual, cell))
  return kept <= blurred.fine && ratio <= blurred.ratio && kept * ratio <= blurred.both
}

function texturedCells(usual: Texture): number[] {
  const cells: number[] = []
  for (const least of textured) {
    cells.length = 0
    for (let cell = 0; cell < usual.mean.length; cell++) if (fine(usual, cell) >= least) cells.push(cell)
    if (cells.length >= leastTextured) break
  }
  return cells
}

function fine({ across, down }: Texture, cell: number): number {
  return across[cell] + down[cell]
}

function fineness(texture: Texture, cell: number): number {
  return fine(texture, cell) / Math.max(0.5, texture.coarse[cell])
}

/** Numbers in an array of their own: mapping, iterating and comparing through calls costs more than all the rest. */
function median(cells: readonly number[], of: (cell: number) => number): number {
  const values = new Float32Array(cells.length)
  for (let i = 0; i < values.length; i++) values[i] = of(cells[i])
  return values.sort()[values.length >> 1]
}

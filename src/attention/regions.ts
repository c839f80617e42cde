/** Which few parts of a picture the models should look at, so that all that deserves a look is well inside one of them. */
import { area, type Box, wholePicture } from '../domain/geometry.ts'

/** A crop is never narrower and lower than this share of the picture's width: about what fills the model's input at full detail. */
const leastSide = 1 / 3
/** What lies closer together than this, in the same unit, is looked at once. */
const joinedSide = 0.6
/** One look at everything is as good as looks at more than this share of it. */
const wholeShare = 0.6
/** Room on each side of a thing, in its longer sides, and at least in picture widths: what is cut is found badly. */
const margin = 0.5
const leastMargin = 0.03
/** Crops begin and end on a grid of this many steps per picture width: one that trembles gives boxes that tremble. */
const gridSteps = 24
/** A crop that served is kept while it still holds everything with this share of its margin and is not this much larger than needed. */
const kept = { margin: 0.4, larger: 1.5 }
/** Things beyond this many are looked at with the whole picture. */
const mostThings = 48

/** One camera's crops, remembered so that they stay where they are. */
export class Regions {
  #last: readonly Box[] = []

  /**
   * @param things boxes of what moves or is followed, 0..1; degenerate ones are ignored
   * @param aspect width / height of the picture
   * @param most crops at most, 1 or 2
   * @returns no box for no things; else at most `most`, 0..1, square in pixels where the picture allows it
   */
  around(things: readonly Box[], aspect: number, most = 2): readonly Box[] {
    const usable = things.filter((box) => area(box) > 0)
    if (usable.length === 0) return []
    const crops = usable.length > mostThings ? [wholePicture] : this.#crops(usable, aspect, most)
    this.#last = crops
    return crops
  }

  #crops(things: readonly Box[], aspect: number, most: number): readonly Box[] {
    if (this.#serves(things, aspect, most)) return this.#last
    const groups = join(
      things.map((box) => padded(box, aspect, 1)),
      aspect,
      most,
    )
    return fewest(groups.map((group) => square(group, aspect)))
  }

  /** Do the crops of the picture before hold everything, each being needed and none much too large? */
  #serves(things: readonly Box[], aspect: number, most: number): boolean {
    const last = this.#last
    if (last.length === 0 || last.length > most) return false
    const homes = things.map((box) => {
      const needed = padded(box, aspect, kept.margin)
      return last.findIndex((crop) => holds(crop, needed))
    })
    if (homes.includes(-1)) return false
    return last.every((crop, index) => {
      const own = things.filter((_, thing) => homes[thing] === index).map((box) => padded(box, aspect, 1))
      if (own.length === 0) return false
      return side(crop, aspect) <= kept.larger * side(square(own.reduce(union), aspect), aspect)
    })
  }
}

/** Groups until there are no more than `most`, and further while one look is enough for two of them. */
function join(boxes: readonly Box[], aspect: number, most: number): Box[] {
  const groups = [...boxes]
  for (;;) {
    let best: { a: number; b: number; cost: number; side: number } | undefined
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const joined = side(square(union(groups[a], groups[b]), aspect), aspect)
        const apart =
          side(square(groups[a], aspect), aspect) ** 2 + side(square(groups[b], aspect), aspect) ** 2
        const cost = joined ** 2 - apart
        if (!best || cost < best.cost) best = { a, b, cost, side: joined }
      }
    }
    if (!best || (groups.length <= most && best.side > joinedSide)) return groups
    groups[best.a] = union(groups[best.a], groups[best.b])
    groups.splice(best.b, 1)
  }
}

/** Crops that together are most of the picture are better one look at all of it. */
function fewest(crops: readonly Box[]): readonly Box[] {
  return crops.reduce((sum, crop) => sum + area(crop), 0) > wholeShare ? [wholePicture] : crops
}

/** The box with room around it, inside the picture. */
function padded({ x1, y1, x2, y2 }: Box, aspect: number, share: number): Box {
  const room = share * Math.max(leastMargin, margin * Math.max(x2 - x1, (y2 - y1) / aspect))
  return {
    x1: Math.max(0, x1 - room),
    y1: Math.max(0, y1 - room * aspect),
    x2: Math.min(1, x2 + room),
    y2: Math.min(1, y2 + room * aspect),
  }
}

/** A square (in pixels) around the box on the grid; where the picture is too low for it, as high as the picture. */
function square(box: Box, aspect: number): Box {
  const width = Math.max(leastSide, box.x2 - box.x1, (box.y2 - box.y1) / aspect)
  const [x1, x2] = span(box.x1, box.x2, width, 1 / gridSteps)
  const [y1, y2] = span(box.y1, box.y2, width * aspect, aspect / gridSteps)
  return { x1, y1, x2, y2 }
}

/** `length` around what lies between `from` and `to`, grown to whole steps, shifted into 0..1. */
function span(from: number, to: number, length: number, step: number): [number, number] {
  if (length >= 1) return [0, 1]
  const middle = (from + to) / 2
  const start = Math.max(0, Math.min(middle - length / 2, 1 - length))
  const first = Math.floor(start / step + 1e-9) * step
  const last = Math.ceil((start + length) / step - 1e-9) * step
  return [Math.max(0, first), Math.min(1, last)]
}

/** Longer side in picture widths. */
function side({ x1, y1, x2, y2 }: Box, aspect: number): number {
  return Math.max(x2 - x1, (y2 - y1) / aspect)
}

function union(a: Box, b: Box): Box {
  return {
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
    x2: Math.max(a.x2, b.x2),
    y2: Math.max(a.y2, b.y2),
  }
}

function holds(outer: Box, inner: Box): boolean {
  return outer.x1 <= inner.x1 && outer.y1 <= inner.y1 && outer.x2 >= inner.x2 && outer.y2 >= inner.y2
}

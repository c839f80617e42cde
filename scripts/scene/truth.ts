/** What really happens in the drawn scene: boxes over time, for tests that judge detections and alerts. */
import { sceneSize, type Variant } from './backdrop.ts'
import { personReach } from './person.ts'
import { type Actor, onStage, playSeconds, plays, type Stance } from './play.ts'
import { bicycleReach, carReach } from './vehicles.ts'

/** Corners in 0..1 of the picture, clipped to it. */
export interface TruthBox {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

export interface TruthObject {
  readonly id: string
  /** A cyclist is one `two-wheeler`; detectors may see the rider as a person besides. */
  readonly label: 'person' | 'vehicle' | 'two-wheeler'
  /** Seconds of the play between which at least a quarter of the drawing is inside the picture. */
  readonly from: number
  readonly to: number
  /** Seconds between which it stands still; a car that parks. */
  readonly still?: { readonly from: number; readonly to: number }
  /** Its box at a second of the play; undefined where less than a quarter of it is inside the picture. */
  boxAt(second: number): TruthBox | undefined
}

const labels = { person: 'person', car: 'vehicle', bicycle: 'two-wheeler' } as const
const reaches = { person: personReach, car: carReach, bicycle: bicycleReach }
/** Units of each drawing in the height of a person. */
const unitsTall = { person: 100, car: 175, bicycle: 175 }
const unit = (value: number) => Math.min(1, Math.max(0, value))

function boxOf({ actor: { role }, x, y, height }: Stance): TruthBox | undefined {
  const [reach, scale] = [reaches[role.kind], height / unitsTall[role.kind]]
  const [left, right] = [
    (x - reach.left * scale) / sceneSize.width,
    (x + reach.right * scale) / sceneSize.width,
  ]
  const [top, bottom] = [
    (y - reach.top * scale) / sceneSize.height,
    (y + reach.bottom * scale) / sceneSize.height,
  ]
  const box = { x1: unit(left), y1: unit(top), x2: unit(right), y2: unit(bottom) }
  const inside = (box.x2 - box.x1) * (box.y2 - box.y1)
  return inside >= 0.25 * (right - left) * (bottom - top) ? box : undefined
}

/** Marks are a tenth of a second apart at the finest, and so is this search. */
function visibleSpan(boxAt: TruthObject['boxAt']): { from: number; to: number } {
  const seconds = Array.from({ length: playSeconds * 10 }, (_, n) => n / 10).filter((second) => boxAt(second))
  return { from: seconds[0], to: seconds[seconds.length - 1] }
}

function stillSpan({ marks }: Actor): TruthObject['still'] {
  const at = marks.findIndex(([, x, y], n) => marks[n + 1]?.[1] === x && marks[n + 1]?.[2] === y)
  return at < 0 ? undefined : { from: marks[at][0], to: marks[at + 1][0] }
}

/** Everyone in one performance; the clip of `playSeconds` repeats it without a seam. */
export function sceneTruth(variant: Variant = 'street'): {
  readonly seconds: number
  readonly objects: readonly TruthObject[]
} {
  const objects = plays[variant].map((actor): TruthObject => {
    const boxAt = (second: number) => {
      const stance = onStage(variant, second).find((found) => found.actor === actor)
      return stance && boxOf(stance)
    }
    const still = stillSpan(actor)
    return {
      id: actor.id,
      label: labels[actor.role.kind],
      ...visibleSpan(boxAt),
      ...(still && { still }),
      boxAt,
    }
  })
  return { seconds: playSeconds, objects }
}
